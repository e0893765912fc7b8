import type { PacketBatch } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import {
  checksumField,
  fold,
  sumAddresses,
  writeIpv4Checksum,
  writeTransportChecksum,
} from '../../wire/checksum.ts'
import { datagramEnd, isIpv6 } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { verifyChecksums } from '../../wire/verify.ts'

const PROTOCOLS: ReadonlyMap<number, number> = new Map([
  [Kind.tcp4, Protocol.tcp],
  [Kind.tcp6, Protocol.tcp],
  [Kind.udp4, Protocol.udp],
  [Kind.udp6, Protocol.udp],
  [Kind.icmp4, Protocol.icmp],
  [Kind.icmp6, Protocol.icmp6],
])

/**
 * What is wrong with the checksums of packet `i`: `offload` where TCP's or UDP's is the sum of the pseudo-header alone, which is what a
 * system leaves to its network card; undefined: nothing.
 */
export function checksumFault(batch: PacketBatch, i: number): 'offload' | 'wrong' | undefined {
  const { bytes } = batch
  const start = batch.start[i] ?? 0
  const frame = bytes.subarray(start, start + (batch.captured[i] ?? 0))
  if (verifyChecksums(frame, batch.link[i] ?? 0) !== 'bad') return undefined
  const l4 = batch.l4[i] ?? -1
  const protocol = PROTOCOLS.get(batch.kind[i] ?? 0)
  if (l4 < 0 || protocol === undefined || protocol === Protocol.icmp || protocol === Protocol.icmp6)
    return 'wrong'
  const l3 = batch.l3[i] ?? 0
  const pseudo = fold(sumAddresses(bytes, l3) + protocol + endOf(batch, i, protocol) - l4)
  return u16(bytes, l4 + checksumField(protocol)) === pseudo ? 'offload' : 'wrong'
}

/** Writes right checksums into packet `i`, as far as it was captured whole. */
export function mendChecksums(batch: PacketBatch, i: number): void {
  const { bytes } = batch
  const l3 = batch.l3[i] ?? -1
  const l4 = batch.l4[i] ?? -1
  if (l3 < 0) return
  if (!isIpv6(bytes, l3)) writeIpv4Checksum(bytes, l3)
  const protocol = PROTOCOLS.get(batch.kind[i] ?? 0)
  if (l4 < 0 || protocol === undefined) return
  const stop = endOf(batch, i, protocol)
  if (stop > (batch.start[i] ?? 0) + (batch.captured[i] ?? 0)) return
  const unused = protocol === Protocol.udp && !isIpv6(bytes, l3) && u16(bytes, l4 + 6) === 0
  if (!unused) writeTransportChecksum(bytes, l3, l4, stop, protocol)
}

function endOf({ bytes, l3, l4 }: PacketBatch, i: number, protocol: number): number {
  const at = l4[i] ?? 0
  return protocol === Protocol.udp ? at + u16(bytes, at + 4) : datagramEnd(bytes, l3[i] ?? 0)
}
