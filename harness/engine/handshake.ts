import { Tcp } from '../model/codes.ts'
import { acceptFin } from './fin.ts'
import {
  ACKED,
  CLIENT,
  Flag,
  ISN,
  LIMIT,
  NEXT,
  SERVER,
  STAMP,
  State,
  scaleOf,
  WINDOW,
  withScale,
  withState,
} from './record.ts'
import { MAX_SCALE, type Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp, passesPaws } from './timestamps.ts'
import { acknowledgesCredibly, noteAcknowledgement, noteWindow } from './windows.ts'

/** SYNs with other timestamps that are remembered for one connection. */
const MAX_EARLIER_SYNS = 10

/** A SYN where there is no session: one begins. */
export function openSession(words: Int32Array, base: number, segment: Segment): void {
  const client = base + CLIENT
  words[base] = withState(words[base] ?? 0, State.synSent)
  words[client + ISN] = segment.seq
  words[client + NEXT] = (segment.seq + 1) | 0
  noteSynOptions(words, base, client, segment)
}

/** SYN seen. Like the functions of the other states: false when the packet is an error of the stream. */
export function trackSynSent(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const synAck = (segment.flags & (Tcp.syn | Tcp.ack)) === (Tcp.syn | Tcp.ack)
  if (synAck) {
    return segment.toServer
      ? answersReverseSyn(words, base, segment)
      : answersSyn(words, base, segment) &&
          echoesSyn(table, base, segment) &&
          takeSynAck(words, base, segment)
  }
  if (!segment.toServer && !echoes(words, base, segment)) return false
  if (segment.has(Tcp.rst)) return resetOpening(words, base, segment)
  if (segment.has(Tcp.fin)) return true
  if (segment.has(Tcp.syn)) {
    if (segment.toServer) repeatSyn(table, base, segment)
    else reverseSyn(words, base, segment)
  }
  return true
}

/** SYN and SYN-ACK seen. RSTs were dealt with before. */
export function trackSynReceived(words: Int32Array, base: number, segment: Segment): boolean {
  const own = base + (segment.toServer ? CLIENT : SERVER)
  if (segment.has(Tcp.fin)) return passesPaws(words, base, own, segment) && acceptFin(words, base, segment)
  if (segment.has(Tcp.syn)) return repeatsHandshake(words, base, segment)
  if (!segment.has(Tcp.ack)) return true
  if (!passesPaws(words, base, own, segment)) return false
  const head = words[base] ?? 0
  if (!segment.toServer) {
    if ((head & Flag.splitHandshake) !== 0) return endSplitHandshake(words, base, segment)
    // The client's ACK must have come by here: data of the server before it is an injection, or was lost inline.
    if ((head & Flag.pickedUpBySynAck) === 0) return false
  }
  return endHandshake(words, base, segment)
}

/** SYN-ACK without session, where the policy picks up: the receiver is the client, which the caller has seen to. */
export function pickUpSynAck(words: Int32Array, base: number, segment: Segment): void {
  const client = base + CLIENT
  const server = base + SERVER
  let head = withState(words[base] ?? 0, State.synReceived) | Flag.pickedUp | Flag.pickedUpBySynAck
  words[server + ISN] = segment.seq
  words[server + NEXT] = (segment.seq + 1) | 0
  words[server + WINDOW] = segment.window
  words[server + ACKED] = segment.seq
  words[server + LIMIT] = (segment.seq + segment.window) | 0
  words[client + ISN] = (segment.ack - 1) | 0
  words[client + NEXT] = segment.ack
  words[client + ACKED] = segment.ack
  if (segment.scale >= 0) head = withScale(withScale(head, CLIENT, segment.scale), SERVER, MAX_SCALE)
  if (segment.hasTimestamp) {
    head |= Flag.timestamps
    words[server + STAMP] = segment.stamp
    words[client + STAMP] = segment.echo
  }
  words[base] = head
}

