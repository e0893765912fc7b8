import { Link, Tcp } from '../model/codes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from '../wire/checksum.ts'

/**
 * Addresses of controls, from the ranges reserved for benchmarking, RFC 2544 (198.18.0.0/15) and RFC 5180 (2001:2::/48), so that
 * no recorded flow has the same.
 */
export const CONTROL_CLIENT = { ipv4: '198.18.0.1', ipv6: '2001:2::1' } as const
export const CONTROL_SERVER = { ipv4: '198.19.0.1', ipv6: '2001:2:1::1' } as const
/** UDP ports of controls. `denied`: the server's port that a rule denies, in setups that deny nothing else. */
export const CONTROL_PORT = { client: 40_404, server: 40_405, denied: 40_406 } as const

export type ControlKind = 'allowed' | 'denied' | 'denied-port' | 'opening'

const ADDRESS = {
  ipv4: { client: [198, 18, 0, 1], server: [198, 19, 0, 1] },
  ipv6: {
    client: [0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    server: [0x20, 1, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  },
} as const

/** Offset of IP in an untagged Ethernet frame. */
const L3 = 14

/** Flags of those kinds that are TCP. */
const TCP_FLAGS: { readonly [K in ControlKind]?: number } = { denied: Tcp.rst, opening: Tcp.syn }

const MAC = { client: [2, 0, 0, 0, 0, 0xc1], server: [2, 0, 0, 0, 0, 0x51] } as const

/**
 * Ethernet frames that prove something about a road: an allowed UDP datagram; a TCP reset without a connection, which is not allowed; a
 * UDP datagram to or from a port that a rule denies; a SYN, which opens a connection.
 */
export function controlFrame(
  family: 'ipv4' | 'ipv6',
  direction: 0 | 1,
  what: ControlKind,
): { readonly frame: Uint8Array; readonly link: number } {
  const [from, to] = direction === 0 ? (['client', 'server'] as const) : (['server', 'client'] as const)
  const flags = TCP_FLAGS[what]
  const protocol = flags === undefined ? 17 : 6
  const server = CONTROL_PORT[what === 'denied-port' ? 'denied' : 'server']
  const { client } = CONTROL_PORT
  const make = (source: number, destination: number) =>
    flags === undefined ? datagram(source, destination) : tcp(source, destination, flags)
  const segment = direction === 0 ? make(client, server) : make(server, client)
  const source = ADDRESS[family][from]
  const destination = ADDRESS[family][to]
  const lengths = [segment.length >> 8, segment.length & 255]
  const header =
    family === 'ipv4'
      ? [0x45, 0, 0, 20 + segment.length, 0, 0, 0x40, 0, 64, protocol, 0, 0, ...source, ...destination]
      : [0x60, 0, 0, 0, ...lengths, protocol, 64, ...source, ...destination]
  const type = family === 'ipv4' ? [0x08, 0x00] : [0x86, 0xdd]
  const frame = Uint8Array.from([...MAC[to], ...MAC[from], ...type, ...header, ...segment])
  if (family === 'ipv4') writeIpv4Checksum(frame, L3)
  writeTransportChecksum(frame, L3, L3 + header.length, frame.length, protocol)
  return { frame, link: Link.ethernet }
}

function datagram(from: number, to: number): number[] {
  const text = [...new TextEncoder().encode('flowbreak control')]
  const length = 8 + text.length
  return [from >> 8, from & 255, to >> 8, to & 255, 0, length, 0, 0, ...text]
}

function tcp(from: number, to: number, flags: number): number[] {
  return [
    from >> 8,
    from & 255,
    to >> 8,
    to & 255,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0x50,
    flags,
    0xff,
    0xff,
    0,
    0,
    0,
    0,
  ]
}
