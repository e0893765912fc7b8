import { Tcp } from '../../model/codes.ts'
import { chance } from './random.test.ts'
import type { Talk } from './talk.test.ts'

const FIN_ACK = Tcp.fin | Tcp.ack

/** How a connection ends, if it does, and what comes late. */
export function close(talk: Talk): void {
  const { roll } = talk
  const first = chance(roll, 50)
  const kind = roll(100)
  if (kind < 45) inTurn(talk, first)
  else if (kind < 60) halfClose(talk, first)
  else if (kind < 72) both(talk, first)
  else if (kind < 86) abort(talk, first)
  if (chance(roll, 25)) afterwards(talk)
}

function inTurn(talk: Talk, first: boolean): void {
  const length = chance(talk.roll, 30) ? 100 : 0
  talk.send(first, FIN_ACK, { length })
  const merged = chance(talk.roll, 40)
  if (!merged) talk.send(!first, Tcp.ack)
  repeatFin(talk, first)
  talk.send(!first, FIN_ACK)
  repeatFin(talk, !first)
  talk.send(first, Tcp.ack)
}

/** One side has said all, the other goes on for a while. */
function halfClose(talk: Talk, first: boolean): void {
  talk.send(first, FIN_ACK)
  talk.send(!first, Tcp.ack)
  for (let n = 1 + talk.roll(4); n > 0; n--) {
    talk.send(!first, Tcp.ack | Tcp.psh, { length: 1 + talk.roll(700) })
    if (chance(talk.roll, 70)) talk.send(first, Tcp.ack)
  }
  talk.send(!first, FIN_ACK)
  talk.send(first, Tcp.ack)
}

/** Both FINs are under way at once. */
function both(talk: Talk, first: boolean): void {
  const expects = talk.end(!first).expects
  talk.send(first, FIN_ACK)
  const current = talk.end(!first).expects
  talk.send(!first, FIN_ACK, { ack: expects })
  talk.end(!first).expects = current
  talk.send(first, Tcp.ack)
  talk.send(!first, Tcp.ack)
}

function abort(talk: Talk, first: boolean): void {
  const withAck = chance(talk.roll, 60)
  talk.send(first, withAck ? Tcp.rst | Tcp.ack : Tcp.rst, { kind: 'rst', window: 0, plain: true })
  if (chance(talk.roll, 30))
    talk.forge(!first, Tcp.rst, { seq: talk.end(!first).next, kind: 'rst', plain: true })
}

function repeatFin(talk: Talk, of: boolean): void {
  if (!chance(talk.roll, 20)) return
  talk.pass(200)
  talk.forge(of, FIN_ACK, { seq: talk.end(of).next - 1, kind: 'fin' })
}

/** Packets that come when all is over. */
function afterwards(talk: Talk): void {
  talk.pass(talk.roll(3000))
  for (let n = 1 + talk.roll(3); n > 0; n--) {
    const toServer = chance(talk.roll, 50)
    const what = talk.roll(3)
    if (what === 0) talk.forge(toServer, Tcp.ack)
    else if (what === 1) talk.forge(toServer, Tcp.ack | Tcp.psh, { length: 20 })
    else talk.forge(toServer, Tcp.rst, { kind: 'rst', plain: true })
  }
}
