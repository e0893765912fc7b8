import { Tcp } from '../model/codes.ts'
import {
  bringsData,
  countedFin,
  firstByte,
  heardOf,
  insert,
  isDeep,
  isInOrder,
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
import { clientTells, DEPTH, isFirstSinceTold, isTold, serverTells } from './telling.ts'

/*
 * What Suricata's application layer does to the tracking of a session. As long as it has not told the application it keeps all
 * data, and passes over what comes from before the first byte of it. When the first bytes are missing and later ones are acknowledged
 * it takes the session for lossy, and believes any RST from then on. An application that it does not know it gives up once it
 * has seen so many bytes of each side, after which it keeps nothing. This is modelled of applications that it does not know;
 * what it does of others is in docs/differences.md.
 */

/** Of data that is kept for rules about contents so much stays that was acknowledged (Suricata 7, stream.reassembly, chunk sizes). */
const CHUNK = 2560

/**
 * Data of a side is kept for rules about contents from the session's first packet on, until rules were asked for the first time
 * and had none. They are asked once a flow and side: where that was before there was a session, nobody says so to it, and the
 * data is kept all along (Suricata 7, detect.c, DetectRunPostGetFirstRuleGroup).
 */
export function noteAskedBefore(table: SessionTable, base: number): void {
  const { words } = table
  if (((words[base + EXTRA] ?? 0) & (KEPT_C2S | KEPT_S2C)) === 0) return
  const oddity = makeOddity(table, base)
  if (isKept(words, base, base + CLIENT)) oddity.clientKept = 0
  if (isKept(words, base, base + SERVER)) oddity.serverKept = 0
}

/** Whether that side's data is kept for rules about contents, whatever becomes of the application. */
function isKept(words: Int32Array, base: number, own: number): boolean {
  const flipped = ((words[base] ?? 0) & Flag.flipped) !== 0
  return ((words[base + EXTRA] ?? 0) & ((own - base === CLIENT) === flipped ? KEPT_S2C : KEPT_C2S)) !== 0
}

/**
 * How many of that side's first bytes were let go, where its data is kept although the application was given up; else 0. Rules that look
 * into it have seen it all; of what was acknowledged of that a chunk is left.
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

/** Whether nothing of that side's stream is kept any more. */
export function isDropped(table: SessionTable, base: number, own: number, pickUp: boolean): boolean {
  const { words } = table
  const oddity = oddityAt(table, base)
  if (oddity !== undefined && isDeep(oddity, base, own)) return true
  if (oddity !== undefined && lingers(oddity, base, own)) return false
  const next = words[own + NEXT] ?? 0
  if (reach(words, own, next, oddity && heardOf(oddity, base, own)) > DEPTH) return true
  if (isKept(words, base, own)) return false
  return isGivenUpNow(words, base, oddity, pickUp) && !isAwaited(words, base, own, oddity, pickUp)
}

/** Until the side has sent something since the other told its data is kept. Of what came in order acknowledgements alone say whether it has. */
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

/** The same where that was the state, and those were the numbers expected next. */
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
  if (((words[base] ?? 0) & Flag.gaveUp) !== 0) return false
  if (!isGivenUp(words, base, oddity, state, client, server, pickUp)) return false
  const peer = base + (isClient ? SERVER : CLIENT)
  const sent = reach(words, own, next, oddity && heardOf(oddity, base, own))
  const told = reach(words, peer, peerNext, oddity && heardOf(oddity, base, peer))
  return isFirstSinceTold(words, base, own - base, sent, told, pickUp)
}

/**
 * A session was picked up on this segment: its FIN, which is counted in the number expected next, is no byte, and its bytes may
 * tell. What the other side is kept for is its first packet.
 */
export function hearPickUp(table: SessionTable, base: number, segment: Segment, pickUp: boolean): void {
  const { words } = table
  if (segment.length === 0) return
  if (segment.has(Tcp.fin)) {
    const oddity = makeOddity(table, base)
    oddity.clientHeard = [[segment.seq, (segment.seq + segment.length) | 0]]
  }
  // The flow's server may have sent it, whose data then is not kept, although the session takes it for the client's.
  const own = base + (segment.toServer ? CLIENT : SERVER)
  if (isGivenUpNow(words, base, oddityAt(table, base), pickUp)) settleTold(table, base, own)
}

