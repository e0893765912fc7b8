import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Tcp } from '../../model/codes.ts'
import { putU16, putU32, u16, u32 } from '../../wire/bytes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../../wire/checksum.ts'
import { datagramEnd, isIpv6, writeDatagramLength } from '../../wire/ip.ts'
import { fitLink } from '../../wire/links.ts'
import { Protocol } from '../../wire/numbers.ts'

/** Whether the IP datagram of packet `i` is larger than `mtu`: segments that the sender's or the recorder's network card had still, or already, put together. */
export function isSuperFrame(batch: PacketBatch, i: number, mtu: number): boolean {
  const l3 = batch.l3[i] ?? -1
  return l3 >= 0 && datagramEnd(batch.bytes, l3) - l3 > mtu
}

/**
 * The TCP segments of at most `mtu` bytes that packet `i` stands for, as a network card makes them of one: FIN and PSH on the last, CWR on
 * the first, IPv4 identifications counted up, checksums right. Undefined where it is not TCP, or was not captured whole.
 */
export function segmentsOf(batch: PacketBatch, i: number, mtu: number): Uint8Array[] | undefined {
  const { bytes } = batch
  const kind = batch.kind[i] ?? 0
  if (kind !== Kind.tcp4 && kind !== Kind.tcp6) return undefined
  const start = batch.start[i] ?? 0
  const l3 = (batch.l3[i] ?? 0) - start
  const l4 = (batch.l4[i] ?? 0) - start
  const stop = datagramEnd(bytes, l3 + start) - start
  if (stop > (batch.captured[i] ?? 0)) return undefined
  const payload = l4 + (((bytes[start + l4 + 12] ?? 0) >> 4) << 2)
  const room = mtu - (payload - l3)
  if (room < 1) return undefined
  const whole = bytes.subarray(start, start + stop)
  const segments: Uint8Array[] = []
  for (let at = payload; at < stop; at += room) {
    const end = Math.min(at + room, stop)
    const frame = new Uint8Array(payload + end - at)
    frame.set(whole.subarray(0, payload))
    frame.set(whole.subarray(at, end), payload)
    let flags = frame[l4 + 13] ?? 0
    if (end < stop) flags &= ~(Tcp.fin | Tcp.psh)
    if (at > payload) flags &= ~Tcp.cwr
    frame[l4 + 13] = flags
    putU32(frame, l4 + 4, u32(whole, l4 + 4) + at - payload)
    fitLink(frame, batch.link[i] ?? 0)
    writeDatagramLength(frame, l3, frame.length)
    if (!isIpv6(frame, l3)) {
      putU16(frame, l3 + 4, u16(whole, l3 + 4) + segments.length)
      writeIpv4Checksum(frame, l3)
    }
    writeTransportChecksum(frame, l3, l4, frame.length, Protocol.tcp)
    segments.push(frame)
  }
  return segments
}
