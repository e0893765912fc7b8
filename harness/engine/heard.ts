import { Tcp } from '../model/codes.ts'
import { makeOddity } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import { ACKED, CLIENT, ISN, NEXT, SERVER, STATE_MASK, State } from './record.ts'
import { type SackedRanges, withRange } from './sacks.ts'
import type { Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'
import { DEPTH } from './telling.ts'

/*
 * Which of a side's data has reached the application layer: all data before the next expected sequence number, unless ranges are recorded.
 */

/** 1 if the server's FIN is counted in its next expected sequence number, which it is from the state it leads to on; else 0. */
export function countedFin(base: number, own: number, state: number): number {
  if (own - base !== SERVER) return 0
  return state >= State.finWait1 && state !== State.closeWait && state !== State.lastAck ? 1 : 0
}

/** The segment's data was expected, and the next expected sequence number is now at its end or beyond. */
export function isInOrder(segment: Segment, isn: number, next: number, after: number): boolean {
  if (before(after, next)) return false
  if (bringsData(segment)) {
    if (before(segment.seq, isn)) return false
    return upTo(segment.seq, next) && upTo((segment.seq + segment.length) | 0, after)
  }
  return segment.has(Tcp.fin) ? upTo(segment.seq, next) : after === next
}

export function bringsData(segment: Segment): boolean {
  return segment.taken && segment.length > 0 && !segment.has(Tcp.rst)
}

/** From now on records ranges, since sent and received data differ; up to `next` they were the same. */
export function startHearing(table: SessionTable, base: number, own: number, next: number): void {
  const oddity = makeOddity(table, base)
  if (heardOf(oddity, base, own) !== undefined) return
  const start = firstByte(table.words, own)
  setHeard(oddity, base, own, before(start, next) ? [[start, next]] : [])
}

export function insert(words: Int32Array, base: number, own: number, segment: Segment, oddity: Oddity): void {
  noteDeep(words, base, own, segment, oddity)
  const heard = heardOf(oddity, base, own)
  if (heard === undefined || isDeep(oddity, base, own)) return
  const start = firstByte(words, own)
  const end = (segment.seq + segment.length) | 0
  // Nor is the last byte before the depth taken alone.
  const isLast = ((segment.seq - start) | 0) === DEPTH - 1
  if (before(start, end) && !before(segment.seq, (start - 1) | 0) && !isLast)
    setHeard(oddity, base, own, withRange(heard, before(segment.seq, start) ? start : segment.seq, end))
}

/** Notes data beyond the reassembly depth: nothing of its stream is kept any more (Suricata 7, StreamTcpReassembleCheckDepth). */
export function noteDeep(
  words: Int32Array,
  base: number,
  own: number,
  segment: Segment,
  oddity: Oddity,
): void {
  if (((segment.seq + segment.length - firstByte(words, own)) | 0) <= DEPTH) return
  if (own - base === CLIENT) oddity.clientDeep = true
  else oddity.serverDeep = true
}

/** Notes that the expected sequence number, which was `next`, went beyond that depth without data. */
export function noteLeap(table: SessionTable, base: number, own: number, next: number): void {
  const { words } = table
  if (reach(words, own, next, undefined) > DEPTH) return
  if (reach(words, own, words[own + NEXT] ?? 0, undefined) <= DEPTH) return
  const oddity = makeOddity(table, base)
  if (own - base === CLIENT) oddity.clientLeapt = true
  else oddity.serverLeapt = true
}

/** Notes a loss: the first bytes are missing, later ones are there, and some were acknowledged. In a closing session none need be. */
export function noticeLoss(words: Int32Array, base: number, own: number, oddity: Oddity): void {
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

/** How many contiguous bytes from the first on are there: those before `next`, unless ranges are recorded. */
export function reach(words: Int32Array, own: number, next: number, heard: SackedRanges | undefined): number {
  const start = firstByte(words, own)
  if (heard === undefined) return (next - start) | 0
  const first = heard[0]
  return first !== undefined && first[0] === start ? (first[1] - start) | 0 : 0
}

export function firstByte(words: Int32Array, own: number): number {
  return ((words[own + ISN] ?? 0) + 1) | 0
}

export function heardOf(oddity: Oddity, base: number, own: number): SackedRanges | undefined {
  return own - base === CLIENT ? oddity.clientHeard : oddity.serverHeard
}

export function isDeep(oddity: Oddity, base: number, own: number): boolean {
  return own - base === CLIENT ? oddity.clientDeep : oddity.serverDeep
}

export function hasLeapt(oddity: Oddity, base: number, own: number): boolean {
  return own - base === CLIENT ? oddity.clientLeapt : oddity.serverLeapt
}

function setHeard(oddity: Oddity, base: number, own: number, heard: SackedRanges): void {
  if (own - base === CLIENT) oddity.clientHeard = heard
  else oddity.serverHeard = heard
}
