import { tunnelDepth } from '../model/batch.ts'
import { Tcp, Tunnels } from '../model/codes.ts'
import { FlowbreakError } from '../support/errors.ts'
import { putU16, putU32, sameBytes, u8, u16, u32 } from './bytes.ts'
import { checksumField, sumAddresses, sumWords, updateChecksum } from './checksum.ts'
import { type Dissection, UNKNOWN_LENGTH } from './dissection.ts'
import { findQuote, isIcmpError, type Quote } from './icmp.ts'
import { addressLength, datagramEnd, destinationAt, isIpv6, sourceAt } from './ip.ts'
import { Protocol } from './numbers.ts'
import { findTcpOption, TcpOption } from './tcp-options.ts'
import { carriersIn } from './tunnel/carriers.ts'
import { dissectInner } from './tunnel/enter.ts'
import { withinCarriers } from './tunnel/refit.ts'

/** The new address (4 or 16 bytes, of the packet's own family) and port of one end; absent: unchanged. */
export interface EndChange {
  readonly address?: Uint8Array
  readonly port?: number
}

/** The changes to a packet's endpoints and sequence numbers. `source` is the end that sent this packet. */
export interface AddressChange {
  readonly source?: EndChange
  readonly destination?: EndChange
  /** Added to the sequence number, modulo 2^32. */
  readonly seqDelta?: number
  /**
   * Added to the acknowledgement number, if there is one, and to the edges of selective acknowledgements. Without the ACK flag
   * a number other than zero counts too, since some systems use it.
   */
  readonly ackDelta?: number
  /** Added to the echoed timestamp (RFC 7323), if there is one; not in quotes. */
  readonly echoDelta?: number
}

/** A datagram in a frame, or in the quote of an ICMP error. */
interface Datagram {
  readonly l3: number
  readonly l4: number
  readonly protocol: number
  /** End of its captured bytes. */
  readonly end: number
}

/**
 * Changes endpoints and sequence numbers of the packet in a frame (`Link` code beside it), in place. The packet quoted by an
 * ICMP error, which goes in the opposite direction, is changed accordingly; the error's own addresses change only if they are those of
 * the quoted packet, since a router may have sent it. Checksums are updated, not recomputed: a wrong one stays wrong, and one of a
 * truncated frame or a first fragment stays correct. Frames without an IP packet are left alone. With tunnels (`tunnels`, a `Tunnels`
 * code), the packet is the innermost one, and the outer ones keep their addresses. Throws ERR_ADDRESS_FAMILY.
 */
export function readdress(
  frame: Uint8Array,
  link: number,
  change: AddressChange,
  tunnels: number = Tunnels.outer,
): void {
  const found = dissectInner(frame, link, tunnels)
  const depth = tunnelDepth(found.stack)
  if (depth === 0) changePacket(frame, found, change)
  else {
    const carriers = carriersIn(frame, 0, frame.length, UNKNOWN_LENGTH, link, tunnels, depth)
    withinCarriers(frame, carriers, () => changePacket(frame, found, change))
  }
}

function changePacket(frame: Uint8Array, { l3, l4, protocol }: Dissection, change: AddressChange): void {
  if (l3 < 0) return
  checkFamily(frame, l3, change.source)
  checkFamily(frame, l3, change.destination)
  const packet = { l3, l4, protocol, end: Math.min(frame.length, datagramEnd(frame, l3)) }
  const quote = quoteOf(frame, packet)
  if (quote === undefined) {
    changeDatagram(frame, packet, change)
    return
  }
  const { source, destination } = change
  changeDatagram(
    frame,
    packet,
    {
      ...(source && sameAddress(frame, sourceAt(frame, l3), destinationAt(frame, quote.l3), l3)
        ? { source }
        : {}),
      ...(destination && sameAddress(frame, destinationAt(frame, l3), sourceAt(frame, quote.l3), l3)
        ? { destination }
        : {}),
    },
    () => changeDatagram(frame, quote, reversed(change)),
  )
}

