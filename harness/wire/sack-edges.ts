import { Kind, Tunnels } from '../model/codes.ts'
import { putU32, u8, u32 } from './bytes.ts'
import type { FrameTemplate } from './forge.ts'
import { findTcpOption, TcpOption } from './tcp-options.ts'
import { dissectInner } from './tunnel/enter.ts'

/**
 * Replaces each edge of the selective acknowledgements in a frame, in place; returns whether there were any. The checksum is not
 * updated: see `withPayload`.
 */
export function mapSackEdges(
  { bytes, link, tunnels = Tunnels.outer }: FrameTemplate,
  map: (edge: number) => number,
): boolean {
  const { kind, l4 } = dissectInner(bytes, link, tunnels)
  if (kind !== Kind.tcp4 && kind !== Kind.tcp6) return false
  const sack = findTcpOption(bytes, l4, bytes.length, TcpOption.sack)
  if (sack < 0) return false
  const end = sack + u8(bytes, sack + 1)
  for (let edge = sack + 2; edge < end; edge += 4) putU32(bytes, edge, map(u32(bytes, edge)))
  return true
}
