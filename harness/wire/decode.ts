import type { PacketBatch } from '../model/batch.ts'
import { Kind, Link, Options, Tunnels } from '../model/codes.ts'
import { dissectFrame } from './dissect.ts'
import { newDissection } from './dissection.ts'
import { EtherType, Protocol } from './numbers.ts'
import { NOP_NOP_TIMESTAMPS } from './tcp-options.ts'
import { enterTunnels, mayBeTunnel } from './tunnel/enter.ts'

const found = newDissection()

/**
 * Fills the wire/ columns of packets 0 … count-1. Never throws and never reads outside a frame, however damaged. Ethernet with
 * at most one VLAN tag, then IPv4 or IPv6 directly followed by TCP or UDP, is decoded here; everything else, and whatever
 * looks wrong at first glance, by `dissectFrame`. If the batch says so, the columns of a packet in a tunnel describe the
 * innermost packet. With `from` and `to` only packets `from` … `to`-1 are decoded, which follow those decoded before.
 */
export function decodeBatch(batch: PacketBatch, from = 0, to = batch.count): void {
  const { bytes, view, start, captured, original, link, kind, l3, l4, payload, flags, vlan, stack } = batch
  const { tunnels } = batch
  if (from === 0) {
    if (batch.stacked) stack.fill(0)
    batch.stacked = false
  }
  for (let i = from; i < to; i++) {
    const at = start[i] ?? 0
    const have = captured[i] ?? 0
    const end = at + have
    // 42: the shortest UDP over IPv4; every field read before the transport header lies within it.
    if (have >= 42 && link[i] === Link.ethernet) {
      let ip = at + 14
      let tag = 0
      let type = view.getUint16(at + 12)
      if (type === EtherType.vlan) {
        tag = view.getUint16(at + 14) & 0xfff
        type = view.getUint16(at + 16)
        ip = at + 18
      }
      let six = 0
      let transport = ip + 20
      let protocol = 0
      let length = 0
      if (type === EtherType.ipv4) {
        if (bytes[ip] === 0x45 && (view.getUint16(ip + 6) & 0x3fff) === 0) {
          protocol = bytes[ip + 9] ?? 0
          length = view.getUint16(ip + 2) - 20
        }
      } else if (type === EtherType.ipv6 && (bytes[ip] ?? 0) >> 4 === 6) {
        six = 1
        transport = ip + 40
        protocol = bytes[ip + 6] ?? 0
        length = view.getUint16(ip + 4)
      }
      if (transport + length <= at + Math.max(have, original[i] ?? 0)) {
        if (protocol === Protocol.tcp && transport + 20 <= end) {
          const header = ((bytes[transport + 12] ?? 0) >> 4) << 2
          if (header >= 20 && header <= length) {
            kind[i] = Kind.tcp4 + six
            l3[i] = ip
            l4[i] = transport
            payload[i] = length - header
            flags[i] = bytes[transport + 13] ?? 0
            vlan[i] = tag
            readTcp(batch, i, ip, transport, end)
            continue
          }
        } else if (protocol === Protocol.udp && transport + 8 <= end) {
          const size = view.getUint16(transport + 4)
          const plain =
            tunnels === Tunnels.outer ||
            !mayBeTunnel(bytes, transport, Math.min(size - 8, end - transport - 8))
          if (size >= 8 && size <= length && plain) {
            kind[i] = Kind.udp4 + six
            l3[i] = ip
            l4[i] = transport
            payload[i] = size - 8
            flags[i] = 0
            vlan[i] = tag
            readEndpoints(batch, i, ip, transport)
            continue
          }
        }
      }
    }
    dissectFrame(bytes, at, have, original[i] ?? 0, link[i] ?? 0, found)
    if (tunnels !== Tunnels.outer) enterTunnels(bytes, end, tunnels, found)
    kind[i] = found.kind
    l3[i] = found.l3
    l4[i] = found.l4
    payload[i] = found.payload
    flags[i] = found.flags
    vlan[i] = found.vlan
    stack[i] = found.stack
    if (found.stack !== 0) batch.stacked = true
    if (found.kind === Kind.tcp4 || found.kind === Kind.tcp6) readTcp(batch, i, found.l3, found.l4, end)
    else if (found.kind === Kind.udp4 || found.kind === Kind.udp6) readEndpoints(batch, i, found.l3, found.l4)
  }
}

/** The fields of a TCP header: the columns from `source` to `stamp`. At least 20 bytes of it were captured. */
function readTcp(batch: PacketBatch, i: number, ip: number, transport: number, end: number): void {
  const { bytes, view, seq, ack, window, options, stamp } = batch
  readEndpoints(batch, i, ip, transport)
  seq[i] = view.getInt32(transport + 4)
  ack[i] = view.getInt32(transport + 8)
  window[i] = view.getUint16(transport + 14)
  const words = (bytes[transport + 12] ?? 0) >> 4
  if (words === 8 && transport + 32 <= end && view.getInt32(transport + 20) === NOP_NOP_TIMESTAMPS) {
    options[i] = Options.timestamps
    stamp[i] = view.getInt32(transport + 24)
  } else options[i] = words === 5 ? Options.none : Options.other
}

/** Addresses and ports, for flow lookup. IPv6 addresses do not fit a column, whose value is then meaningless. */
function readEndpoints(batch: PacketBatch, i: number, ip: number, transport: number): void {
  const { view, source, destination, ports } = batch
  source[i] = view.getInt32(ip + 12)
  destination[i] = view.getInt32(ip + 16)
  ports[i] = view.getInt32(transport)
}
