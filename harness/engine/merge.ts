import * as ct from './conntrack/record.ts'
import { CtState } from './conntrack/states.ts'
import {
  ACKED,
  CLIENT,
  Flag,
  ISN,
  LIMIT,
  NEXT,
  SERVER,
  STAMP,
  STATE_MASK,
  State,
  scaleOf,
  WINDOW,
  withScale,
  withState,
} from './record.ts'
import { before } from './sequence.ts'

/** Progress of a session, indexed by `State`. The two sides' paths to the end have equal lengths. */
const RANKS: readonly number[] = [0, 1, 2, 3, 5, 6, 7, 9, 8, 6, 7, 10, 5]
const FROM_HOST = Flag.importedClient | Flag.importedServer
const SCALES = withScale(withScale(0, CLIENT, 15), SERVER, 15)

/** Result of a merge: done; or the records are of different connections, of which the one received may be the newer. */
export const Merge = { done: 0, other: 1, newer: 2 } as const

/**
 * Merges the record of a TCP session received from another host into the one at `base`, if they are of the same connection: takes the
 * further state, and the larger of each pair of numbers (pfsync, if_pfsync.c, pfsync_upd_tcp). Returns a `Merge`.
 */
export function mergeSession(words: Int32Array, base: number, other: Int32Array, conntrack: boolean): number {
  const head = words[base] ?? 0
  const otherHead = other[0] ?? 0
  if (((head ^ otherHead) & Flag.flipped) !== 0) return Merge.other
  const isSession = (head & STATE_MASK) > State.bare && (otherHead & STATE_MASK) > State.bare
  if (!isSession) return Merge.other
  return conntrack ? mergeEntries(words, base, other) : mergeStreams(words, base, other)
}

function mergeStreams(words: Int32Array, base: number, other: Int32Array): number {
  for (const stream of [CLIENT, SERVER]) {
    const isn = words[base + stream + ISN] ?? 0
    const otherIsn = other[stream + ISN] ?? 0
    if (isn !== 0 && otherIsn !== 0 && isn !== otherIsn) return Merge.other
  }
  const head = words[base] ?? 0
  const otherHead = other[0] ?? 0
  const state = head & STATE_MASK
  const otherState = otherHead & STATE_MASK
  const further = (RANKS[otherState] ?? 0) > (RANKS[state] ?? 0)
  const scales = (further && hasScales(otherHead) ? otherHead : head) & SCALES
  // Which sides were seen since the import is this host's own knowledge.
  const flags = (head | (otherHead & ~FROM_HOST)) & ~SCALES
  words[base] = withState(flags | scales, further ? otherState : state)
  for (const stream of [CLIENT, SERVER]) mergeStream(words, base + stream, other, stream)
  return Merge.done
}

function mergeStream(words: Int32Array, own: number, other: Int32Array, stream: number): void {
  if (words[own + ISN] === 0) words[own + ISN] = other[stream + ISN] ?? 0
  for (const word of [NEXT, ACKED, LIMIT, STAMP]) takeLater(words, own + word, other[stream + word] ?? 0)
  const window = other[stream + WINDOW] ?? 0
  if ((words[own + WINDOW] ?? 0) < window) words[own + WINDOW] = window
}

function mergeEntries(words: Int32Array, base: number, other: Int32Array): number {
  const head = words[base] ?? 0
  const otherHead = other[0] ?? 0
  const state = head & STATE_MASK
  const otherState = otherHead & STATE_MASK
  // An entry holds its expiry time, not when it was last seen: an opening connection is newer than a closed one.
  if (state >= CtState.lastAck && state !== CtState.synSent2 && otherState <= CtState.synReceived)
    return Merge.newer
  const further = ctRank(otherState) > ctRank(state)
  let merged = withState(head | (otherHead & ~CT_SCALES), further ? otherState : state)
  for (const direction of [ct.ORIGINAL, ct.REPLY]) {
    if (ct.scaleOf(head, direction) === 0)
      merged = ct.withScale(merged, direction, ct.scaleOf(otherHead, direction))
    for (const word of [ct.END, ct.MAX_END, ct.MAX_ACK])
      takeLater(words, base + direction + word, other[direction + word] ?? 0)
    const window = base + direction + ct.MAX_WINDOW
    if ((words[window] ?? 0) >>> 0 < (other[direction + ct.MAX_WINDOW] ?? 0) >>> 0)
      words[window] = other[direction + ct.MAX_WINDOW] ?? 0
  }
  words[base] = merged
  return Merge.done
}

const CT_SCALES = ct.withScale(ct.withScale(0, ct.ORIGINAL, 15), ct.REPLY, 15)

function ctRank(state: number): number {
  return state === CtState.synSent2 ? CtState.synSent + 0.5 : state
}

function hasScales(head: number): boolean {
  return scaleOf(head, CLIENT) !== 0 || scaleOf(head, SERVER) !== 0
}

/** The larger of two numbers modulo 2^32; 0 means none. */
function takeLater(words: Int32Array, at: number, value: number): void {
  if (value !== 0 && (words[at] === 0 || before(words[at] ?? 0, value))) words[at] = value
}
