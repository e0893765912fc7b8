import { putU16 } from '../../wire/bytes.ts'
import { writeTransportChecksum } from '../../wire/checksum.ts'
import { emitIpv4 } from '../../wire/ipv4.ts'
import { emitIpv6 } from '../../wire/ipv6.ts'
import { EtherType, Protocol } from '../../wire/numbers.ts'

const ETHERNET = 14
const CLIENT_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1)
const SERVER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 2)

/** The two addresses of a conversation; index up to 2^22. */
export interface Ends {
  readonly six: boolean
  readonly client: Uint8Array
  readonly server: Uint8Array
}

export function endsOf(index: number, six: boolean): Ends {
  const number = [index >> 16, (index >> 8) & 255, index & 255] as const
  if (!six)
    return {
      six,
      client: Uint8Array.of(10, 64 + number[0], number[1], number[2]),
      server: Uint8Array.of(198, 51, 100, 80),
    }
  const prefix = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0]
  return {
    six,
    client: Uint8Array.of(...prefix, 1, 0, 0, 0, 0, 0, ...number),
    server: Uint8Array.of(...prefix, 2, 0, 0, 0, 0, 0, 0, 0, 0x80),
  }
}

/** An Ethernet frame round a transport segment, whose checksum is written. */
export function frameOf(ends: Ends, toServer: boolean, protocol: number, segment: Uint8Array): Uint8Array {
  const l4 = ETHERNET + (ends.six ? 40 : 20)
  const frame = new Uint8Array(l4 + segment.length)
  putIp(ends, toServer, protocol, segment.length, frame)
  frame.set(segment, l4)
  writeTransportChecksum(frame, ETHERNET, l4, frame.length, protocol)
  return frame
}

/** The frame in two fragments, in order, of which the first carries the multiple of 8 next below half of the payload. */
export function fragmentsOf(ends: Ends, toServer: boolean, frame: Uint8Array, id: number): Uint8Array[] {
  const l4 = ETHERNET + (ends.six ? 40 : 20)
  const payload = frame.subarray(l4)
  const cut = Math.max(8, (payload.length >> 1) & ~7)
  const protocol = frame[ETHERNET + (ends.six ? 6 : 9)] ?? 0
  return [
    fragment(ends, toServer, protocol, payload.subarray(0, cut), { id, offset: 0, more: true }),
    fragment(ends, toServer, protocol, payload.subarray(cut), { id, offset: cut, more: false }),
  ]
}

interface Piece {
  readonly id: number
  readonly offset: number
  readonly more: boolean
}

function fragment(
  ends: Ends,
  toServer: boolean,
  protocol: number,
  payload: Uint8Array,
  piece: Piece,
): Uint8Array {
  if (!ends.six) {
    const frame = new Uint8Array(ETHERNET + 20 + payload.length)
    putIp(ends, toServer, protocol, payload.length, frame, piece)
    frame.set(payload, ETHERNET + 20)
    return frame
  }
  const header = [protocol, 0, piece.offset >> 8, (piece.offset & 0xf8) | (piece.more ? 1 : 0)]
  const id = [piece.id >>> 24, (piece.id >> 16) & 255, (piece.id >> 8) & 255, piece.id & 255]
  const frame = new Uint8Array(ETHERNET + 48 + payload.length)
  putIp(ends, toServer, Protocol.fragment, payload.length + 8, frame)
  frame.set([...header, ...id], ETHERNET + 40)
  frame.set(payload, ETHERNET + 48)
  return frame
}

function putIp(
  ends: Ends,
  toServer: boolean,
  protocol: number,
  payloadLength: number,
  frame: Uint8Array,
  piece: Piece = { id: 0, offset: 0, more: false },
): void {
  const [source, destination] = toServer ? [ends.client, ends.server] : [ends.server, ends.client]
  const etherType = ends.six ? EtherType.ipv6 : EtherType.ipv4
  frame.set(toServer ? SERVER_MAC : CLIENT_MAC, 0)
  frame.set(toServer ? CLIENT_MAC : SERVER_MAC, 6)
  putU16(frame, 12, etherType)
  if (ends.six) {
    const addresses = { source, destination, payloadLength }
    emitIpv6({ trafficClass: 0, flowLabel: 0, hopLimit: 64, nextHeader: protocol, ...addresses }, frame, 14)
    return
  }
  const { id, offset: fragmentOffset, more: moreFragments } = piece
  const whole = fragmentOffset === 0 && !moreFragments
  const header = { tos: 0, ttl: 64, options: new Uint8Array(0), id, fragmentOffset, moreFragments }
  emitIpv4({ ...header, dontFragment: whole, protocol, source, destination, payloadLength }, frame, 14)
}
