import { Tcp } from '../model/codes.ts'
import { acceptFin } from './fin.ts'
import { makeOddity, oddityAt, settleOddity } from './oddities.ts'
import { ACKED, CLIENT, Flag, ISN, LIMIT, NEXT, SERVER, STAMP, State, WINDOW, withScale } from './record.ts'
import { noteReset } from './reset.ts'
import { MAX_SCALE, type Segment } from './segment.ts'
import { after, before, upTo } from './sequence.ts'
import { enter } from './states.ts'
import { answersReverseSyn, answersSyn, chooseSynAck, echoes, rememberSynAck, takeSynAck } from './syn-ack.ts'
import { repeatSyn, reverseSyn } from './syns.ts'
import type { SessionTable } from './table.ts'
import { noteTimestamp, passesPaws } from './timestamps.ts'
import {
  acknowledgesCredibly,
  advanceNext,
  isAsync,
  noteAcknowledgement,
  noteWindow,
  setLimit,
} from './windows.ts'

const SYN_ACK = Tcp.syn | Tcp.ack

/** SYN seen. Returns false, as the functions of all states do, if the packet is a stream error. */
export function trackSynSent(
  table: SessionTable,
  base: number,
  segment: Segment,
  asyncOneside: boolean,
): boolean {
  const { words } = table
  if ((segment.flags & SYN_ACK) === SYN_ACK)
    return segment.toServer ? answersReverseSyn(table, base, segment) : takeSynAck(table, base, segment)
  if (!segment.toServer && !echoes(words, base, segment)) return false
  if (segment.has(Tcp.rst)) return resetOpening(table, base, segment)
  if (segment.has(Tcp.fin)) return true
  if (segment.has(Tcp.syn)) {
    if (segment.toServer) repeatSyn(table, base, segment)
    else reverseSyn(words, base, segment)
    return true
  }
  return !segment.has(Tcp.ack) || !asyncOneside || goOnAlone(table, base, segment)
}

/** SYN and SYN-ACK seen. RSTs have been handled before. */
export function trackSynReceived(
  table: SessionTable,
  base: number,
  segment: Segment,
  asyncOneside: boolean,
): boolean {
  const { words } = table
  const own = base + (segment.toServer ? CLIENT : SERVER)
  if (segment.has(Tcp.fin)) return passesPaws(table, base, own, segment) && acceptFin(table, base, segment)
  if (segment.has(Tcp.syn)) return repeatsHandshake(table, base, segment)
  if (!segment.has(Tcp.ack)) {
    segment.delivered = false
    return true
  }
  chooseSynAck(table, base, segment)
  if (!passesPaws(table, base, own, segment)) return false
  const head = words[base] ?? 0
  if (!segment.toServer) {
    if ((head & Flag.splitHandshake) !== 0) return endSplitHandshake(table, base, segment)
    // The client's ACK must have come by here: server data before it is an injection, or the ACK was lost inline.
    if ((head & Flag.pickedUpBySynAck) === 0 && !isFastOpen(table, base)) return false
  }
  return endHandshake(table, base, segment, asyncOneside)
}

/**
 * A RST in reply to the SYN has no sequence number of its own but must acknowledge the SYN (RFC 9293 3.10.7.3). It refuses the
 * connection until the server sends something else, since the RST may be forged. A RST of the client must start where its data would,
 * and closes nothing.
 */
function resetOpening(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const async = isAsync(table, base)
  const peer = base + (segment.toServer ? SERVER : CLIENT)
  const answers = !segment.toServer && answersSyn(words, base, segment)
  if (segment.ack !== 0 && !answers && !acknowledgesCredibly(table, base, peer, segment)) return false
  if (segment.signed) noteReset(table, base, segment)
  const next = words[base + (segment.toServer ? CLIENT : SERVER) + NEXT] ?? 0
  if (async ? before(segment.seq, next) : segment.seq !== next) return false
  if (segment.toServer) return true
  noteReset(table, base, segment)
  const oddity = makeOddity(table, base)
  oddity.syns = []
  enter(table, base, State.closed)
  return true
}

/** Only the client is seen: its ACK establishes the session; the server's position is taken from the acknowledgement. */
function goOnAlone(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  if (segment.seq !== words[client + NEXT]) return false
  const oddity = makeOddity(table, base)
  oddity.async = true
  oddity.syns = []
  enter(table, base, State.established)
  words[client + WINDOW] = segment.window
  words[client + ACKED] = segment.seq
  setLimit(words, client)
  words[server + ISN] = (segment.ack - 1) | 0
  words[server + NEXT] = segment.ack
  words[server + ACKED] = segment.ack
  words[server + LIMIT] = segment.ack
  let head = words[base] ?? 0
  if ((head & Flag.scaling) !== 0) head = withScale(head, CLIENT, MAX_SCALE)
  const isStamped = segment.hasTimestamp && (head & Flag.clientTimestamps) !== 0
  // The server may have sent a SYN of its own.
  oddity.unstamped = isStamped && (head & Flag.serverTimestamps) === 0
  if (isStamped) head = (head | Flag.timestamps) & ~Flag.clientTimestamps
  else words[client + STAMP] = 0
  words[base] = head
  segment.taken = true
  return true
}