/**
 * A packet of that side has come: none of its data is kept any more that was only until then (Suricata 7, StreamTcpPruneSession).
 * Of what `advanceInOrder` takes nothing is noted.
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
 * Takes note of what a segment of an open session brought, after its state has been updated; `state`, and the sequence
 * numbers `next` and `peerNext` that were expected, are those before it. As long as the data of each side comes in order there is nothing to note.
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
  // Its FIN is counted from where it ends, though the data went on.
  const ended = segment.has(Tcp.fin) && before((segment.seq + segment.length) | 0, (next - counted) | 0)
  const inOrder = !afterFin && !ended && isInOrder(segment, words[own + ISN] ?? 0, next, after)
  const adopted = words[peer + NEXT] !== peerNext
  const pickedUp = ((words[base] ?? 0) & Flag.pickedUp) !== 0
  if (inOrder && !adopted && !pickedUp && ((words[base] ?? 0) & Flag.special) === 0) return
  const isClient = own - base === CLIENT
  const clientNext = isClient ? next : peerNext
  const serverNext = isClient ? peerNext : next
  if (isGivenUp(words, base, oddityAt(table, base), state, clientNext, serverNext, pickUp)) {
    // The numbers may go back by what a FIN says: that it was given up remains, and so does what is kept of the other side.
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
  if (oddity === undefined && !pickedUp) return
  // Nothing more of a stream that was too long before comes to the application.
  if (oddity !== undefined && isDeep(oddity, base, own)) return
  if (oddity !== undefined && bringsData(segment)) insert(words, base, own, segment, oddity)
  if (oddity !== undefined && segment.taken) noticeLoss(words, base, own, oddity)
  if (isGivenUpNow(words, base, oddity, pickUp) || tellsAlone(words, base, own, segment, oddity, pickUp))
    settleTold(table, base, own)
  letGo(table, base, own, segment, pickUp)
}

/** Notes, at a packet of that side, that the application was given up; the other's data is still kept where it is `awaited`. */
function settleGivenUp(table: SessionTable, base: number, own: number, awaited: boolean): void {
  if (awaited) settleTold(table, base, own)
  else giveUp(table, base)
}

/** That side's packet told: the other's data is kept until its own next packet. */
function settleTold(table: SessionTable, base: number, own: number): void {
  const oddity = makeOddity(table, base)
  if (own - base === CLIENT) oddity.serverLingers = true
  else oddity.clientLingers = true
  giveUp(table, base)
}

/** What was acknowledged is let go but for one chunk, at the side's own data once the application was given up. */
function letGo(table: SessionTable, base: number, own: number, segment: Segment, pickUp: boolean): void {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || !bringsData(segment)) return
  const { words } = table
  const kept = keptOf(oddity, base, own)
  const acked = ((words[own + ACKED] ?? 0) - firstByte(words, own)) | 0
  if (kept < 0 || acked - CHUNK <= kept) return
  if (!isGivenUpNow(words, base, oddity, pickUp)) return
  if (own - base === CLIENT) oddity.clientKept = acked - CHUNK
  else oddity.serverKept = acked - CHUNK
}

/** The other side's first bytes were missed, so that this side's are enough, unless they were, too. */
function tellsAlone(
  words: Int32Array,
  base: number,
  own: number,
  segment: Segment,
  oddity: Oddity | undefined,
  pickUp: boolean,
): boolean {
  if (oddity === undefined) return false
  const client = own - base === CLIENT
  const [missed, otherMissed] = client
    ? [oddity.clientMissed, oddity.serverMissed]
    : [oddity.serverMissed, oddity.clientMissed]
  if (!segment.taken || missed || !otherMissed) return false
  const enough = client ? clientTells(words, base, true) : serverTells(words, base, pickUp)
  const next = (words[own + NEXT] ?? 0) - countedFin(base, own, (words[base] ?? 0) & STATE_MASK)
  return reach(words, own, next, heardOf(oddity, base, own)) >= enough
}

function isGivenUpNow(words: Int32Array, base: number, oddity: Oddity | undefined, pickUp: boolean): boolean {
  const [client = 0, server = 0] = [words[base + CLIENT + NEXT], words[base + SERVER + NEXT]]
  return isGivenUp(words, base, oddity, (words[base] ?? 0) & STATE_MASK, client, server, pickUp)
}

/** With the state, and the numbers expected next of client and server, where nothing else is known of what was heard. */
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
  // What comes late of a side whose first bytes were missed is not looked at: the other side tells alone (app-layer.c, STREAM_GAP).
  if (oddity?.clientMissed === true || oddity?.serverMissed === true) return false
  const client = reach(words, base + CLIENT, clientNext, oddity?.clientHeard)
  const next = serverNext - countedFin(base, base + SERVER, state)
  const server = reach(words, base + SERVER, next, oddity?.serverHeard)
  return isTold(words, base, client, server, pickUp)
}

function giveUp(table: SessionTable, base: number): void {
  table.words[base] = (table.words[base] ?? 0) | Flag.gaveUp
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
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
