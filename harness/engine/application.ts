import { Tcp } from '../model/codes.ts'
import {
  bringsData,
  countedFin,
  firstByte,
  hasLeapt,
  heardOf,
  insert,
  isDeep,
  isInOrder,
  noteDeep,
  noteLeap,
  noticeLoss,
  reach,
  startHearing,
} from './heard.ts'
import { makeOddity, oddityAt, settleOddity } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import { ACKED, CLIENT, EXTRA, Flag, ISN, KEPT_C2S, KEPT_S2C, NEXT, SERVER, STATE_MASK } from './record.ts'
import type { Segment } from './segment.ts'
import { before } from './sequence.ts'
import type { SessionTable } from './table.ts'
import { DEPTH, endsWithServer, isTold, isToldByServer } from './telling.ts'
import { tells } from './telling-segment.ts'

/*
 * How Suricata's application layer affects session tracking. Until the application protocol is detected, or detection gives up, all
 * data is kept, and data from before the stream's first byte is passed over. If a side's first bytes are missing and later ones are
 * acknowledged, the session counts as lossy, and any RST is believed from then on. Detection gives up once it has seen enough bytes of
 * each side; after that nothing is kept. This models unknown applications only; for the others see docs/differences.md.
 */

/** Acknowledged bytes that remain of data kept for content rules (Suricata 7, stream.reassembly, chunk sizes). */
const CHUNK = 2560

/**
 * A side's data is kept for content rules from the session's first packet on, until the rules are first looked up and none applies.
 * They are looked up once per flow and direction. If that happened before there was a session, the session is not informed and keeps
 * the data throughout (Suricata 7, detect.c, DetectRunPostGetFirstRuleGroup).
 */
export function noteAskedBefore(table: SessionTable, base: number): void {
  const { words } = table
  if (((words[base + EXTRA] ?? 0) & (KEPT_C2S | KEPT_S2C)) === 0) return
  const oddity = makeOddity(table, base)
  if (isKept(words, base, base + CLIENT)) oddity.clientKept = 0
  if (isKept(words, base, base + SERVER)) oddity.serverKept = 0
}

/** Where the numbers of the sides do not tell when detection gives up, every packet is looked at until it does. */
export function noteProbing(table: SessionTable, base: number, pickUp: boolean): void {
  if (endsWithServer(table.words, base, pickUp)) makeOddity(table, base).probing = true
}

/** Whether this side's data is kept for content rules, whatever happens to application detection. */
function isKept(words: Int32Array, base: number, own: number): boolean {
  const flipped = ((words[base] ?? 0) & Flag.flipped) !== 0
  return ((words[base + EXTRA] ?? 0) & ((own - base === CLIENT) === flipped ? KEPT_S2C : KEPT_C2S)) !== 0
}

/**
 * How many of this side's first bytes were released, if its data is kept although detection gave up; else 0. The rules that inspect the
 * stream have seen the released bytes; of the acknowledged bytes one chunk remains.
 */
export function bytesLetGo(table: SessionTable, base: number, own: number, pickUp: boolean): number {
  const { words } = table
  const oddity = oddityAt(table, base)
  const kept = oddity === undefined ? -1 : keptOf(oddity, base, own)
  if (kept >= 0) return kept
  if (!isKept(words, base, own) || !isGivenUpNow(words, base, oddity, pickUp)) return 0
  const start = firstByte(words, own)
  const seen = ((words[own + NEXT] ?? 0) - start) | 0
  const acked = ((words[own + ACKED] ?? 0) - start) | 0
  return Math.max(0, Math.min(seen - CHUNK, acked))
}

/** Whether nothing of this side's stream is kept any more. */
export function isDropped(table: SessionTable, base: number, own: number, pickUp: boolean): boolean {
  const { words } = table
  const oddity = oddityAt(table, base)
  if (oddity !== undefined && isDeep(oddity, base, own)) return true
  if (oddity !== undefined && lingers(oddity, base, own)) return false
  const next = words[own + NEXT] ?? 0
  const leapt = oddity !== undefined && hasLeapt(oddity, base, own)
  if (!leapt && reach(words, own, next, oddity && heardOf(oddity, base, own)) > DEPTH) return true
  if (isKept(words, base, own)) return false
  return isGivenUpNow(words, base, oddity, pickUp) && !isAwaited(words, base, own, oddity, pickUp)
}

/**
 * Whether this side's data is still kept because it has sent nothing since the other side's data made detection give up. If it had, that
 * would have been noted then.
 */
