import { putU16 } from '../bytes.ts'
import { etherType, hex, ipv4, ipv6, join8 } from '../example-frames.test.ts'
import { Protocol } from '../numbers.ts'
import { emitUdp } from '../udp.ts'

/** A way to put a packet into a tunnel, and whether Suricata looks into it. */
export interface ExampleTunnel {
  readonly name: string
  readonly inside: boolean
  readonly wrap: (packet: Uint8Array) => Uint8Array
  /** Only packets of that version go in. */
  readonly version?: 4 | 6
}

const INNER_MACS = hex('02000000002b 02000000002a')

function isSix(packet: Uint8Array): boolean {
  return (packet[0] ?? 0) >> 4 === 6
}

function datagram(port: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length)
  emitUdp({ sourcePort: 50_000, destinationPort: port, payloadLength: payload.length }, bytes, 0)
  bytes.set(payload, 8)
  return bytes
}

/** The packet as an Ethernet frame behind tags. */
function bridged(packet: Uint8Array, tags = ''): Uint8Array {
  return join8(INNER_MACS, hex(tags), etherType(packet), packet)
}

const geneve =
  (options: string, type: (packet: Uint8Array) => Uint8Array, body = (p: Uint8Array) => p) =>
  (packet: Uint8Array) =>
    join8(
      Uint8Array.of(hex(options).length >> 2, 0),
      type(packet),
      hex('00000100'),
      hex(options),
      body(packet),
    )

const bridge = () => hex('6558')
/** The options of AWS's gateway load balancer. */
const AWS = '01080102 0000000000000001 01080202 0000000000000002 01080301 0000002a'

/** GRE with these flag bytes and optional words. */
const gre =
  (flags: string, type: (packet: Uint8Array) => Uint8Array, words = '', body = (p: Uint8Array) => p) =>
  (packet: Uint8Array) =>
    join8(hex(flags), type(packet), hex(words), body(packet))

function pptp(packet: Uint8Array): Uint8Array {
  const ppp = join8(hex(isSix(packet) ? 'ff030057' : 'ff030021'), packet)
  const header = hex('3081880b 0000 0007 00000001 00000002')
  putU16(header, 4, ppp.length)
  return join8(header, ppp)
}

const overUdp4 = (port: number, make: (packet: Uint8Array) => Uint8Array) => (packet: Uint8Array) =>
  ipv4(Protocol.udp, datagram(port, make(packet)))
const overUdp6 = (port: number, make: (packet: Uint8Array) => Uint8Array) => (packet: Uint8Array) =>
  ipv6(Protocol.udp, datagram(port, make(packet)))
const over4 = (protocol: number, make: (packet: Uint8Array) => Uint8Array) => (packet: Uint8Array) =>
  ipv4(protocol, make(packet))
const over6 = (protocol: number, make: (packet: Uint8Array) => Uint8Array) => (packet: Uint8Array) =>
  ipv6(protocol, make(packet))
const same = (packet: Uint8Array) => packet

const VXLAN = hex('0800000000000700')
const vxlan =
  (tags = '') =>
  (packet: Uint8Array) =>
    join8(VXLAN, bridged(packet, tags))

