import { type PacketBatch, type Rebuilt, tunnelDepth } from '../../model/batch.ts'
import { dissectFrame } from '../dissect.ts'
import { type Dissection, newDissection } from '../dissection.ts'
import { enterTunnel } from './enter.ts'

/** The datagrams around a packet in tunnels, outermost first; offsets are those of the batch's bytes. */
export function carriersOf(batch: PacketBatch, index: number): Dissection[] {
  const { bytes, start, captured, original, link, stack, tunnels } = batch
  const depth = tunnelDepth(stack[index] ?? 0)
  const from = start[index] ?? 0
  const length = captured[index] ?? 0
  return carriersIn(bytes, from, length, original[index] ?? 0, link[index] ?? 0, tunnels, depth)
}

/** Offset in the batch's bytes of the outermost IP header: that of the outermost tunnel or, without tunnels, of the packet itself. */
export function outermost(batch: PacketBatch, index: number): number {
  const depth = tunnelDepth(batch.stack[index] ?? 0)
  const own = batch.l3[index] ?? -1
  return depth === 0 ? own : (carriersOf(batch, index)[0]?.l3 ?? own)
}

/** The same for any frame; `depth`: the most carriers. */
export function carriersIn(
  bytes: Uint8Array,
  start: number,
  captured: number,
  original: number,
  link: number,
  tunnels: number,
  depth: number,
): Dissection[] {
  const found = newDissection()
  dissectFrame(bytes, start, captured, original, link, found)
  const carriers: Dissection[] = []
  for (let n = 0; n < depth; n++) {
    const carrier = { ...found }
    if (!enterTunnel(bytes, start + captured, tunnels, found)) break
    carriers.push(carrier)
  }
  return carriers
}

/** A carrier in the form of a datagram of its own. */
export function asDatagram(batch: PacketBatch, index: number, carrier: Dissection): Rebuilt {
  const { kind, l3, l4, payload, flags, stop } = carrier
  const end = Math.min(stop, (batch.start[index] ?? 0) + (batch.captured[index] ?? 0))
  return { index, bytes: batch.bytes.subarray(l3, end), kind, l4: l4 - l3, payload, flags }
}
