import { Tcp } from '../model/codes.ts'
import { makeOddity, oddityAt, settleOddity } from './oddities.ts'
import type { Oddity } from './oddity.ts'
import {
  ACKED,
  CAME_C2S,
  CAME_S2C,
  CLIENT,
  EXTRA,
  Flag,
  ISN,
  NEXT,
  SERVER,
  STATE_MASK,
  State,
} from './record.ts'
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

/**
 * So many first bytes of each side tell that the application is not known, on most ports: as many as the longest pattern of that
 * side has, and where sessions are picked up midway of either side, since then both are tried (Suricata 7,
 * app-layer-detect-proto.c, AppLayerProtoDetectPMGetProto).
 */
const TELLING = { client: 17, server: 8 } as const
/** Of a stream that is longer no more is kept (Suricata 7 suricata.yaml, stream.reassembly.depth). */
const DEPTH = 1 << 20

/** Of data that is kept for rules about contents so much stays that was acknowledged (Suricata 7, stream.reassembly, chunk sizes). */
const CHUNK = 2560

/**
 * Data of a side is kept for rules about contents from the session's first packet on, until rules were asked for the first time
 * and had none. They are asked once a flow and side: where that was before there was a session, nobody says so to it, and the
 * data is kept all along (Suricata 7, detect.c, DetectRunPostGetFirstRuleGroup).
 */
export function noteAskedBefore(table: SessionTable, base: number): void {
  const came = (table.words[base + EXTRA] ?? 0) & (CAME_C2S | CAME_S2C)
  if (came === 0) return
  const oddity = makeOddity(table, base)
  const flipped = ((table.words[base] ?? 0) & Flag.flipped) !== 0
  if ((came & (flipped ? CAME_S2C : CAME_C2S)) !== 0) oddity.clientKept = 0
  if ((came & (flipped ? CAME_C2S : CAME_S2C)) !== 0) oddity.serverKept = 0
}

/** How many of that side's first bytes were let go, where its data is kept although the application was given up; else 0. */
export function bytesLetGo(table: SessionTable, base: number, own: number): number {
  const oddity = oddityAt(table, base)
  return oddity === undefined ? 0 : Math.max(0, keptOf(oddity, base, own))
}

/** Whether nothing of that side's stream is kept any more. */
export function isDropped(table: SessionTable, base: number, own: number, pickUp: boolean): boolean {
  const { words } = table
  const oddity = oddityAt(table, base)
  if (oddity !== undefined && isDeep(oddity, base, own)) return true
  const next = words[own + NEXT] ?? 0
  if (reach(words, own, next, oddity && heardOf(oddity, base, own)) > DEPTH) return true
  if (oddity !== undefined && (keptOf(oddity, base, own) >= 0 || lingers(oddity, base, own))) return false
  return isGivenUpNow(words, base, oddity, pickUp)
}

