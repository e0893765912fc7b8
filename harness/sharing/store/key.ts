import { swapPorts } from '../../flow/key.ts'
import { flowPorts, icmpOf, ipProtocol } from '../../flow/transport.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Direction, Kind } from '../../model/codes.ts'
import { putU32 } from '../../wire/bytes.ts'
import { isIcmpError } from '../../wire/icmp.ts'

/** Addresses, ports and protocol of an IPv6 flow. */
const MOST_TUPLE = 37
/** VLAN ids, then the third VLAN id and the depth of tunnels. */
const MOST_TAGS = 7

/**
 * The key of a packet's flow in the store: its 5-tuple, client first, 13 bytes for IPv4 and 37 for IPv6; three more if it is
 * tagged, and four if it is in a tunnel. For a datagram in fragments: of the fragment that completes it. Undefined: the packet
 * belongs to a flow with another tuple (an ICMP error), or its tuple cannot be read.
 */
export function keyOf(packets: PacketBatch, index: number): Uint8Array | undefined {
  const kind = packets.kind[index] ?? Kind.other
  if (kind === Kind.fragment4 || kind === Kind.fragment6) {
    const whole = packets.rebuilt.find((each) => each.index === index)
    return whole && keyIn(packets, index, whole.bytes, 0, whole.l4, whole.bytes.length)
  }
  const l3 = packets.l3[index] ?? -1
  const end = (packets.start[index] ?? 0) + (packets.captured[index] ?? 0)
  return l3 < 0 ? undefined : keyIn(packets, index, packets.bytes, l3, packets.l4[index] ?? -1, end)
}

/** Like `keyOf`, for the datagram at `l3` in `bytes`. */
function keyIn(
  packets: PacketBatch,
  index: number,
  bytes: Uint8Array,
  l3: number,
  l4: number,
  end: number,
): Uint8Array | undefined {
  const six = (bytes[l3] ?? 0) >> 4 === 6
  const protocol = ipProtocol(bytes, l3, end)
  if (protocol === icmpOf(six) && isIcmpError(bytes[l4] ?? 0, six)) return undefined
  const ports = flowPorts(bytes, l4, protocol, six)
  if (ports === undefined) return undefined
  const fromClient = packets.direction[index] === Direction.c2s
  const length = six ? 16 : 4
  const source = l3 + (six ? 8 : 12)
  const [client, server] = fromClient ? [source, source + length] : [source + length, source]
  const key = new Uint8Array(MOST_TUPLE + MOST_TAGS)
  for (let at = 0; at < length; at++) {
    key[at] = bytes[client + at] ?? 0
    key[length + at] = bytes[server + at] ?? 0
  }
  putU32(key, length * 2, fromClient ? ports : swapPorts(ports))
  key[length * 2 + 4] = protocol
  return key.subarray(0, withTags(key, length * 2 + 5, packets.vlan[index] ?? 0, packets.stack[index] ?? 0))
}

/** Writes what distinguishes flows with one tuple in several networks; returns where the key ends. */
function withTags(key: Uint8Array, from: number, vlan: number, stack: number): number {
  let at = from
  if (vlan !== 0) {
    key[at] = vlan >>> 16
    key[at + 1] = vlan >>> 8
    key[at + 2] = vlan
    at += 3
  }
  if (stack === 0) return at
  putU32(key, at, stack)
  return at + 4
}
