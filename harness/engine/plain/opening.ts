import { Tcp } from '../../model/codes.ts'
import {
  ACKED,
  CLIENT,
  Flag,
  ISN,
  LIMIT,
  NEXT,
  SERVER,
  STATE_MASK,
  State,
  WINDOW,
  withScale,
  withState,
} from '../record.ts'
import type { Segment } from '../segment.ts'
import { before } from '../sequence.ts'
import { advance, fits } from './window.ts'

/** A SYN without session, or with one that only the previous SYN began. */
export function openPlainly(words: Int32Array, base: number, segment: Segment): void {
  const scaling = segment.scale >= 0
  const head = withScale(withState(words[base] ?? 0, State.synSent), SERVER, scaling ? segment.scale : 0)
  words[base] = scaling ? head | Flag.scaling : head & ~Flag.scaling
  words[base + CLIENT + ISN] = segment.seq
  words[base + CLIENT + NEXT] = (segment.seq + 1) | 0
  words[base + SERVER + WINDOW] = segment.window
}

/** SYN seen: valid are only its repetition, a SYN-ACK or RST in reply, and the client's own RST. */
export function trackSynSent(words: Int32Array, base: number, segment: Segment, liberal: boolean): boolean {
  const next = words[base + CLIENT + NEXT] ?? 0
  if (segment.has(Tcp.rst)) {
    const right = segment.toServer ? segment.seq === next : answersSyn(words, base, segment)
    if (right) words[base] = withState(words[base] ?? 0, State.closed)
    return right
  }
  if (segment.opens()) {
    if (segment.toServer) openPlainly(words, base, segment)
    return segment.toServer
  }
  if (segment.has(Tcp.syn) && segment.has(Tcp.ack) && !segment.toServer && answersSyn(words, base, segment)) {
    takeSynAck(words, base, segment)
    return true
  }
  // Possibly only one direction is seen.
  if (liberal && segment.acknowledges()) adoptOneSided(words, base, segment)
  return liberal
}

/** SYN and SYN-ACK seen. RSTs have been handled before. */
export function trackSynReceived(
  words: Int32Array,
  base: number,
  segment: Segment,
  unchecked: boolean,
  ackWindow: number,
): boolean {
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (segment.has(Tcp.syn)) return repeatsSyn(words, base, segment)
  if (!unchecked && !fits(words, base, own, peer, segment, ackWindow)) return false
  advance(words, base, own, peer, segment)
  if (segment.toServer && segment.has(Tcp.ack) && before(words[base + SERVER + ISN] ?? 0, segment.ack))
    words[base] = withState(words[base] ?? 0, State.established)
  return true
}

/** A repeated SYN or SYN-ACK of this very connection, before its sender has sent anything else. */
export function repeatsSyn(words: Int32Array, base: number, segment: Segment): boolean {
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const isn = words[own + ISN] ?? 0
  if (segment.has(Tcp.fin) || segment.toServer === segment.has(Tcp.ack)) return false
  if (segment.toServer && ((words[base] ?? 0) & STATE_MASK) >= State.established) return false
  return segment.seq === isn && words[own + NEXT] === ((isn + 1) | 0)
}

function adoptOneSided(words: Int32Array, base: number, segment: Segment): void {
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  words[peer + NEXT] = segment.ack
  words[base] = withState(words[base] ?? 0, State.established) | Flag.pickedUp
}

function answersSyn(words: Int32Array, base: number, segment: Segment): boolean {
  return segment.has(Tcp.ack) && segment.ack === words[base + CLIENT + NEXT]
}

/** The SYN-ACK that answers the SYN; windows are scaled from now on if both sides offered it (RFC 7323 2.2). */
function takeSynAck(words: Int32Array, base: number, segment: Segment): void {
  const client = base + CLIENT
  const server = base + SERVER
  const next = (segment.seq + 1) | 0
  const head = withState(words[base] ?? 0, State.synReceived)
  const scales = (head & Flag.scaling) !== 0 && segment.scale >= 0
  words[base] = scales
    ? withScale(head, CLIENT, segment.scale)
    : withScale(withScale(head, CLIENT, 0), SERVER, 0)
  words[server + ISN] = segment.seq
  words[server + NEXT] = next
  words[server + ACKED] = next
  words[server + LIMIT] = (next + Math.max(words[server + WINDOW] ?? 0, 1)) | 0
  words[client + ACKED] = segment.ack
  words[client + WINDOW] = segment.window
  words[client + LIMIT] = (segment.ack + Math.max(segment.window, 1)) | 0
}