/** SYN or SYN-ACK while the last ACK of the handshake is awaited: only repetitions are right, and another SYN-ACK to the same SYN. */
function repeatsHandshake(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  if (!segment.has(Tcp.ack)) return segment.toServer && segment.seq === words[base + CLIENT + ISN]
  if (segment.toServer || segment.ack !== words[base + CLIENT + ACKED]) return false
  return segment.seq === words[base + SERVER + ISN] || rememberSynAck(table, base, segment)
}

function endSplitHandshake(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  if (segment.seq !== words[server + NEXT] || !acknowledgesCredibly(table, base, client, segment))
    return false
  noteTimestamp(table, base, server, segment)
  noteAcknowledgement(words, client, segment)
  advanceNext(table, base, server, (segment.seq + segment.length) | 0)
  noteWindow(words, base, client, segment)
  setLimit(words, client)
  establish(table, base)
  segment.taken = true
  return true
}

/** The ACK that completes the handshake: it acknowledges exactly what the server sent and starts where expected, or later after a loss. */
function endHandshake(table: SessionTable, base: number, segment: Segment, asyncOneside: boolean): boolean {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  const next = words[client + NEXT] ?? 0
  const acknowledges = segment.ack === words[server + NEXT]
  const expected = segment.seq === next
  if (!(acknowledges && expected)) {
    if (asyncOneside && segment.seq === words[server + NEXT]) return endHandshakeAlone(table, base, segment)
    const later = after(segment.seq, next) && upTo(segment.seq, words[client + LIMIT] ?? 0)
    if (expected || !acknowledges || !later) return endFastOpen(table, base, segment, expected)
  }
  noteTimestamp(table, base, client, segment)
  noteAcknowledgement(words, server, segment)
  const end = (segment.seq + segment.length) | 0
  if (expected) advanceNext(table, base, client, end)
  else words[client + NEXT] = end
  noteWindow(words, base, server, segment)
  setLimit(words, server)
  if (((words[base] ?? 0) & Flag.pickedUp) !== 0) learnWindow(words, base, segment, expected)
  establish(table, base)
  segment.taken = true
  return true
}

/** After a pick-up on a SYN-ACK, the client's window is known only from its first ACK. */
function learnWindow(words: Int32Array, base: number, segment: Segment, expected: boolean): void {
  const client = base + CLIENT
  if (expected) {
    noteWindow(words, base, client, segment)
    setLimit(words, client)
  } else {
    words[client + WINDOW] = segment.window
    words[base] = withScale(withScale(words[base] ?? 0, CLIENT, MAX_SCALE), SERVER, MAX_SCALE)
  }
}

/** Only the server is seen: it continues after its SYN-ACK. */
function endHandshakeAlone(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  const oddity = makeOddity(table, base)
  if (!oddity.async) {
    oddity.async = true
    oddity.seenClient = true
    oddity.seenServer = true
  }
  words[server + NEXT] = (segment.seq + segment.length) | 0
  words[server + ACKED] = segment.seq
  noteWindow(words, base, client, segment)
  words[client + ACKED] = segment.ack
  noteTimestamp(table, base, segment.toServer ? client : server, segment)
  if (((words[base] ?? 0) & Flag.pickedUp) !== 0) {
    words[server + WINDOW] = segment.window
    setLimit(words, server)
    words[base] = withScale(withScale(words[base] ?? 0, CLIENT, MAX_SCALE), SERVER, MAX_SCALE)
  }
  establish(table, base)
  segment.taken = true
  return true
}

/** With Fast Open the server may send data at once. */
function endFastOpen(table: SessionTable, base: number, segment: Segment, expected: boolean): boolean {
  const { words } = table
  const server = base + SERVER
  if (expected || !isFastOpen(table, base)) return false
  if (segment.ack !== words[base + CLIENT + ACKED] || segment.seq !== words[server + NEXT]) return false
  advanceNext(table, base, server, (segment.seq + segment.length) | 0)
  noteWindow(words, base, server, segment)
  setLimit(words, server)
  establish(table, base)
  segment.taken = true
  return true
}

function establish(table: SessionTable, base: number): void {
  enter(table, base, State.established)
  const oddity = oddityAt(table, base)
  if (oddity === undefined) return
  oddity.synAcks = []
  oddity.fastOpen = false
  settleOddity(table, base, oddity)
}

function isFastOpen(table: SessionTable, base: number): boolean {
  return oddityAt(table, base)?.fastOpen === true
}