/** What a SYN says about window, scale and timestamps; `own` is the stream of whoever sent it. */
function noteSynOptions(words: Int32Array, base: number, own: number, segment: Segment): void {
  const server = base + SERVER
  let head = words[base] ?? 0
  words[server + WINDOW] = segment.window
  if (segment.scale >= 0) head = withScale(head, SERVER, segment.scale) | Flag.scaling
  else head = withScale(head, SERVER, 0) & ~Flag.scaling
  if (segment.hasTimestamp) {
    words[own + STAMP] = segment.stamp
    head |= own === server ? Flag.serverTimestamps : Flag.clientTimestamps
  }
  words[base] = head
}

/** The client sends its SYN again: the newest counts, timestamps of the others are remembered, since one may be answered. */
function repeatSyn(table: SessionTable, base: number, segment: Segment): void {
  const { words, earlierSyns } = table
  const stamp = words[base + CLIENT + STAMP] ?? 0
  if (((words[base] ?? 0) & Flag.clientTimestamps) !== 0 && segment.stamp !== stamp) {
    const stamps = earlierSyns.get(base) ?? []
    if (stamps.length < MAX_EARLIER_SYNS) stamps.push(stamp)
    earlierSyns.set(base, stamps)
  }
  noteSynOptions(words, base, base + CLIENT, segment)
}

/** The server sends a SYN of its own: simultaneous open, or a handshake split in four. */
function reverseSyn(words: Int32Array, base: number, segment: Segment): void {
  const server = base + SERVER
  words[base] = (words[base] ?? 0) | Flag.splitHandshake
  words[server + ISN] = segment.seq
  words[server + NEXT] = (segment.seq + 1) | 0
  noteSynOptions(words, base, server, segment)
}

/** Whether a SYN-ACK acknowledges the SYN. */
function answersSyn(words: Int32Array, base: number, segment: Segment): boolean {
  return segment.ack === (((words[base + CLIENT + ISN] ?? 0) + 1) | 0)
}

/** Whether the timestamp echo of an answer to the SYN is that of the SYN; 0 is never held against it. */
function echoes(words: Int32Array, base: number, segment: Segment): boolean {
  if (!segment.hasTimestamp || segment.echo === 0) return true
  const stamp = words[base + CLIENT + STAMP] ?? 0
  if (((words[base] ?? 0) & Flag.clientTimestamps) !== 0) return stamp === 0 || segment.echo === stamp
  return stamp !== 0
}

/** As `echoes`, of any SYN of this connection; the one that was answered is the one that counts. */
function echoesSyn(table: SessionTable, base: number, segment: Segment): boolean {
  const { words, earlierSyns } = table
  if (!echoes(words, base, segment)) {
    if (earlierSyns.get(base)?.includes(segment.echo) !== true) return false
    words[base + CLIENT + STAMP] = segment.echo
  }
  earlierSyns.delete(base)
  return true
}

function takeSynAck(words: Int32Array, base: number, segment: Segment): boolean {
  const client = base + CLIENT
  const server = base + SERVER
  let head = withState(words[base] ?? 0, State.synReceived) & ~Flag.splitHandshake
  words[server + ISN] = segment.seq
  words[server + NEXT] = (segment.seq + 1) | 0
  words[server + ACKED] = (segment.seq + 1) | 0
  words[server + LIMIT] = ((words[server + ACKED] ?? 0) + (words[server + WINDOW] ?? 0)) | 0
  words[client + ACKED] = segment.ack
  words[client + WINDOW] = segment.window
  words[client + LIMIT] = (segment.ack + segment.window) | 0
  if (segment.hasTimestamp && (head & Flag.clientTimestamps) !== 0) {
    head |= Flag.timestamps
    words[server + STAMP] = segment.stamp
  } else {
    words[client + STAMP] = 0
    words[server + STAMP] = 0
  }
  const scales = (head & Flag.scaling) !== 0 && segment.scale >= 0
  words[base] = withScale(head, CLIENT, scales ? segment.scale : 0)
  return true
}