function isAwaited(
  words: Int32Array,
  base: number,
  own: number,
  oddity: Oddity | undefined,
  pickUp: boolean,
): boolean {
  const peer = base + (own - base === CLIENT ? SERVER : CLIENT)
  const state = (words[base] ?? 0) & STATE_MASK
  return wasAwaited(words, base, own, oddity, state, words[own + NEXT] ?? 0, words[peer + NEXT] ?? 0, pickUp)
}

/** The same for an earlier state and earlier expected sequence numbers. */
function wasAwaited(
  words: Int32Array,
  base: number,
  own: number,
  oddity: Oddity | undefined,
  state: number,
  next: number,
  peerNext: number,
  pickUp: boolean,
): boolean {
  const isClient = own - base === CLIENT
  const [client, server] = isClient ? [next, peerNext] : [peerNext, next]
  const head = words[base] ?? 0
  if ((head & Flag.gaveUp) !== 0 || isClient === ((head & Flag.serverLast) === 0)) return false
  return isGivenUp(words, base, oddity, state, client, server, pickUp)
}

/**
 * A session was picked up on this segment. Its FIN is counted in the expected sequence number but is no byte of data, and its bytes may
 * suffice for detection to give up. The other side's data is then kept until that side's first packet.
 */
export function hearPickUp(table: SessionTable, base: number, segment: Segment, pickUp: boolean): void {
  const { words } = table
  if (segment.length === 0) return
  if (segment.has(Tcp.fin)) {
    const oddity = makeOddity(table, base)
    oddity.clientHeard = [[segment.seq, (segment.seq + segment.length) | 0]]
  }
  // The flow's server may have sent it. Its data is then not kept, although the session takes it for the client's.
  const own = base + (segment.toServer ? CLIENT : SERVER)
  if (isGivenUpNow(words, base, oddityAt(table, base), pickUp)) settleTold(table, base, own)
}

/**
 * A packet of this side arrived: data of it that was kept only until then is released (Suricata 7, StreamTcpPruneSession).
 * For packets that it handles, `advanceInOrder` does this.
 */
export function endLingering(table: SessionTable, base: number, own: number, pickUp: boolean): void {
  const { words } = table
  const oddity = oddityAt(table, base)
  if (oddity !== undefined && lingers(oddity, base, own)) {
    if (own - base === CLIENT) oddity.clientLingers = false
    else oddity.serverLingers = false
    settleOddity(table, base, oddity)
  } else if (isAwaited(words, base, own, oddity, pickUp)) {
    const peer = base + (own - base === CLIENT ? SERVER : CLIENT)
    settleGivenUp(table, base, own, isAwaited(words, base, peer, oddity, pickUp))
  }
}

/**
 * Records which data a segment of an open session brought, after its state was updated. `state` and the expected sequence numbers `next`
 * and `peerNext` are those before the update. As long as the data of each side arrives in order, only what it tells is recorded.
 */
export function hear(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
  state: number,
  next: number,
  peerNext: number,
  pickUp: boolean,
): void {
  const { words } = table
  const after = words[own + NEXT] ?? 0
  const counted = countedFin(base, own, state)
  const afterFin = bringsData(segment) && counted > 0
  // The FIN was counted at the end of its segment, although the data had gone beyond that.
  const ended = segment.has(Tcp.fin) && before((segment.seq + segment.length) | 0, (next - counted) | 0)
  const inOrder = !afterFin && !ended && isInOrder(segment, words[own + ISN] ?? 0, next, after)
  const adopted = words[peer + NEXT] !== peerNext
  const isPlain = ((words[base] ?? 0) & (Flag.special | Flag.pickedUp)) === 0
  if (inOrder && !adopted && isPlain && (!bringsData(segment) || ((words[base] ?? 0) & Flag.gaveUp) !== 0))
    return
  const isClient = own - base === CLIENT
  const clientNext = isClient ? next : peerNext
  const serverNext = isClient ? peerNext : next
  const wasGivenUp = isGivenUp(words, base, oddityAt(table, base), state, clientNext, serverNext, pickUp)
  // Once detection gave up, only data that is kept for rules is asked about the depth.
  if (!inOrder && !bringsData(segment) && (!wasGivenUp || isKept(words, base, own)))
    noteLeap(table, base, own, next)
  if (adopted && (!wasGivenUp || isKept(words, base, peer))) noteLeap(table, base, peer, peerNext)
  if (wasGivenUp) {
    // A FIN may move the numbers back: that detection gave up must persist, and so must what is kept of the other side.
    if (!inOrder || adopted) {
      const oddity = oddityAt(table, base)
      settleGivenUp(table, base, own, wasAwaited(words, base, peer, oddity, state, peerNext, next, pickUp))
    }
    letGo(table, base, own, segment, pickUp)
    return
  }
  if (!inOrder) startHearing(table, base, own, next - counted)
  if (adopted) startHearing(table, base, peer, peerNext - countedFin(base, peer, state))
  const oddity = oddityAt(table, base)
  // Beyond the reassembly depth nothing of a stream reaches the application layer.
  if (oddity !== undefined && isDeep(oddity, base, own)) return
  if (oddity !== undefined && bringsData(segment)) insert(words, base, own, segment, oddity)
  if (oddity !== undefined && segment.taken) noticeLoss(words, base, own, oddity)
  if (isGivenUpNow(words, base, oddity, pickUp) || tells(words, base, own, segment, oddity, pickUp))
    settleTold(table, base, own)
  letGo(table, base, own, segment, pickUp)
}

