import { putU16, u16 } from '../../wire/bytes.ts'
import {
  checksum,
  checksumField,
  sumAddresses,
  sumWords,
  transportChecksum,
  updateChecksum,
  writeIpv4Checksum,
  writeTransportChecksum,
} from '../../wire/checksum.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'

/** What a datagram's checksums were worth before it was changed. */
export interface Sums {
  /** Of the IPv4 header. */
  header: boolean
  transport: 'right' | 'wrong' | 'partial' | 'none'
  /** Of what a partial one covers and is there. */
  before: number
}

/** Makes a right checksum one that is surely wrong. */
const WRONG = 0x5555

/**
 * Notes what the checksums of the datagram at `l3` are worth: it ends before `stop` by its own length and before `end` there is
 * something of it. A transport checksum that covers more than is there is `partial`.
 */
export function noteSums(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  protocol: number,
  stop: number,
  end: number,
  whole: boolean,
  into: Sums,
): void {
  into.header = isIpv6(bytes, l3) || checksum(bytes, l3, l3 + headerLength(bytes, l3)) === 0
  into.transport = 'none'
  const field = l4 + checksumField(protocol)
  if (l4 < 0 || !hasChecksum(protocol) || field + 2 > Math.min(stop, end)) return
  if (protocol === Protocol.udp && u16(bytes, field) === 0) return
  if (whole && stop <= end)
    into.transport = transportChecksum(bytes, l3, l4, stop, protocol) === 0 ? 'right' : 'wrong'
  else {
    into.transport = 'partial'
    into.before = addressSum(bytes, l3, protocol) + sumWords(bytes, l4, Math.min(stop, end))
  }
}

/**
 * Writes the checksums of a datagram that was changed: right where they were right, and wrong where they were wrong, in a way that
 * tells nothing of what was there; partial ones are updated (RFC 1624).
 */
export function writeSums(
  bytes: Uint8Array,
  l3: number,
  l4: number,
  protocol: number,
  stop: number,
  end: number,
  { header, transport, before }: Sums,
): void {
  if (!isIpv6(bytes, l3)) {
    writeIpv4Checksum(bytes, l3)
    if (!header) putU16(bytes, l3 + 10, u16(bytes, l3 + 10) ^ WRONG)
  }
  if (transport === 'none') return
  const field = l4 + checksumField(protocol)
  if (transport === 'partial') {
    const after = addressSum(bytes, l3, protocol) + sumWords(bytes, l4, Math.min(stop, end))
    const updated = updateChecksum(u16(bytes, field), before, after)
    putU16(bytes, field, protocol === Protocol.udp && updated === 0 ? 0xffff : updated)
    return
  }
  writeTransportChecksum(bytes, l3, l4, stop, protocol)
  if (transport === 'right') return
  const wrong = u16(bytes, field) ^ WRONG
  // 0 would say that UDP has none.
  putU16(bytes, field, wrong === 0 ? 0x1111 : wrong)
}

function addressSum(bytes: Uint8Array, l3: number, protocol: number): number {
  return protocol === Protocol.icmp ? 0 : sumAddresses(bytes, l3)
}

function headerLength(bytes: Uint8Array, l3: number): number {
  return ((bytes[l3] ?? 0) & 15) << 2
}

function hasChecksum(protocol: number): boolean {
  return (
    protocol === Protocol.tcp ||
    protocol === Protocol.udp ||
    protocol === Protocol.icmp ||
    protocol === Protocol.icmp6
  )
}