/** Every tunnel that the decoder reads, in its variants, and some that it must leave alone. */
export const TUNNELS: readonly ExampleTunnel[] = [
  { name: 'geneve', inside: true, wrap: overUdp4(6081, geneve('', etherType)) },
  { name: 'geneve with options', inside: true, wrap: overUdp4(6081, geneve(AWS, etherType)) },
  { name: 'geneve over ipv6', inside: true, wrap: overUdp6(6081, geneve(AWS, etherType)) },
  { name: 'geneve bridging', inside: true, wrap: overUdp4(6081, geneve('', bridge, bridged)) },
  {
    name: 'geneve bridging a vlan',
    inside: true,
    wrap: overUdp4(
      6081,
      geneve('', bridge, (packet) => bridged(packet, '81000005')),
    ),
  },
  {
    name: 'geneve with options that do not add up',
    inside: false,
    wrap: overUdp4(6081, geneve('01080104 00000000', etherType)),
  },
  { name: 'geneve on another port', inside: false, wrap: overUdp4(6082, geneve(AWS, etherType)) },
  { name: 'vxlan', inside: true, wrap: overUdp4(4789, vxlan()) },
  { name: 'vxlan over ipv6', inside: true, wrap: overUdp6(4789, vxlan()) },
  { name: 'vxlan with a vlan', inside: true, wrap: overUdp4(4789, vxlan('81000006')) },
  {
    name: 'vxlan without identifier',
    inside: false,
    wrap: overUdp4(4789, (p) => join8(hex('0000000000000700'), bridged(p))),
  },
  { name: 'gre', inside: true, wrap: over4(Protocol.gre, gre('0000', etherType)) },
  { name: 'gre over ipv6', inside: true, wrap: over6(Protocol.gre, gre('0000', etherType)) },
  {
    name: 'gre with checksum, key and sequence',
    inside: true,
    wrap: over4(Protocol.gre, gre('b000', etherType, '00000000 00000001 00000002')),
  },
  {
    name: 'gre with a source route',
    inside: true,
    wrap: over4(Protocol.gre, gre('4000', etherType, '00000000 08000004 0a000001 00000000')),
  },
  { name: 'gre bridging', inside: true, wrap: over4(Protocol.gre, gre('0000', bridge, '', bridged)) },
  {
    name: 'gre of erspan I',
    inside: true,
    wrap: over4(
      Protocol.gre,
      gre('0000', () => hex('88be'), '', bridged),
    ),
  },
  {
    name: 'gre of erspan II',
    inside: true,
    wrap: over4(
      Protocol.gre,
      gre('1000', () => hex('88be'), '00000001 10070000 00000000', bridged),
    ),
  },
  { name: 'gre of ppp', inside: true, wrap: over4(Protocol.gre, pptp) },
  { name: 'gre with recursion', inside: false, wrap: over4(Protocol.gre, gre('0100', etherType)) },
  { name: 'gre of another version', inside: false, wrap: over4(Protocol.gre, gre('0002', etherType)) },
  { name: 'ipv6 in ipv4', inside: true, version: 6, wrap: over4(Protocol.ipv6, same) },
  { name: 'ipv4 in ipv6', inside: true, version: 4, wrap: over6(Protocol.ipv4, same) },
  { name: 'ipv6 in ipv6', inside: true, version: 6, wrap: over6(Protocol.ipv6, same) },
  {
    name: 'ipv4 in ipv6 behind options',
    inside: true,
    version: 4,
    wrap: (p) => ipv6(Protocol.ipv4, p, 60, hex('0400 010400000000')),
  },
  {
    name: 'ipv6 in ipv6 behind options',
    inside: false,
    version: 6,
    wrap: (p) => ipv6(Protocol.ipv6, p, 60, hex('2900 010400000000')),
  },
  { name: 'ipv4 in ipv4', inside: false, version: 4, wrap: over4(Protocol.ipv4, same) },
  { name: 'teredo', inside: true, version: 6, wrap: overUdp4(3544, same) },
  { name: 'teredo on another port', inside: true, version: 6, wrap: overUdp4(5555, same) },
  {
    name: 'teredo with an origin',
    inside: true,
    version: 6,
    wrap: overUdp4(3544, (p) => join8(hex('0000 6363 3ffffdfe'), p)),
  },
  {
    name: 'teredo with authentication',
    inside: false,
    version: 6,
    wrap: overUdp4(3544, (p) => join8(hex('0001 0000 0000000000000000 00'), p)),
  },
  {
    name: 'teredo with bytes behind it',
    inside: false,
    version: 6,
    wrap: overUdp4(3544, (p) => join8(p, hex('00'))),
  },
]

/** The packet in every tunnel that takes it. */
export function inEveryTunnel(packet: Uint8Array): Uint8Array[] {
  const version = isSix(packet) ? 6 : 4
  return TUNNELS.filter((tunnel) => tunnel.version === undefined || tunnel.version === version).map(
    ({ wrap }) => wrap(packet),
  )
}
