import { Tcp } from '../model/codes.ts'
import { makeOddity, type Oddity, oddityAt, settleOddity } from './oddity.ts'
import { ACKED, CLIENT, Flag, ISN, NEXT, SERVER, STATE_MASK, State } from './record.ts'
import { type SackedRanges, withRange } from './sacks.ts'
import type { Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'

/*
 * What Suricata's application layer does to the tracking of a session. As long as it has not told the application it keeps all
 * data, and passes over what comes from before the first byte of it. When the first bytes are missing and later ones are acknowledged
 * it takes the session for lossy, and believes any RST from then on. An application that it does not know it gives up once it
 * has seen so many bytes of each side, after which it keeps nothing. This is modelled of applications that it does not know;
 * what it does of others is in docs/differences.md.
 */

/** So many first bytes of each side tell that the application is not known, on most ports (run, 7.0.10). */
const TELLING = { client: 17, server: 8 } as const
/** Of a stream that is longer no more is kept (Suricata 7 suricata.yaml, stream.reassembly.depth). */
const DEPTH = 1 << 20

/** Whether nothing of that side's stream is kept any more. */
export function isDropped(table: SessionTable, base: number, own: number): boolean {
  const oddity = oddityAt(table, base)
  const deep = own - base === CLIENT ? oddity?.clientDeep : oddity?.serverDeep
  if (deep === true || sent(table.words, own) > DEPTH) return true
  return isGivenUp(table.words, base, oddity)
}

/**
 * Takes note of what a segment of an open session brought, after its state has been updated; `next` and `peerNext` are the
 * sequence numbers that were expected before it. As long as the data of each side comes in order there is nothing to note.
 */
export function hear(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  next: number,
  peerNext: number,
): void {
  const { words } = table
  const inOrder =
    bringsData(segment) || segment.has(Tcp.fin) ? upTo(segment.seq, next) : words[own + NEXT] === next
  const odd = ((words[base] ?? 0) & Flag.special) !== 0
  if (inOrder && !odd && words[peer + NEXT] === peerNext) return
  if (isGivenUp(words, base, oddityAt(table, base))) return
  if (!inOrder) startHearing(table, base, own, next)
  if (words[peer + NEXT] !== peerNext) startHearing(table, base, peer, peerNext)
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
  if (bringsData(segment)) insert(words, base, own, segment, oddity)
  if (segment.taken) noticeLoss(words, base, own, oddity)
  if (isGivenUp(words, base, oddity)) giveUp(table, base, oddity)
}

function bringsData(segment: Segment): boolean {
  return segment.taken && segment.length > 0 && !segment.has(Tcp.rst)
}

/** From now on what was sent is not what was heard: up to `next` it was. */
function startHearing(table: SessionTable, base: number, own: number, next: number): void {
  const oddity = makeOddity(table, base)
  if (heardOf(oddity, base, own) !== undefined) return
  const start = firstByte(table.words, own)
  setHeard(oddity, base, own, before(start, next) ? [[start, next]] : [])
}

function insert(words: Int32Array, base: number, own: number, segment: Segment, oddity: Oddity): void {
  const heard = heardOf(oddity, base, own)
  const start = firstByte(words, own)
  const end = (segment.seq + segment.length) | 0
  if (((end - start) | 0) > DEPTH) {
    if (own - base === CLIENT) oddity.clientDeep = true
    else oddity.serverDeep = true
  } else if (heard !== undefined && before(start, end) && !before(segment.seq, (start - 1) | 0))
    setHeard(oddity, base, own, withRange(heard, before(segment.seq, start) ? start : segment.seq, end))
}

/** The first bytes are missing, later ones are there, and some were acknowledged; a closing session need not even have that. */
function noticeLoss(words: Int32Array, base: number, own: number, oddity: Oddity): void {
  const first = heardOf(oddity, base, own)?.[0]
  const start = firstByte(words, own)
  if (first === undefined || first[0] === start) return
  const acked = Math.max(0, ((words[own + ACKED] ?? 0) - start) | 0)
  const closing = ((words[base] ?? 0) & STATE_MASK) >= State.finWait1
  if (acked === (closing ? 1 : 0)) return
  oddity.lossy = true
  if (own - base === CLIENT) oddity.clientMissed = true
  else oddity.serverMissed = true
}

function isGivenUp(words: Int32Array, base: number, oddity: Oddity | undefined): boolean {
  const client =
    oddity?.clientMissed === true || reach(words, base + CLIENT, oddity?.clientHeard) >= TELLING.client
  if (!client) return false
  const head = words[base] ?? 0
  if ((head & (Flag.pickedUp | Flag.pickedUpBySynAck)) === Flag.pickedUp) return true
  return oddity?.serverMissed === true || reach(words, base + SERVER, oddity?.serverHeard) >= TELLING.server
}

function giveUp(table: SessionTable, base: number, oddity: Oddity): void {
  oddity.clientHeard = undefined
  oddity.serverHeard = undefined
  settleOddity(table, base, oddity)
}

/** How many bytes from the first on are there without a gap. */
function reach(words: Int32Array, own: number, heard: SackedRanges | undefined): number {
  if (heard === undefined) return sent(words, own)
  const first = heard[0]
  const start = firstByte(words, own)
  return first !== undefined && first[0] === start ? (first[1] - start) | 0 : 0
}

function sent(words: Int32Array, own: number): number {
  return ((words[own + NEXT] ?? 0) - firstByte(words, own)) | 0
}

function firstByte(words: Int32Array, own: number): number {
  return ((words[own + ISN] ?? 0) + 1) | 0
}

function heardOf(oddity: Oddity, base: number, own: number): SackedRanges | undefined {
  return own - base === CLIENT ? oddity.clientHeard : oddity.serverHeard
}

function setHeard(oddity: Oddity, base: number, own: number, heard: SackedRanges): void {
  if (own - base === CLIENT) oddity.clientHeard = heard
  else oddity.serverHeard = heard
}
