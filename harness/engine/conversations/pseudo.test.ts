import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitUdp } from '../../wire/udp.ts'
import { chance, pick } from './random.test.ts'
import type { Talk } from './talk.test.ts'

const ETHERNET = 14

/** A UDP conversation of a few datagrams, which either side may begin as far as this host can see. */
export function datagrams(talk: Talk, gap: (talk: Talk) => void): void {
  const { roll } = talk
  let toServer = chance(roll, 90)
  for (let n = 1 + roll(8); n > 0; n--) {
    gap(talk)
    datagram(talk, toServer)
    if (chance(roll, 8)) icmpError(talk, toServer)
    if (chance(roll, 60)) toServer = !toServer
  }
}

function datagram(talk: Talk, toServer: boolean): void {
  const payloadLength = talk.roll(600)
  const ports = toServer ? [talk.clientPort, talk.serverPort] : [talk.serverPort, talk.clientPort]
  const [sourcePort = 0, destinationPort = 0] = ports
  const segment = new Uint8Array(8 + payloadLength)
  segment.fill(0x78, emitUdp({ sourcePort, destinationPort, payloadLength }, segment, 0))
  talk.put(toServer, Protocol.udp, segment, `UDP len=${payloadLength}`, 'in-order')
}

/** Echo requests and answers. */
export function echoes(talk: Talk, gap: (talk: Talk) => void): void {
  const { roll } = talk
  const id = roll(65_536)
  for (let sequence = 1 + roll(2); sequence < 8; sequence++) {
    gap(talk)
    if (chance(roll, 85)) echo(talk, true, id, sequence)
    if (chance(roll, 85)) echo(talk, false, id, sequence)
    if (chance(roll, 25)) return
  }
}

function echo(talk: Talk, asks: boolean, id: number, sequence: number): void {
  const { six } = talk.ends
  const segment = new Uint8Array(8 + 56)
  const type = six ? (asks ? 128 : 129) : asks ? 8 : 0
  emitIcmp({ type, code: 0, rest: ((id << 16) | sequence) >>> 0 }, segment, 0)
  const line = asks ? `PING ${sequence}` : `PONG ${sequence}`
  talk.put(asks, six ? Protocol.icmp6 : Protocol.icmp, segment, line, 'in-order')
}

/** A router's or the receiver's message about the last frame, which it quotes whole or as little as RFC 792 asks for. */
export function icmpError(talk: Talk, aboutToServer: boolean): void {
  const { roll, ends } = talk
  const last = talk.frames.at(-1)
  if (last === undefined || last.kind === 'fragment') return
  const header = ends.six ? 40 : 20
  const quote = last.bytes.subarray(ETHERNET, ETHERNET + header + pick(roll, [8, 20, 40]))
  const [type, code] = pick(roll, ends.six ? SIX : FOUR)
  const segment = new Uint8Array(8 + quote.length)
  emitIcmp({ type, code, rest: 0 }, segment, 0)
  segment.set(quote, 8)
  const line = `ICMP ${type}/${code} quoting ${quote.length} bytes`
  talk.put(!aboutToServer, ends.six ? Protocol.icmp6 : Protocol.icmp, segment, line, 'icmp-error')
}

const FOUR: readonly (readonly [number, number])[] = [
  [3, 1],
  [3, 3],
  [3, 4],
  [11, 0],
]
const SIX: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 4],
  [2, 0],
  [3, 0],
]
