import { Kind, Link } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { dissect } from '../../wire/dissect.ts'
import { join8 } from '../../wire/example-frames.test.ts'
import { isIcmpError } from '../../wire/icmp.ts'
import { type ExampleTunnel, TUNNELS } from '../../wire/tunnel/example-tunnels.test.ts'
import { chance, pick, type Roll } from '../conversations/random.test.ts'
import { cut, headerOf } from '../example-fragments.test.ts'
import type { OracleCase } from '../oracle-cases.test.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'

const ETHERNET = 14
/** Of 100 cases, so many each behind a VLAN tag, in a tunnel, and in fragments. */
const TAGGED = 4
const TUNNELLED = 6
const FRAGMENTED = 8
/** Of 100 packets of a case in fragments. */
const CUT = 40
const TAG = Uint8Array.of(0x81, 0, 0, 9)

/** Tunnels whose datagrams have no flow in Suricata, and so none that a rule could tell from what the engine has (docs/rules.md). */
const FLOWLESS = TUNNELS.filter(({ name }) => /^gre|^ip\S+ in/.test(name) && !/in ipv4/.test(name))

/** The cases, some of them carried otherwise; those with errors of ICMPv6, which are another matter (docs/rules.md), are not. */
export function carriedOtherwise(cases: readonly OracleCase[], roll: Roll): OracleCase[] {
  return cases.map((each, nth) => {
    const how = roll(100)
    if (each.frames.some(isError6)) return each
    if (how < TAGGED) return tagged(each)
    if (how < TAGGED + TUNNELLED) return inTunnel(each, pick(roll, FLOWLESS), nth)
    return how < TAGGED + TUNNELLED + FRAGMENTED ? fragmented(each, roll) : each
  })
}

function tagged({ name, frames }: OracleCase): OracleCase {
  const tag = ({ time, bytes }: OracleFrame) => ({
    time,
    bytes: join8(bytes.subarray(0, 12), TAG, bytes.subarray(12)),
  })
  return { name: `${name} behind a tag`, frames: frames.map(tag) }
}

/** In a tunnel, as far as it takes the packets. In tunnels flows of different VLANs are not kept apart: addresses tell them by `nth`. */
function inTunnel({ name, frames }: OracleCase, tunnel: ExampleTunnel, nth: number): OracleCase {
  const inside = frames.map(({ time, bytes }) => {
    const packet = packetOf(bytes)
    if (packet === undefined || (tunnel.version !== undefined && tunnel.version !== (packet[0] ?? 0) >> 4))
      return { time, bytes }
    const outer = tunnel.wrap(readdressed(packet, nth))
    const etherType = (outer[0] ?? 0) >> 4 === 6 ? [0x86, 0xdd] : [8, 0]
    return { time, bytes: join8(bytes.subarray(0, 12), Uint8Array.from(etherType), outer) }
  })
  return { name: `${name} in ${tunnel.name}`, frames: inside }
}

function readdressed(packet: Uint8Array, nth: number): Uint8Array {
  const bytes = packet.slice()
  for (const at of (packet[0] ?? 0) >> 4 === 6 ? [14, 30] : [13, 17]) bytes[at] = (bytes[at] ?? 0) ^ nth
  return bytes
}

function fragmented({ name, frames }: OracleCase, roll: Roll): OracleCase {
  const pieces = frames.flatMap((frame, id) =>
    chance(roll, CUT) ? fragmentsOf(frame, id + 1, roll) : [frame],
  )
  return { name: `${name} in fragments`, frames: pieces }
}

/**
 * The frame in two or three fragments, in any order, of which one may be lost, unless it is the first, after which the case was chosen
 * (`withClientsFirst`); itself where it is of no such kind.
 */
function fragmentsOf(frame: OracleFrame, id: number, roll: Roll): OracleFrame[] {
  const packet = packetOf(frame.bytes)
  if (packet === undefined || !isWhole(frame.bytes)) return [frame]
  const length = packet.length - headerOf(packet)
  const blocks = Math.ceil(length / 8)
  if (blocks < 2) return [frame]
  const inner = [1 + roll(blocks - 1), 1 + roll(blocks - 1)].sort((a, b) => a - b)
  const edges = [...new Set([0, ...inner, blocks])]
  const pieces = edges.slice(0, -1).map((edge, n) => {
    const next = edges[n + 1] ?? blocks
    return { from: edge * 8, to: Math.min(next * 8, length), more: next < blocks }
  })
  if (chance(roll, 30)) pieces.reverse()
  if (chance(roll, 5) && id > 1) pieces.pop()
  return pieces.map((piece) => ({
    time: frame.time,
    bytes: join8(frame.bytes.subarray(0, ETHERNET), cut(packet, piece, id)),
  }))
}

/** The IP packet without padding; undefined of what is none, or stands behind tags. */
function packetOf(bytes: Uint8Array): Uint8Array | undefined {
  const type = u16(bytes, 12)
  if (type === 0x0800) return bytes.subarray(ETHERNET, ETHERNET + u16(bytes, ETHERNET + 2))
  return type === 0x86dd ? bytes.subarray(ETHERNET, ETHERNET + 40 + u16(bytes, ETHERNET + 4)) : undefined
}

function isError6({ bytes }: OracleFrame): boolean {
  const { kind, l4 } = dissect(bytes, Link.ethernet)
  return kind === Kind.icmp6 && isIcmpError(bytes[l4] ?? 0, true)
}

/** TCP or UDP straight behind an IP header without options. */
function isWhole(bytes: Uint8Array): boolean {
  const { kind, l4 } = dissect(bytes, Link.ethernet)
  const six = kind === Kind.tcp6 || kind === Kind.udp6
  const four = kind === Kind.tcp4 || kind === Kind.udp4
  return (six && l4 === ETHERNET + 40) || (four && l4 === ETHERNET + 20)
}