/** A packet of that side has come: none of its data is kept any more that was only until then (Suricata 7, StreamTcpPruneSession). */
export function endLingering(table: SessionTable, base: number, own: number): void {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || !lingers(oddity, base, own)) return
  if (own - base === CLIENT) oddity.clientLingers = false
  else oddity.serverLingers = false
  settleOddity(table, base, oddity)
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
  const afterFin = bringsData(segment) && countedFin(base, own, state) > 0
  const inOrder = !afterFin && isInOrder(segment, words[own + ISN] ?? 0, next, after)
  const adopted = words[peer + NEXT] !== peerNext
  if (inOrder && !adopted && ((words[base] ?? 0) & Flag.special) === 0) return
  const isClient = own - base === CLIENT
  const clientNext = isClient ? next : peerNext
  const serverNext = isClient ? peerNext : next
  if (isGivenUp(words, base, oddityAt(table, base), state, clientNext, serverNext, pickUp)) {
    // The numbers may go back by what a FIN says: that it was given up remains.
    if (!inOrder || adopted) giveUp(table, base)
    letGo(table, base, own, segment, pickUp)
    return
  }
  if (!inOrder) startHearing(table, base, own, next - countedFin(base, own, state))
  if (adopted) startHearing(table, base, peer, peerNext - countedFin(base, peer, state))
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
  // Nothing more of a stream that was too long before comes to the application.
  if (isDeep(oddity, base, own)) return
  if (bringsData(segment)) insert(words, base, own, segment, oddity)
  if (segment.taken) noticeLoss(words, base, own, oddity)
  if (isGivenUpNow(words, base, oddity, pickUp) || tellsAlone(words, base, own, segment, oddity, pickUp)) {
    if (own - base === CLIENT) oddity.serverLingers = true
    else oddity.clientLingers = true
    giveUp(table, base)
  }
  letGo(table, base, own, segment, pickUp)
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
  oddity: Oddity,
  pickUp: boolean,
): boolean {
  const client = own - base === CLIENT
  const [missed, otherMissed] = client
    ? [oddity.clientMissed, oddity.serverMissed]
    : [oddity.serverMissed, oddity.clientMissed]
  if (!segment.taken || missed || !otherMissed) return false
  const enough = client ? TELLING.client : serverTells(pickUp)
  const next = (words[own + NEXT] ?? 0) - countedFin(base, own, (words[base] ?? 0) & STATE_MASK)
  return reach(words, own, next, heardOf(oddity, base, own)) >= enough
}

/** The server's FIN is counted in the number expected next after it, from the state on that it leads to. */
function countedFin(base: number, own: number, state: number): number {
  if (own - base !== SERVER) return 0
  return state >= State.finWait1 && state !== State.closeWait && state !== State.lastAck ? 1 : 0
}

/** What it brought is what was expected, and the number expected next is where it ends. */
function isInOrder(segment: Segment, isn: number, next: number, after: number): boolean {
  if (before(after, next)) return false
  if (bringsData(segment)) {
    if (before(segment.seq, isn)) return false
    return upTo(segment.seq, next) && upTo((segment.seq + segment.length) | 0, after)
  }
  return segment.has(Tcp.fin) ? upTo(segment.seq, next) : after === next
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
  if (client < TELLING.client) return false
  if ((head & (Flag.pickedUp | Flag.pickedUpBySynAck)) === Flag.pickedUp) return true
  const next = serverNext - countedFin(base, base + SERVER, state)
  return reach(words, base + SERVER, next, oddity?.serverHeard) >= serverTells(pickUp)
}

function serverTells(pickUp: boolean): number {
  return pickUp ? TELLING.client : TELLING.server
}

function giveUp(table: SessionTable, base: number): void {
  table.words[base] = (table.words[base] ?? 0) | Flag.gaveUp
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
  oddity.clientHeard = undefined
  oddity.serverHeard = undefined
  settleOddity(table, base, oddity)
}

/** How many bytes from the first on are there without a gap: those before `next`, unless it is known better. */
function reach(words: Int32Array, own: number, next: number, heard: SackedRanges | undefined): number {
  const start = firstByte(words, own)
  if (heard === undefined) return (next - start) | 0
  const first = heard[0]
  return first !== undefined && first[0] === start ? (first[1] - start) | 0 : 0
}

function firstByte(words: Int32Array, own: number): number {
  return ((words[own + ISN] ?? 0) + 1) | 0
}

function heardOf(oddity: Oddity, base: number, own: number): SackedRanges | undefined {
  return own - base === CLIENT ? oddity.clientHeard : oddity.serverHeard
}

function isDeep(oddity: Oddity, base: number, own: number): boolean {
  return own - base === CLIENT ? oddity.clientDeep : oddity.serverDeep
}

function keptOf(oddity: Oddity, base: number, own: number): number {
  return own - base === CLIENT ? oddity.clientKept : oddity.serverKept
}

function lingers(oddity: Oddity, base: number, own: number): boolean {
  return own - base === CLIENT ? oddity.clientLingers : oddity.serverLingers
}

function setHeard(oddity: Oddity, base: number, own: number, heard: SackedRanges): void {
  if (own - base === CLIENT) oddity.clientHeard = heard
  else oddity.serverHeard = heard
}
