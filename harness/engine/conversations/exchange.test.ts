import { Tcp } from '../../model/codes.ts'
import { chance, pick } from './random.test.ts'
import type { Talk } from './talk.test.ts'

const LENGTHS = [1, 2, 40, 100, 300, 536, 1200, 1400] as const
const DATA = Tcp.ack | Tcp.psh

/** One turn of an open connection: some segments one way, and what the other side says to them. */
export function exchange(talk: Talk): void {
  const { roll } = talk
  const toServer = chance(roll, 50)
  const kind = roll(100)
  if (kind < 70) turn(talk, toServer)
  else if (kind < 82) lossAndRepair(talk, toServer)
  else if (kind < 88) keepalive(talk, toServer)
  else if (kind < 94) zeroWindow(talk, toServer)
  else windowUpdate(talk, toServer)
}

function turn(talk: Talk, toServer: boolean): void {
  for (let n = 1 + talk.roll(3); n > 0; n--) talk.send(toServer, DATA, { length: pick(talk.roll, LENGTHS) })
  if (chance(talk.roll, 85)) talk.send(!toServer, Tcp.ack)
}

/** A segment is lost: the receiver repeats its acknowledgement, with SACK where that was agreed, and gets it again. */
function lossAndRepair(talk: Talk, toServer: boolean): void {
  const end = talk.end(toServer)
  const lost = { seq: end.next, length: pick(talk.roll, LENGTHS) }
  const hadAll = talk.peer(toServer).expects
  talk.skip(toServer, 0, lost.length)
  talk.peer(toServer).expects = hadAll
  const from = end.next
  for (let n = 1 + talk.roll(2); n > 0; n--) {
    talk.send(toServer, DATA, { length: pick(talk.roll, LENGTHS) })
    talk.peer(toServer).expects = hadAll
    const sack = talk.sack ? { options: { sack: [[from, end.next] as const] } } : {}
    talk.forge(!toServer, Tcp.ack, sack)
  }
  talk.forge(toServer, DATA, lost)
  talk.peer(toServer).expects = end.next
  talk.send(!toServer, Tcp.ack)
}

function keepalive(talk: Talk, toServer: boolean): void {
  const seq = talk.end(toServer).next - 1
  for (let n = 1 + talk.roll(2); n > 0; n--) {
    talk.pass(1000 + talk.roll(20_000))
    talk.forge(toServer, Tcp.ack, { seq, length: talk.roll(2), kind: 'probe' })
    if (chance(talk.roll, 80)) talk.forge(!toServer, Tcp.ack, { kind: 'probe' })
  }
}

/** The receiver closes its window, is probed, and opens it again. */
function zeroWindow(talk: Talk, toServer: boolean): void {
  talk.send(!toServer, Tcp.ack, { window: 0, kind: 'probe' })
  for (let n = 1 + talk.roll(2); n > 0; n--) {
    talk.pass(300)
    talk.forge(toServer, Tcp.ack, { length: 1, kind: 'probe' })
    talk.forge(!toServer, Tcp.ack, { window: 0, kind: 'probe' })
  }
  if (chance(talk.roll, 30)) {
    talk.send(toServer, Tcp.ack, { length: 1, kind: 'probe' })
    talk.send(!toServer, Tcp.ack, { window: chance(talk.roll, 50) ? 0 : 1000, kind: 'probe' })
  }
  talk.send(!toServer, Tcp.ack)
}

function windowUpdate(talk: Talk, toServer: boolean): void {
  const end = talk.end(toServer)
  end.window = 1 + talk.roll(65_535)
  talk.send(toServer, Tcp.ack)
}
