import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { u16 } from '../wire/bytes.ts'
import { destinationAt, isIpv6, sourceAt } from '../wire/ip.ts'
import { extensionLength } from '../wire/ipv6.ts'
import { hasPorts } from '../wire/numbers.ts'

/** The subject of an event: a packet of a batch, or a reassembled datagram. Valid as long as the batch. */
export interface EveSubject {
  readonly bytes: Uint8Array
  /** Offset of the IP header; -1: none. */
  readonly l3: number
  /** Offset of the transport header; -1: none. */
  readonly l4: number
  readonly version: 4 | 6
  readonly protocol: number
  readonly source: number
  readonly destination: number
  /** -1: none. */
  readonly sourcePort: number
  readonly destinationPort: number
}

/** Reads the fields of a packet that events contain. */
export function subjectOf(batch: PacketBatch, cause: number | Rebuilt): EveSubject {
  const whole = typeof cause !== 'number'
  const index = whole ? cause.index : cause
  const bytes = whole ? cause.bytes : batch.bytes
  const l3 = whole ? 0 : (batch.l3[index] ?? -1)
  const l4 = whole ? cause.l4 : (batch.l4[index] ?? -1)
  const end = whole ? bytes.length : (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
  const six = l3 >= 0 && isIpv6(bytes, l3)
  const protocol = l3 < 0 ? -1 : six ? protocolOf6(bytes, l3, end) : (bytes[l3 + 9] ?? 0)
  const ports = l4 >= 0 && hasPorts(protocol)
  return {
    bytes,
    l3,
    l4,
    version: six ? 6 : 4,
    protocol,
    source: sourceAt(bytes, l3),
    destination: destinationAt(bytes, l3),
    sourcePort: ports ? u16(bytes, l4) : -1,
    destinationPort: ports ? u16(bytes, l4 + 2) : -1,
  }
}

/** The protocol after the extension headers, as far as they were captured. */
function protocolOf6(bytes: Uint8Array, l3: number, end: number): number {
  let next = bytes[l3 + 6] ?? 0
  let at = l3 + 40
  while (end - at >= 2) {
    const length = extensionLength(next, bytes[at + 1] ?? 0)
    if (length === 0) break
    next = bytes[at] ?? 0
    at += length
  }
  return next
}
