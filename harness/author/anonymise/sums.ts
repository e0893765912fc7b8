import { putU16, u16, u32 } from '../../wire/bytes.ts'
import {
  checksum,
  checksumField,
  sumAddresses,
  sumWords,
  transportChecksum,
  updateChecksum,
  writeIpv4Checksum,
} from '../../wire/checksum.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { hasRightSctpChecksum, SCTP_HEADER, writeSctpChecksum } from '../../wire/sctp.ts'
import { coveredByUdpLite } from '../../wire/udp-lite.ts'

/** What a datagram's checksums were worth before it was changed. */
export interface Sums {
  /** Of the IPv4 header. */
  header: boolean
  transport: 'right' | 'wrong' | 'partial' | 'none'
  /** Of what a partial one covers and is there. */
  before: number
  /** The protocol number with which a right one is right. */
  pseudo: number
}

export function newSums(): Sums {
  return { header: true, transport: 'none', before: 0, pseudo: 0 }
}

/** Makes a right checksum one that is surely wrong. */
const WRONG = 0x5555
const SUMMED: ReadonlySet<number> = new Set([
  Protocol.tcp,
  Protocol.udp,
  Protocol.udpLite,
  Protocol.icmp,
  Protocol.icmp6,
])

/**
 * Notes what the checksums of the datagram at `l3` are worth: it ends before `stop` by its own length and before `end` there is
 * something of it. A transport checksum that covers more than is there is `partial`, a field of 0 that says that there is none `none`.
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
  into.pseudo = protocol
  if (l4 < 0) return
  if (protocol === Protocol.sctp) {
    if (whole) into.transport = sctpWorth(bytes, l4, stop, end)
    return
  }
  const field = l4 + checksumField(protocol)
  if (!SUMMED.has(protocol) || field + 2 > Math.min(stop, end)) return
  if (mayLack(protocol) && u16(bytes, field) === 0) return
  const covered = coveredEnd(bytes, l4, protocol, stop)
  if (!whole || covered > end) {
    into.transport = 'partial'
    into.before = addressSum(bytes, l3, protocol) + sumWords(bytes, l4, Math.min(covered, end))
    return
  }
  const isRight = (pseudo: number) => transportChecksum(bytes, l3, l4, stop, pseudo, covered) === 0
  into.transport = isRight(protocol) ? 'right' : 'wrong'
  // That is how Linux verifies it, whose verdict must stay.
  if (protocol !== Protocol.udpLite || into.transport === 'right' || !isRight(Protocol.udp)) return
  into.transport = 'right'
  into.pseudo = Protocol.udp
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
  { header, transport, before, pseudo }: Sums,
): void {
  if (!isIpv6(bytes, l3)) {
    writeIpv4Checksum(bytes, l3)
    if (!header) putU16(bytes, l3 + 10, u16(bytes, l3 + 10) ^ WRONG)
  }
  if (transport === 'none') return
  if (protocol === Protocol.sctp) {
    // Of a packet that is cut nobody can verify it, so it need not tell of what is missing.
    writeSctpChecksum(bytes, l4, Math.min(stop, end))
    if (transport === 'wrong') putU16(bytes, l4 + SCTP_HEADER - 2, u16(bytes, l4 + SCTP_HEADER - 2) ^ WRONG)
    return
  }
  const field = l4 + checksumField(protocol)
  const covered = coveredEnd(bytes, l4, protocol, stop)
  let value: number
  if (transport === 'partial') {
    const after = addressSum(bytes, l3, protocol) + sumWords(bytes, l4, Math.min(covered, end))
    value = updateChecksum(u16(bytes, field), before, after)
  } else {
    putU16(bytes, field, 0)
    value = transportChecksum(bytes, l3, l4, stop, pseudo, covered)
  }
  if (mayLack(protocol) && value === 0) value = 0xffff
  if (transport === 'wrong') value ^= WRONG
  // 0 would say that UDP has none.
  if (transport === 'wrong' && value === 0) value = 0x1111
  putU16(bytes, field, value)
}

function sctpWorth(bytes: Uint8Array, l4: number, stop: number, end: number): Sums['transport'] {
  if (l4 + SCTP_HEADER > Math.min(stop, end)) return 'none'
  if (stop <= end && hasRightSctpChecksum(bytes, l4, stop)) return 'right'
  if (u32(bytes, l4 + SCTP_HEADER - 4) === 0) return 'none'
  return stop <= end ? 'wrong' : 'partial'
}

/** Where that ends which the checksum covers; all of a datagram whose coverage is not allowed. */
function coveredEnd(bytes: Uint8Array, l4: number, protocol: number, stop: number): number {
  const covered = protocol === Protocol.udpLite ? coveredByUdpLite(bytes, l4, stop) : stop
  return covered < 0 ? stop : covered
}

/** Whether a checksum of 0 says that there is none; in UDP-Lite it is not allowed, and stays so. */
function mayLack(protocol: number): boolean {
  return protocol === Protocol.udp || protocol === Protocol.udpLite
}

function addressSum(bytes: Uint8Array, l3: number, protocol: number): number {
  return protocol === Protocol.icmp ? 0 : sumAddresses(bytes, l3)
}

function headerLength(bytes: Uint8Array, l3: number): number {
  return ((bytes[l3] ?? 0) & 15) << 2
}
