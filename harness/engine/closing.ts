import { Tcp } from '../model/codes.ts'
import { ACKED, CLIENT, Flag, LIMIT, NEXT, SERVER, State, WINDOW } from './record.ts'
import type { Segment } from './segment.ts'
import { before, upTo } from './sequence.ts'
import { enter } from './states.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp, passesPaws } from './timestamps.ts'
import {
  acknowledgesCredibly,
  adoptAcknowledged,
  adoptAcknowledgedAhead,
  advanceNext,
  isAsync,
  isRetransmission,
  noteAcknowledgement,
  noteWindow,
  raiseLimit,
} from './windows.ts'

/*
 * Sessions that one side or both have closed. States are named from the server's side, as in Suricata: FIN_WAIT1, FIN_WAIT2, CLOSING and
 * TIME_WAIT after the server closed first, CLOSE_WAIT and LAST_ACK after the client did. Unlike in an established session, a segment
 * outside the window is a stream error here, and so is any SYN. The server's FIN is counted in NEXT and the client's is not; hence the
 * differences between the two directions. RSTs have been handled before.
 */

/** Whether data or a FIN starts at `from` or later, and within the peer's window. */
function startsWithin(words: Int32Array, own: number, segment: Segment, from: number): boolean {
  const edge = ((words[own + ACKED] ?? 0) + (words[own + WINDOW] ?? 0)) | 0
  return !before(segment.seq, from) && upTo(segment.seq, edge)
}

/** Whether it ends within the limit, if the limit is known. */
function endsWithin(table: SessionTable, base: number, own: number, segment: Segment): boolean {
  const { words } = table
  const end = (segment.seq + segment.length) | 0
  if (upTo(end, words[own + LIMIT] ?? 0)) return true
  return ((words[base] ?? 0) & Flag.pickedUp) !== 0 || isAsync(table, base)
}

/** Data that starts exactly at `expected` advances the next expected sequence number to its end. */
function advanceFrom(
  table: SessionTable,
  base: number,
  own: number,
  segment: Segment,
  expected: number,
): void {
  if (segment.seq === expected) advanceNext(table, base, own, (segment.seq + segment.length) | 0)
}

/** The server has sent its FIN. */
export function trackFinWait1(table: SessionTable, base: number, segment: Segment): boolean {
  if (segment.has(Tcp.fin)) return closesBoth(table, base, segment)
  if (segment.has(Tcp.syn)) return false
  if (!segment.has(Tcp.ack)) return true
  return acknowledgesFin(table, base, segment)
}

/** A FIN in FIN_WAIT1: with an ACK both sides are done, without one it is a simultaneous close. */
function closesBoth(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (!passesPaws(table, base, own, segment)) return false
  const acknowledges = segment.has(Tcp.ack)
  const next = words[own + NEXT] ?? 0
  const counted = (next - 1) | 0
  const repeatsFin =
    !segment.toServer && acknowledges && segment.seq === counted && segment.ack === words[peer + ACKED]
  const repeated = isRetransmission(words, own, segment) || repeatsFin
  if (!repeated && !startsWithin(words, own, segment, counted)) return false
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  if (!repeated) {
    enter(table, base, acknowledges ? State.timeWait : State.closing)
    noteWindow(words, base, peer, segment)
  }
  noteTimestamp(table, base, own, segment)
  segment.taken = true
  if (repeated && !segment.toServer && acknowledges) return true
  adoptAcknowledgedAhead(words, peer, segment)
  advanceFrom(table, base, own, segment, segment.toServer && acknowledges ? next : counted)
  noteAcknowledgement(words, peer, segment)
  return true
}

/** An ACK in FIN_WAIT1: FIN_WAIT2 once the client acknowledged the FIN, or the server goes on acknowledging after it. */
function acknowledgesFin(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (!passesPaws(table, base, own, segment)) return false
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  const expected = segment.toServer ? (words[own + NEXT] ?? 0) : ((words[own + NEXT] ?? 0) - 1) | 0
  const decides = !segment.toServer || segment.ack === words[peer + NEXT]
  if (decides && !isRetransmission(words, own, segment)) {
    if (!endsWithin(table, base, own, segment)) return false
    if (segment.seq === expected) enter(table, base, State.finWait2)
    noteWindow(words, base, peer, segment)
  }
  noteTimestamp(table, base, own, segment)
  segment.taken = true
  adoptAcknowledgedAhead(words, peer, segment)
  advanceFrom(table, base, own, segment, expected)
  noteAcknowledgement(words, peer, segment)
  raiseLimit(table, base, peer, segment)
  return true
}

