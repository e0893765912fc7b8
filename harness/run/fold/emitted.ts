import type { Emitted } from '../../model/batch.ts'
import { u32 } from '../../wire/bytes.ts'
import { dissectInner } from '../../wire/tunnel/enter.ts'
import type { CaseAddresses } from './case-addresses.ts'

/** The direction of an emitted packet, given that of the packet that caused it; one without a cause names the end itself. */
export function directionOf({ to, cause }: Emitted, direction: number): number {
  if (cause < 0) return to === 'client' ? 1 : 0
  return to === 'sender' ? 1 - direction : direction
}

/** An emitted packet as its case would have seen it: with the addresses, ports and numbers of its capture. Changes its frame in place. */
export function restoreEmitted(
  emitted: Emitted,
  addresses: Pick<CaseAddresses, 'restoreEmitted'>,
  tunnels: number,
  flow: number,
  direction: number,
): Emitted {
  const { frame, link, kind } = emitted
  addresses.restoreEmitted(frame, link, flow, direction, emitted.seq)
  if (kind !== 'tcp-rst') return emitted
  const { l4 } = dissectInner(frame, link, tunnels)
  return l4 < 0 ? emitted : { ...emitted, seq: u32(frame, l4 + 4), ack: u32(frame, l4 + 8) }
}
