import { tunnelDepth, withTunnelDepth } from '../../model/batch.ts'
import { Kind, Link, Tunnels } from '../../model/codes.ts'
import { u8, u16 } from '../bytes.ts'
import { dissect, dissectNetwork } from '../dissect.ts'
import { type Dissection, newDissection } from '../dissection.ts'
import { findNetwork, findNetworkFrom, newNetworkStart, putVlanBefore } from '../links.ts'
import { EtherType, Protocol } from '../numbers.ts'
import { GENEVE_PORT, readGeneve } from './geneve.ts'
import { readGre } from './gre.ts'
import { newInner } from './inner.ts'
import { readIpInIp } from './ip-in-ip.ts'
import { readTeredo } from './teredo.ts'
import { readVxlan, VXLAN_PORT } from './vxlan.ts'

/**
 * The number of headers of one frame at which decoding stops: Ethernet or PPP, VLAN tags, a stack of labels, IP, and the
 * headers of tunnels (GRE and that of ERSPAN are two), each tunnel counting once more (Suricata 7.0.10, decoder.max-layers).
 */
const MAX_LAYERS = 16

const inner = newInner()
const network = newNetworkStart()
const deeper = newDissection()

/** Like `dissect`, but enters all tunnels of the kinds in `tunnels`, a `Tunnels` code. */
export function dissectInner(frame: Uint8Array, link: number, tunnels: number): Dissection {
  const found = dissect(frame, link)
  if (tunnels !== Tunnels.outer) enterTunnels(frame, frame.length, tunnels, found)
  return found
}

/** Enters all tunnels of the kinds in `tunnels`, a `Tunnels` code. `end`: that of the frame. */
export function enterTunnels(bytes: Uint8Array, end: number, tunnels: number, found: Dissection): void {
  while (enterTunnel(bytes, end, tunnels, found));
}

/**
 * Makes `found` the packet inside the tunnel. Returns false, and changes nothing, if the packet is no tunnel, or has no readable
 * IP header inside.
 */
export function enterTunnel(bytes: Uint8Array, end: number, tunnels: number, found: Dissection): boolean {
  const { kind, l4 } = found
  if (l4 < 0) return false
  if (kind === Kind.udp4 || kind === Kind.udp6) {
    const stop = l4 + 8 + found.payload
    const readable = Math.min(stop, end)
    if (readTeredo(bytes, l4 + 8, readable, inner) && enter(bytes, end, stop, true, found)) return true
    const hasHeader =
      (isPort(bytes, l4, GENEVE_PORT) && readGeneve(bytes, l4 + 8, readable, inner)) ||
      (isPort(bytes, l4, VXLAN_PORT) && readVxlan(bytes, l4 + 8, readable, inner))
    return hasHeader && enter(bytes, end, stop, false, found)
  }
  if (kind !== Kind.ip4 && kind !== Kind.ip6) return false
  const { stop, protocol } = found
  const behindExtensions = kind === Kind.ip6 && l4 !== found.l3 + 40
  if (protocol === Protocol.gre)
    return (
      !behindExtensions &&
      readGre(bytes, l4, Math.min(stop, end), inner) &&
      enter(bytes, end, stop, false, found)
    )
  return (
    readIpInIp(bytes, l4, protocol, kind, behindExtensions, tunnels, inner) &&
    enter(bytes, end, stop, false, found)
  )
}

/** Whether a UDP payload of `length` bytes may be a tunnel: by its port, or its first byte. Cheap: called for each datagram. */
export function mayBeTunnel(bytes: Uint8Array, l4: number, length: number): boolean {
  const first = u8(bytes, l4 + 8)
  if (length >= 40 && (first >> 4 === 6 || first === 0)) return true
  return isPort(bytes, l4, GENEVE_PORT) || isPort(bytes, l4, VXLAN_PORT)
}

function isPort(bytes: Uint8Array, l4: number, port: number): boolean {
  return u16(bytes, l4) === port || u16(bytes, l4 + 2) === port
}

/** Enters `inner`, whose tunnel ends at `stop`. `strict`: not if anything is wrong. */
function enter(bytes: Uint8Array, end: number, stop: number, strict: boolean, found: Dissection): boolean {
  const { offset, etherType, vlan, headers } = inner
  const readable = Math.min(stop, end)
  if (etherType === EtherType.bridge) findNetwork(bytes, offset, readable, Link.ethernet, network)
  else if (etherType === EtherType.ppp) findNetwork(bytes, offset, readable, Link.ppp, network)
  else findNetworkFrom(bytes, offset, readable, etherType, network)
  if (vlan !== 0) putVlanBefore(vlan, network)
  deeper.layers = found.layers + headers + 1
  deeper.stack = 0
  dissectNetwork(bytes, network, readable, stop, deeper)
  if (deeper.l3 < 0 || deeper.layers >= MAX_LAYERS || (strict && deeper.kind === Kind.malformed)) return false
  const depth = tunnelDepth(found.stack) + 1
  Object.assign(found, deeper)
  found.stack = withTunnelDepth(found.stack, depth)
  return true
}