/** Changes one datagram; `inside` changes the contents of its transport payload, which its checksum covers too. */
function changeDatagram(
  frame: Uint8Array,
  packet: Datagram,
  change: AddressChange,
  inside?: () => void,
): void {
  const { l3, l4, protocol, end } = packet
  const addressesBefore = sumAddresses(frame, l3)
  frame.set(change.source?.address ?? [], sourceAt(frame, l3))
  frame.set(change.destination?.address ?? [], destinationAt(frame, l3))
  const addressesAfter = sumAddresses(frame, l3)
  if (!isIpv6(frame, l3)) replaced(frame, l3 + 10, addressesBefore, addressesAfter)
  if (l4 < 0) return

  const before = sumWords(frame, l4, end)
  if (protocol === Protocol.tcp) {
    shiftNumbers(frame, l4, end, change.seqDelta ?? 0, change.ackDelta ?? 0)
    if (change.echoDelta !== undefined) shiftEcho(frame, l4, end, change.echoDelta)
  }
  if (protocol === Protocol.tcp || protocol === Protocol.udp) {
    if (change.source?.port !== undefined) putU16(frame, l4, change.source.port)
    if (change.destination?.port !== undefined) putU16(frame, l4 + 2, change.destination.port)
  }
  inside?.()
  const after = sumWords(frame, l4, end)
  if (protocol === Protocol.icmp) replaced(frame, l4 + 2, before, after)
  else updateTransport(frame, packet, addressesBefore + before, addressesAfter + after)
}

const WITH_ADDRESSES: ReadonlySet<number> = new Set([
  Protocol.tcp,
  Protocol.udp,
  Protocol.udpLite,
  Protocol.icmp6,
])

/** Updates the checksum of TCP, UDP, UDP-Lite or ICMPv6, if it is there and in use. */
function updateTransport(frame: Uint8Array, packet: Datagram, before: number, after: number): void {
  const { l4, protocol, end } = packet
  const field = l4 + checksumField(protocol)
  if (!WITH_ADDRESSES.has(protocol) || field + 2 > end) return
  const mayLack = protocol === Protocol.udp || protocol === Protocol.udpLite
  if (mayLack && u16(frame, field) === 0) return
  replaced(frame, field, before, after)
  if (mayLack && u16(frame, field) === 0) putU16(frame, field, 0xffff)
}

function replaced(frame: Uint8Array, field: number, before: number, after: number): void {
  putU16(frame, field, updateChecksum(u16(frame, field), before, after))
}

/** Shifts the numbers of the TCP header at `l4`, as far as they are there: a quote may end after the sequence number. */
function shiftNumbers(frame: Uint8Array, l4: number, end: number, seqDelta: number, ackDelta: number): void {
  putU32(frame, l4 + 4, u32(frame, l4 + 4) + seqDelta)
  if (end - l4 < 14) return
  const acknowledged = u32(frame, l4 + 8)
  if ((u8(frame, l4 + 13) & Tcp.ack) !== 0 || acknowledged !== 0)
    putU32(frame, l4 + 8, acknowledged + ackDelta)
  const sack = findTcpOption(frame, l4, end, TcpOption.sack)
  if (sack < 0) return
  const sackEnd = sack + u8(frame, sack + 1)
  for (let edge = sack + 2; edge < sackEnd; edge += 4) putU32(frame, edge, u32(frame, edge) + ackDelta)
}

function shiftEcho(frame: Uint8Array, l4: number, end: number, delta: number): void {
  const stamps = findTcpOption(frame, l4, end, TcpOption.timestamps)
  if (stamps < 0 || (u8(frame, l4 + 13) & Tcp.ack) === 0) return
  putU32(frame, stamps + 6, u32(frame, stamps + 6) + delta)
}

function quoteOf(frame: Uint8Array, packet: Datagram): Datagram | undefined {
  const { l3, l4, protocol, end } = packet
  const six = isIpv6(frame, l3)
  if (l4 < 0 || protocol !== (six ? Protocol.icmp6 : Protocol.icmp)) return undefined
  if (!isIcmpError(u8(frame, l4), six)) return undefined
  const quote: Quote = { l3: -1, l4: -1, protocol: 0 }
  return findQuote(frame, l4, end, six, quote) ? { ...quote, end } : undefined
}

function reversed(change: AddressChange): AddressChange {
  return {
    ...(change.destination && { source: change.destination }),
    ...(change.source && { destination: change.source }),
    ...(change.ackDelta !== undefined && { seqDelta: change.ackDelta }),
    ...(change.seqDelta !== undefined && { ackDelta: change.seqDelta }),
  }
}

function sameAddress(frame: Uint8Array, a: number, b: number, l3: number): boolean {
  const length = addressLength(frame, l3)
  return sameBytes(frame.subarray(a, a + length), frame.subarray(b, b + length))
}

function checkFamily(frame: Uint8Array, l3: number, end: EndChange | undefined): void {
  const length = addressLength(frame, l3)
  if (end?.address === undefined || end.address.length === length) return
  throw new FlowbreakError(
    'ERR_ADDRESS_FAMILY',
    `An address of ${end.address.length} bytes cannot replace one of ${length}: give an address of the packet's family.`,
  )
}
