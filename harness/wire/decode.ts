import type { PacketBatch } from '../model/batch.ts'
import { Kind, Link, Tunnels } from '../model/codes.ts'
import { dissectFrame } from './dissect.ts'
import { newDissection } from './dissection.ts'
import { Protocol } from './numbers.ts'
import { enterTunnels, mayBeTunnel } from './tunnel/enter.ts'

const found = newDissection()

/**
 * Fills the wire/ columns (kind, l3, l4, payload, flags, vlan, stack) of packets 0 … count-1. Never throws and never reads
 * outside a frame, however damaged. Untagged Ethernet with plain IPv4 and TCP or UDP is read here; everything else, and
 * whatever looks wrong at first glance, by `dissectFrame`. Where the batch says so, of a packet in a tunnel the columns are
 * about the innermost one.
 */
export function decodeBatch(batch: PacketBatch): void {
  const { bytes, start, captured, original, link, kind, l3, l4, payload, flags, vlan, stack, count } = batch
  const { tunnels } = batch
  if (batch.stacked) stack.fill(0)
  batch.stacked = false
  for (let i = 0; i < count; i++) {
    const at = start[i] ?? 0
    const have = captured[i] ?? 0
    if (
      have >= 42 &&
      link[i] === Link.ethernet &&
      bytes[at + 12] === 8 &&
      bytes[at + 13] === 0 &&
      bytes[at + 14] === 0x45 &&
      ((bytes[at + 20] ?? 0) & 0x3f) === 0 &&
      bytes[at + 21] === 0
    ) {
      const length = (((bytes[at + 16] ?? 0) << 8) | (bytes[at + 17] ?? 0)) - 20
      const protocol = bytes[at + 23]
      if (length + 34 <= have || length + 34 <= (original[i] ?? 0)) {
        if (protocol === Protocol.tcp && have >= 54) {
          const header = ((bytes[at + 46] ?? 0) >> 4) << 2
          if (header >= 20 && header <= length) {
            kind[i] = Kind.tcp4
            l3[i] = at + 14
            l4[i] = at + 34
            payload[i] = length - header
            flags[i] = bytes[at + 47] ?? 0
            vlan[i] = 0
            continue
          }
        } else if (protocol === Protocol.udp) {
          const size = ((bytes[at + 38] ?? 0) << 8) | (bytes[at + 39] ?? 0)
          const plain =
            tunnels === Tunnels.outer || !mayBeTunnel(bytes, at + 34, Math.min(size - 8, have - 42))
          if (size >= 8 && size <= length && plain) {
            kind[i] = Kind.udp4
            l3[i] = at + 14
            l4[i] = at + 34
            payload[i] = size - 8
            flags[i] = 0
            vlan[i] = 0
            continue
          }
        }
      }
    }
    dissectFrame(bytes, at, have, original[i] ?? 0, link[i] ?? 0, found)
    if (tunnels !== Tunnels.outer) enterTunnels(bytes, at + have, tunnels, found)
    kind[i] = found.kind
    l3[i] = found.l3
    l4[i] = found.l4
    payload[i] = found.payload
    flags[i] = found.flags
    vlan[i] = found.vlan
    stack[i] = found.stack
    if (found.stack !== 0) batch.stacked = true
  }
}