/** Records, at a packet of this side, that detection gave up; the other side's data is still kept if it is `awaited`. */
function settleGivenUp(table: SessionTable, base: number, own: number, awaited: boolean): void {
  if (awaited) settleTold(table, base, own)
  else giveUp(table, base)
}

/** This side's packet made detection give up: the other side's data is kept until that side's next packet. */
function settleTold(table: SessionTable, base: number, own: number): void {
  const oddity = makeOddity(table, base)
  if (own - base === CLIENT) oddity.serverLingers = true
  else oddity.clientLingers = true
  giveUp(table, base)
}

/** On data of this side: releases acknowledged data except for one chunk if detection gave up, and all of it beyond the depth. */
function letGo(table: SessionTable, base: number, own: number, segment: Segment, pickUp: boolean): void {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || !bringsData(segment)) return
  const { words } = table
  noteDeep(words, base, own, segment, oddity)
  const kept = keptOf(oddity, base, own)
  const acked = ((words[own + ACKED] ?? 0) - firstByte(words, own)) | 0
  if (kept < 0 || acked - CHUNK <= kept) return
  if (!isGivenUpNow(words, base, oddity, pickUp)) return
  if (own - base === CLIENT) oddity.clientKept = acked - CHUNK
  else oddity.serverKept = acked - CHUNK
}

function isGivenUpNow(words: Int32Array, base: number, oddity: Oddity | undefined, pickUp: boolean): boolean {
  const [client = 0, server = 0] = [words[base + CLIENT + NEXT], words[base + SERVER + NEXT]]
  return isGivenUp(words, base, oddity, (words[base] ?? 0) & STATE_MASK, client, server, pickUp)
}

/** Whether detection gave up, given the state and the expected sequence numbers; these count where nothing more precise is known. */
function isGivenUp(
  words: Int32Array,
  base: number,
  oddity: Oddity | undefined,
  state: number,
  clientNext: number,
  serverNext: number,
  pickUp: boolean,
): boolean {
  const head = words[base] ?? 0
  if ((head & Flag.gaveUp) !== 0) return true
  // Late data of a side whose first bytes were missed is ignored: the other side decides alone (app-layer.c, STREAM_GAP).
  if (oddity?.clientMissed === true || oddity?.serverMissed === true) return false
  const client = reach(words, base + CLIENT, clientNext, oddity?.clientHeard)
  const next = serverNext - countedFin(base, base + SERVER, state)
  const server = reach(words, base + SERVER, next, oddity?.serverHeard)
  if (oddity?.probed === true && isToldByServer(words, base, client, server)) return true
  return isTold(words, base, client, server, pickUp)
}

function giveUp(table: SessionTable, base: number): void {
  table.words[base] = (table.words[base] ?? 0) | Flag.gaveUp
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
  oddity.probing = false
  oddity.probed = false
  oddity.clientHeard = undefined
  oddity.serverHeard = undefined
  settleOddity(table, base, oddity)
}

function keptOf(oddity: Oddity, base: number, own: number): number {
  return own - base === CLIENT ? oddity.clientKept : oddity.serverKept
}

function lingers(oddity: Oddity, base: number, own: number): boolean {
  return own - base === CLIENT ? oddity.clientLingers : oddity.serverLingers
}
