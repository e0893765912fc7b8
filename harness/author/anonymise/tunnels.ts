import { Kind } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { dissectFrame } from '../../wire/dissect.ts'
import type { Dissection } from '../../wire/dissection.ts'
import { newDissection } from '../../wire/dissection.ts'
import { EtherType, Protocol } from '../../wire/numbers.ts'
import { carriersIn } from '../../wire/tunnel/carriers.ts'
import { enterTunnels } from '../../wire/tunnel/enter.ts'
import { readGeneve } from '../../wire/tunnel/geneve.ts'
import { readGre } from '../../wire/tunnel/gre.ts'
import { newInner } from '../../wire/tunnel/inner.ts'
import { withinCarriers } from '../../wire/tunnel/refit.ts'
import { readVxlan, VXLAN_PORT } from '../../wire/tunnel/vxlan.ts'
import { changeDatagram } from './datagram.ts'
import { formOf } from './form-of.ts'
import { changeHeader } from './headers.ts'
import type { Maps } from './maps.ts'
import { newSums, noteSums, writeSums } from './sums.ts'

/** More tunnels than the decoder follows. */
const DEEPEST = 16
const inner = newInner()

/**
 * Changes the packet in the tunnels of the frame bytes[start, end), and the headers that it travels in: addresses of every layer, and
 * hardware addresses of bridged frames. Identifiers of tunnels and their options stay. False, and nothing changed, where there is none.
 */
export function changeTunnels(
  bytes: Uint8Array,
  start: number,
  end: number,
  original: number,
  link: number,
  tunnels: number,
  maps: Maps,
): boolean {
  const carriers = carriersIn(bytes, start, end - start, original, link, tunnels, DEEPEST)
  if (carriers.length === 0) return false
  const found = newDissection()
  dissectFrame(bytes, start, end - start, original, link, found)
  enterTunnels(bytes, end, tunnels, found)
  const { l3, l4, protocol, stop, kind } = found
  const udp = kind === Kind.udp4 || kind === Kind.udp6
  const ownEnd = udp ? l4 + u16(bytes, l4 + 4) : stop
  const noted = carriers.map((carrier) => {
    const sums = newSums()
    const last = carrierEnd(bytes, carrier)
    noteSums(bytes, carrier.l3, carrier.l4, carrier.protocol, last, end, true, sums)
    return { carrier, sums, last }
  })
  withinCarriers(bytes.subarray(0, end), carriers.filter(isGre), () => {
    changeDatagram(bytes, { l3, l4, protocol, stop: ownEnd, form: formOf(found) }, end, maps)
    for (const carrier of carriers) changeBridged(bytes, carrier, end, maps)
    for (const carrier of carriers) changeHeader(bytes, carrier.l3, end, maps)
    for (const { carrier, sums, last } of noted.toReversed())
      writeSums(bytes, carrier.l3, carrier.l4, carrier.protocol, last, end, sums)
  })
  return true
}

function isGre({ protocol }: Dissection): boolean {
  return protocol === Protocol.gre
}

function carrierEnd(bytes: Uint8Array, { kind, l4, stop }: Dissection): number {
  return kind === Kind.udp4 || kind === Kind.udp6 ? l4 + u16(bytes, l4 + 4) : stop
}

/** Hardware addresses of the Ethernet frame in a carrier, where there is one. */
function changeBridged(
  bytes: Uint8Array,
  { kind, l4, protocol, stop }: Dissection,
  end: number,
  maps: Maps,
): void {
  const last = Math.min(stop, end)
  const isUdp = kind === Kind.udp4 || kind === Kind.udp6
  let at = -1
  if (isUdp && (u16(bytes, l4) === VXLAN_PORT || u16(bytes, l4 + 2) === VXLAN_PORT)) {
    if (readVxlan(bytes, l4 + 8, last, inner)) at = l4 + 16
  } else if (
    isUdp
      ? readGeneve(bytes, l4 + 8, last, inner)
      : protocol === Protocol.gre && readGre(bytes, l4, last, inner)
  )
    at = inner.etherType === EtherType.bridge ? inner.offset : -1
  if (at < 0 || at + 12 > last) return
  maps.hardware.map(bytes, at)
  maps.hardware.map(bytes, at + 6)
}
