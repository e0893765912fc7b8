import { tunnelDepth } from '../model/batch.ts'
import { Kind, Tunnels } from '../model/codes.ts'
import { putU16, u8, u16 } from './bytes.ts'
import { writeIpv4Checksum, writeTransportChecksum } from './checksum.ts'
import { UNKNOWN_LENGTH } from './dissection.ts'
import type { FrameTemplate } from './forge.ts'
import { datagramEnd, isIpv6, writeDatagramLength } from './ip.ts'
import { fitLink } from './links.ts'
import { Protocol } from './numbers.ts'
import { carriersIn } from './tunnel/carriers.ts'
import { dissectInner } from './tunnel/enter.ts'
import { refit } from './tunnel/refit.ts'

const UDP_HEADER = 8

/**
 * The range of the payload of a whole TCP segment or UDP datagram in a frame; undefined if there is none, as in fragments,
 * or if the frame was truncated.
 */
export function payloadRange({ bytes, link, tunnels = Tunnels.outer }: FrameTemplate):
  | {
      readonly from: number
      readonly to: number
    }
  | undefined {
  const { kind, l3, l4 } = dissectInner(bytes, link, tunnels)
  if (l3 < 0 || l4 < 0) return undefined
  const isTcp = kind === Kind.tcp4 || kind === Kind.tcp6
  if (!isTcp && kind !== Kind.udp4 && kind !== Kind.udp6) return undefined
  const from = l4 + (isTcp ? (u8(bytes, l4 + 12) >> 4) << 2 : UDP_HEADER)
  const to = isTcp ? datagramEnd(bytes, l3) : l4 + u16(bytes, l4 + 4)
  return from > to || to > bytes.length ? undefined : { from, to }
}

/**
 * The packet of a frame with another payload and correct lengths and checksums, without anything after the datagram; undefined as for
 * `payloadRange`. Sequence numbers stay.
 */
export function withPayload(template: FrameTemplate, payload: Uint8Array): Uint8Array | undefined {
  const { bytes, link, tunnels = Tunnels.outer } = template
  const range = payloadRange(template)
  if (range === undefined) return undefined
  const { kind, l3, l4, stack } = dissectInner(bytes, link, tunnels)
  const end = range.from + payload.length
  const frame = new Uint8Array(end)
  frame.set(bytes.subarray(0, range.from))
  frame.set(payload, range.from)
  fitLink(frame, link)
  writeDatagramLength(frame, l3, end)
  if (!isIpv6(frame, l3)) writeIpv4Checksum(frame, l3)
  const isUdp = kind === Kind.udp4 || kind === Kind.udp6
  if (isUdp) putU16(frame, l4 + 4, end - l4)
  // Over IPv4 the UDP checksum is optional.
  if (!isUdp || u16(frame, l4 + 6) !== 0)
    writeTransportChecksum(frame, l3, l4, end, isUdp ? Protocol.udp : Protocol.tcp)
  refit(frame, carriersIn(bytes, 0, bytes.length, UNKNOWN_LENGTH, link, tunnels, tunnelDepth(stack)))
  return frame
}
