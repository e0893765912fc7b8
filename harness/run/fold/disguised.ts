import type { PacketBatch } from '../../model/batch.ts'
import { Link, Role, Tunnels } from '../../model/codes.ts'
import type { ObservationBatch } from '../../model/target.ts'
import type { TimelineChunk } from '../../model/timeline.ts'
import { holdBatch } from '../../observe/held.ts'
import { decodeBatch } from '../../wire/decode.ts'
import type { CaseAddresses } from './case-addresses.ts'
import { directionOf, restoreEmitted } from './emitted.ts'

/** The chunks of one case with other addresses, as they come, for a case whose packets depend on answers to earlier ones. */
export async function* disguised(
  chunks: AsyncIterable<TimelineChunk>,
  addresses: CaseAddresses,
): AsyncGenerator<TimelineChunk> {
  for await (const { packets, events } of chunks) {
    const other = holdBatch(packets)
    eachProbe(other, (frame, link, flow, direction) => addresses.rewrite(frame, link, flow, direction))
    for (const [index, whole] of other.rebuilt.entries()) {
      const bytes = whole.bytes.slice()
      const flow = other.flow[whole.index] ?? -1
      addresses.rewrite(bytes, Link.raw, flow, other.direction[whole.index] ?? 0, Tunnels.outer)
      other.rebuilt[index] = { ...whole, bytes }
    }
    // What the load balancer emitted is restored with the rest.
    for (const [index, emitted] of other.emitted.entries()) {
      const frame = emitted.frame.slice()
      const way = directionOf(emitted, other.direction[emitted.cause] ?? 0)
      addresses.rewrite(frame, emitted.link, other.flow[emitted.cause] ?? -1, way)
      other.emitted[index] = { ...emitted, frame }
    }
    yield { packets: other, events }
  }
}

/** The observations with the addresses that the case knows. */
export function undisguised(observed: ObservationBatch, addresses: CaseAddresses): ObservationBatch {
  const packets = holdBatch(observed.packets)
  eachProbe(packets, (frame, link, flow, direction) => addresses.restore(frame, link, flow, direction))
  for (const [index, emitted] of packets.emitted.entries()) {
    const { cause } = emitted
    const flow = cause < 0 ? (emitted.flow ?? -1) : (packets.flow[cause] ?? -1)
    const way = directionOf(emitted, packets.direction[cause] ?? 0)
    packets.emitted[index] = restoreEmitted(emitted, addresses, packets.tunnels, flow, way)
  }
  return { ...observed, packets }
}

function eachProbe(
  packets: PacketBatch,
  change: (frame: Uint8Array, link: number, flow: number, direction: number) => void,
): void {
  for (let i = 0; i < packets.count; i++) {
    if (packets.role[i] === Role.control) continue
    const start = packets.start[i] ?? 0
    const frame = packets.bytes.subarray(start, start + (packets.captured[i] ?? 0))
    change(frame, packets.link[i] ?? 0, packets.flow[i] ?? -1, packets.direction[i] ?? 0)
  }
  decodeBatch(packets)
}