/** SYN-ACK of the client: only right where the server sent a SYN too, and about that one. */
function answersReverseSyn(words: Int32Array, base: number, segment: Segment): boolean {
  const client = base + CLIENT
  const server = base + SERVER
  let head = words[base] ?? 0
  if ((head & Flag.splitHandshake) === 0) return false
  if (segment.ack !== (((words[server + ISN] ?? 0) + 1) | 0)) return false
  if (segment.seq !== words[client + ISN]) return false
  head = withState(head, State.synReceived)
  words[client + NEXT] = (segment.seq + 1) | 0
  words[client + ACKED] = (segment.seq + 1) | 0
  words[server + WINDOW] = segment.window
  words[server + ACKED] = segment.ack
  if (segment.hasTimestamp && (head & Flag.serverTimestamps) !== 0) {
    head |= Flag.timestamps
    words[client + STAMP] = segment.stamp
  } else {
    words[client + STAMP] = 0
    words[server + STAMP] = 0
  }
  const scales = (head & Flag.scaling) !== 0 && segment.scale >= 0
  words[base] = withScale(head, SERVER, scales ? segment.scale : 0)
  words[client + LIMIT] = ((words[client + ACKED] ?? 0) + (words[client + WINDOW] ?? 0)) | 0
  words[server + LIMIT] = ((words[server + ACKED] ?? 0) + (words[server + WINDOW] ?? 0)) | 0
  return true
}

/**
 * A RST in answer to the SYN carries no sequence number of its own but must acknowledge the SYN (RFC 9293 3.10.7.3), and
 * refuses the connection. One from the client must start where its data would, and closes nothing.
 */
function resetOpening(words: Int32Array, base: number, segment: Segment): boolean {
  const client = base + CLIENT
  if (segment.toServer) return !segment.has(Tcp.ack) && segment.seq === words[client + NEXT]
  if (segment.seq !== words[base + SERVER + NEXT]) return false
  if (segment.has(Tcp.ack) && segment.ack !== 0 && !answersSyn(words, base, segment)) return false
  words[base] = withState(words[base] ?? 0, State.closed) | Flag.refused
  return true
}

/** SYN or SYN-ACK while the last ACK of the handshake is awaited: only repetitions are right. */
function repeatsHandshake(words: Int32Array, base: number, segment: Segment): boolean {
  if (segment.has(Tcp.ack)) return !segment.toServer && segment.ack === words[base + CLIENT + ACKED]
  return segment.toServer && segment.seq === words[base + CLIENT + ISN]
}

function endSplitHandshake(words: Int32Array, base: number, segment: Segment): boolean {
  const client = base + CLIENT
  const server = base + SERVER
  if (segment.seq !== words[server + NEXT] || !acknowledgesCredibly(words, client, segment)) return false
  noteTimestamp(words, base, server, segment)
  noteAcknowledgement(words, client, segment)
  words[server + NEXT] = (segment.seq + segment.length) | 0
  noteWindow(words, base, client, segment)
  words[client + LIMIT] = ((words[client + ACKED] ?? 0) + (words[client + WINDOW] ?? 0)) | 0
  words[base] = withState(words[base] ?? 0, State.established)
  return true
}

/** The ACK that makes the session: of exactly what the server sent, starting where expected, or later after a loss. */
function endHandshake(words: Int32Array, base: number, segment: Segment): boolean {
  const client = base + CLIENT
  const server = base + SERVER
  const next = words[client + NEXT] ?? 0
  if (segment.ack !== words[server + NEXT]) return false
  if (segment.seq !== next && !(before(next, segment.seq) && upTo(segment.seq, words[client + LIMIT] ?? 0)))
    return false
  noteTimestamp(words, base, client, segment)
  noteAcknowledgement(words, server, segment)
  words[client + NEXT] = (segment.seq + segment.length) | 0
  noteWindow(words, base, server, segment)
  words[server + LIMIT] = ((words[server + ACKED] ?? 0) + (words[server + WINDOW] ?? 0)) | 0
  const head = words[base] ?? 0
  if ((head & Flag.pickedUp) !== 0) {
    words[client + WINDOW] = segment.window << scaleOf(head, CLIENT)
    words[client + LIMIT] = ((words[client + ACKED] ?? 0) + (words[client + WINDOW] ?? 0)) | 0
  }
  words[base] = withState(head, State.established)
  return true
}
