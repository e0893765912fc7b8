import { Link } from '../../model/codes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../../wire/checksum.ts'
import { Protocol } from '../../wire/numbers.ts'

/** A TCP segment of one of the contract's conversations. */
export interface Segment {
  readonly direction: 0 | 1
  /** Bits of `Tcp`. */
  readonly flags: number
  /** Both relative to the initial numbers of the two ends. */
  readonly seq: number
  readonly ack: number
  /** Bytes of payload. */
  readonly length: number
}

export type Family = 'ipv4' | 'ipv6'

const INITIAL = [1_000_000, 5_000_000] as const
const SERVER_PORT = 80
const L3 = 14
const MAC = { client: [2, 0, 0, 0, 0, 0xc1], server: [2, 0, 0, 0, 0, 0x51] } as const
/** Ranges for documentation: RFC 5737, RFC 3849. */
const ADDRESS = {
  ipv4: { client: [192, 0, 2, 10], server: [198, 51, 100, 80] },
  ipv6: {
    client: [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
    server: [0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 80],
  },
} as const

const GATEWAY = { client: [203, 0, 113, 10], server: [203, 0, 113, 80] } as const

/** The Ethernet frame of a segment, with right checksums. `port`: the client's port, which distinguishes conversations. */
export function frameOf(segment: Segment, family: Family, port: number): Uint8Array {
  const [from, to] =
    segment.direction === 0 ? (['client', 'server'] as const) : (['server', 'client'] as const)
  const addresses = [...ADDRESS[family][from], ...ADDRESS[family][to]]
  const tcp = tcpBytes(segment, port)
  const header =
    family === 'ipv4'
      ? [0x45, 0, ...word(20 + tcp.length), 0, 1, 0x40, 0, 64, Protocol.tcp, 0, 0, ...addresses]
      : [0x60, 0, 0, 0, ...word(tcp.length), Protocol.tcp, 64, ...addresses]
  const type = family === 'ipv4' ? [0x08, 0x00] : [0x86, 0xdd]
  const frame = Uint8Array.from([...MAC[to], ...MAC[from], ...type, ...header, ...tcp])
  if (family === 'ipv4') writeIpv4Checksum(frame, L3)
  writeTransportChecksum(frame, L3, L3 + header.length, frame.length, Protocol.tcp)
  return frame
}

/** The same frame with the packet in a GRE tunnel (RFC 2784) between two gateways. */
export function tunnelled(frame: Uint8Array, { direction }: Segment, family: Family): Uint8Array {
  const [from, to] = direction === 0 ? [GATEWAY.client, GATEWAY.server] : [GATEWAY.server, GATEWAY.client]
  const packet = frame.subarray(L3)
  const type = family === 'ipv4' ? [0x08, 0x00] : [0x86, 0xdd]
  const header = [0x45, 0, ...word(24 + packet.length), 0, 1, 0, 0, 64, Protocol.gre, 0, 0, ...from, ...to]
  const carried = Uint8Array.from([
    ...frame.subarray(0, L3 - 2),
    0x08,
    0x00,
    ...header,
    0,
    0,
    ...type,
    ...packet,
  ])
  writeIpv4Checksum(carried, L3)
  return carried
}

/** The link layer of `frameOf`. */
export const FRAME_LINK = Link.ethernet

function tcpBytes({ direction, flags, seq, ack, length }: Segment, port: number): Uint8Array {
  const bytes = new Uint8Array(20 + length).fill(0x78)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, direction === 0 ? port : SERVER_PORT)
  view.setUint16(2, direction === 0 ? SERVER_PORT : port)
  view.setUint32(4, INITIAL[direction] + seq)
  view.setUint32(8, ack === 0 ? 0 : INITIAL[direction === 0 ? 1 : 0] + ack)
  view.setUint16(12, (5 << 12) | flags)
  view.setUint32(14, 60_000 * 65_536)
  view.setUint16(18, 0)
  return bytes
}

function word(value: number): readonly number[] {
  return [value >> 8, value & 255]
}
