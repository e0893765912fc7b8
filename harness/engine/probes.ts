import { Tcp } from '../model/codes.ts'
import { bytesLetGo, isDropped } from './application.ts'
import { oddityAt } from './oddities.ts'
import { ACKED, CLIENT, Flag, ISN, NEXT, STATE_MASK, State, scaleOf, WINDOW } from './record.ts'
import { afterAck, holds } from './sacks.ts'
import type { Segment } from './segment.ts'
import { after, before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'
import { sacksOf } from './windows.ts'

/*
 * Segments that say nothing new about the session: keepalives, zero-window probes and their answers, acknowledgements overtaken by later
 * ones, and window updates that would close the window on data in flight. They are forwarded before the state of the session is looked
 * at, and change none of its numbers.
 */

const NO_SCALE_LIMIT = 1024
/** A window that shrinks by this much more than was acknowledged is considered bad. */
const SHRINK_MARGIN = 32

/** Whether the segment is one of these. Keeps track of the probes that await an answer. */
export function isAside(
  table: SessionTable,
  base: number,
  own: number,
  peer: number,
  segment: Segment,
): boolean {
  const { words } = table
  if (segment.has(Tcp.syn | Tcp.fin | Tcp.rst)) {
    forgetProbes(words, base, own)
    return false
  }
  const next = words[own + NEXT] ?? 0
  const repeatsAck = segment.ack === words[peer + ACKED]
  if (repeatsAck && segment.length <= 1 && segment.seq === ((next - 1) | 0)) {
    words[base] = (words[base] ?? 0) | (segment.toServer ? Flag.clientKeepalive : Flag.serverKeepalive)
    return true
  }
  const head = words[base] ?? 0
  if (isKeepaliveAnswer(words, head, base, peer, segment, repeatsAck && segment.seq === next)) {
    words[base] = head & ~(Flag.clientKeepalive | Flag.serverKeepalive)
    return true
  }
  const answersProbe = isZeroWindowAnswer(words, head, peer, segment, repeatsAck && segment.seq === next)
  forgetProbes(words, base, own)
  return answersProbe || isBeside(table, base, own, peer, segment)
}

/** A packet of this side ends its own keepalive, and the other side's wait for the answer to a zero-window probe. */
function forgetProbes(words: Int32Array, base: number, own: number): void {
  const client = own - base === CLIENT
  const ended = client
    ? Flag.clientKeepalive | Flag.serverZeroProbe
    : Flag.serverKeepalive | Flag.clientZeroProbe
  words[base] = (words[base] ?? 0) & ~ended
}

function isKeepaliveAnswer(
  words: Int32Array,
  head: number,
  base: number,
  peer: number,
  segment: Segment,
  current: boolean,
): boolean {
  const awaited = segment.toServer ? Flag.serverKeepalive : Flag.clientKeepalive
  if ((head & awaited) === 0 || !current || segment.length > 0 || segment.window === 0) return false
  return segment.window << scaleOf(head, peer - base) === words[peer + WINDOW]
}

function isZeroWindowAnswer(
  words: Int32Array,
  head: number,
  peer: number,
  segment: Segment,
  current: boolean,
): boolean {
  const awaited = segment.toServer ? Flag.serverZeroProbe : Flag.clientZeroProbe
  if ((head & awaited) === 0 || (head & STATE_MASK) < State.established) return false
  return (
    current &&
    segment.acknowledges() &&
    segment.length === 0 &&
    segment.window === 0 &&
    words[peer + WINDOW] === 0
  )
}

/** An overtaken acknowledgement, or an implausible window update. */
function isBeside(table: SessionTable, base: number, own: number, peer: number, segment: Segment): boolean {
  const { words } = table
  const head = words[base] ?? 0
  const state = head & STATE_MASK
  if (state < State.established) return false
  const next = words[own + NEXT] ?? 0
  const ahead = (segment.seq - next) | 0
  if (ahead < 0) return false
  const peerNext = words[peer + NEXT] ?? 0
  const acked = words[peer + ACKED] ?? 0
  if (ahead === 0)
    return (
      segment.acknowledges() &&
      segment.length === 0 &&
      before(segment.ack, acked) &&
      (!segment.hasSack || saysNothingNew(table, base, peer, segment))
    )
  if (state === State.closed || !after(segment.ack, peerNext)) return false
  if (isLastAck(segment, state, ahead, (segment.ack - peerNext) | 0)) return false
  const window = segment.window << scaleOf(head, peer - base)
  const shrunk = (words[peer + WINDOW] ?? 0) - window
  if (shrunk <= segment.length) return false
  const acknowledged = (segment.ack - acked) >>> 0
  return shrunk > acknowledged + (window > NO_SCALE_LIMIT ? SHRINK_MARGIN : 0)
}

/** The ACK that ends a closing session starts one after the FIN of its own side and acknowledges the other's. */
function isLastAck(segment: Segment, state: number, ahead: number, peerAhead: number): boolean {
  const closing = state === State.timeWait || state === State.closeWait || state === State.lastAck
  return closing && segment.flags === Tcp.ack && segment.length === 0 && ahead === 1 && peerAhead === 1
}

/** Whether everything that it acknowledges selectively was acknowledged selectively before. */
function saysNothingNew(table: SessionTable, base: number, peer: number, segment: Segment): boolean {
  const oddity = oddityAt(table, base)
  if (oddity === undefined || segment.sackBlocks === 0) return false
  const ranges = afterAck(sacksOf(oddity, base, peer), table.words[peer + ACKED] ?? 0)
  for (let block = 0; block < segment.sackBlocks; block++)
    if (!holds(ranges, segment.sackEdge(block, 0), segment.sackEdge(block, 1))) return false
  return true
}

/**
 * Data from before the first byte of the stream is passed over, whatever the flags, while data is kept at all. As long as the server's
 * first byte is unknown, it is taken to be the absolute number 0.
 */
export function isBeforeStart(
  table: SessionTable,
  base: number,
  own: number,
  segment: Segment,
  pickUp: boolean,
): boolean {
  if (segment.length === 0) return false
  const { words } = table
  const unknown = ((words[base] ?? 0) & STATE_MASK) === State.synSent && words[own + NEXT] === 0
  const first = unknown ? 0 : ((words[own + ISN] ?? 0) + 1 + bytesLetGo(table, base, own, pickUp)) | 0
  return upTo((segment.seq + segment.length) | 0, first) && !isDropped(table, base, own, pickUp)
}