/** The server's FIN has been acknowledged; the client may still send. */
export function trackFinWait2(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  const fin = segment.has(Tcp.fin)
  if (!fin && segment.has(Tcp.syn)) return false
  if (!fin && !segment.has(Tcp.ack)) return true
  if (!passesPaws(table, base, own, segment)) return false
  const next = words[own + NEXT] ?? 0
  const repeatsFin = fin && segment.seq === ((next - 1) | 0) && segment.ack === words[peer + ACKED]
  const repeated = repeatsFin || isRetransmission(words, own, segment)
  if (!repeated && fin && !startsWithin(words, own, segment, next)) return false
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  if (!repeated && !fin && !endsWithin(table, base, own, segment)) return false
  if (!repeated) {
    if (fin) enter(table, base, State.timeWait)
    if (fin && segment.toServer) advanceFrom(table, base, own, segment, next)
    noteWindow(words, base, peer, segment)
  }
  noteTimestamp(table, base, own, segment)
  segment.taken = true
  if (fin) {
    adoptAcknowledged(words, peer, segment)
    noteAcknowledgement(words, peer, segment)
  } else {
    advanceFrom(table, base, own, segment, next)
    noteAcknowledgement(words, peer, segment)
    raiseLimit(table, base, peer, segment)
  }
  return true
}

/** The FINs crossed; an ACK of either side leads on. */
export function trackClosing(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  if (segment.has(Tcp.syn)) return false
  if (!segment.has(Tcp.ack)) return true
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (!passesPaws(table, base, own, segment)) return false
  if (segment.seq !== words[own + NEXT] || !acknowledgesCredibly(table, base, peer, segment)) return false
  if (!isRetransmission(words, own, segment)) {
    enter(table, base, State.timeWait)
    // The client's window, whichever side sent the segment (Suricata 7, StreamTcpPacketStateClosing).
    noteWindow(words, base, base + CLIENT, segment)
  }
  finish(table, base, own, peer, segment)
  return true
}

/** The client has sent its FIN; the server may still send, and its FIN leads to LAST_ACK. */
export function trackCloseWait(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  const fin = segment.has(Tcp.fin)
  if (!fin && segment.has(Tcp.syn)) return false
  if (!fin && !segment.has(Tcp.ack)) return true
  if (!passesPaws(table, base, own, segment)) return false
  const repeated = isRetransmission(words, own, segment)
  if (!(fin ? repeated || isExpectedFin(words, own, segment) : isInCloseWindow(words, own, segment)))
    return false
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  if (!repeated) {
    if (fin && !segment.toServer) enter(table, base, State.lastAck)
    noteWindow(words, base, peer, segment)
  }
  noteTimestamp(table, base, own, segment)
  segment.taken = true
  adoptAcknowledged(words, peer, segment)
  if (!fin) advanceFrom(table, base, own, segment, words[own + NEXT] ?? 0)
  noteAcknowledgement(words, peer, segment)
  return true
}

function isExpectedFin(words: Int32Array, own: number, segment: Segment): boolean {
  return startsWithin(words, own, segment, words[own + NEXT] ?? 0)
}

/** Whether the segment is not wholly acknowledged yet and starts within the window. */
function isInCloseWindow(words: Int32Array, own: number, segment: Segment): boolean {
  const acked = words[own + ACKED] ?? 0
  const end = (segment.seq + segment.length) | 0
  if (segment.length > 0 && upTo(end, acked)) return false
  return upTo(segment.seq, (acked + (words[own + WINDOW] ?? 0)) | 0)
}

/** Both sides have sent a FIN, the client first: its last ACK closes the session. Packets of the server are not checked. */
export function trackLastAck(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  if (segment.has(Tcp.fin)) return true
  if (segment.has(Tcp.syn)) return false
  if (!segment.has(Tcp.ack)) return true
  const client = base + CLIENT
  const server = base + SERVER
  if (!passesPaws(table, base, segment.toServer ? client : server, segment)) return false
  if (!segment.toServer) return true
  if (!acknowledgesCredibly(table, base, server, segment)) return false
  if (!isRetransmission(words, client, segment)) {
    const next = words[client + NEXT] ?? 0
    const ahead = (segment.seq - next) | 0
    if (ahead > 1) return false
    if (ahead >= 0) enter(table, base, State.closed)
    noteWindow(words, base, server, segment)
  }
  finish(table, base, client, server, segment)
  return true
}

/** Both sides are done, the server closed first: any ACK with the right sequence number closes the session. */
export function trackTimeWait(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  if (segment.has(Tcp.fin)) return true
  if (segment.has(Tcp.syn)) return false
  if (!segment.has(Tcp.ack)) return true
  const own = base + (segment.toServer ? CLIENT : SERVER)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  if (!passesPaws(table, base, own, segment)) return false
  const repeated = isRetransmission(words, own, segment)
  if (!repeated) {
    // One past NEXT accounts for the client's FIN, one before it for the server's.
    const ahead = (segment.seq - (words[own + NEXT] ?? 0)) | 0
    if (ahead !== 0 && ahead !== (segment.toServer ? 1 : -1)) {
      return !segment.toServer && segment.length > 0 && segment.seq === words[own + ACKED]
    }
  }
  if (!acknowledgesCredibly(table, base, peer, segment)) return false
  if (!repeated) {
    enter(table, base, State.closed)
    noteWindow(words, base, peer, segment)
  }
  finish(table, base, own, peer, segment)
  return true
}

function finish(table: SessionTable, base: number, own: number, peer: number, segment: Segment): void {
  const { words } = table
  noteTimestamp(table, base, own, segment)
  segment.taken = true
  adoptAcknowledged(words, peer, segment)
  noteAcknowledgement(words, peer, segment)
}
