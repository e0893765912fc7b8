import { makeOddity, oddityAt, settleOddity } from './oddities.ts'
import type { OtherSynAck } from './oddity.ts'
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
  WINDOW,
  withScale,
} from './record.ts'
import { MAX_SCALE, type Segment } from './segment.ts'
import { enter } from './states.ts'
import { applySyn, echoedSyn } from './syns.ts'
import type { SessionTable } from './table.ts'
import { setLimit } from './windows.ts'

/** The most SYN-ACKs with other numbers that are remembered per connection. */
const MAX_OTHER_SYN_ACKS = 5

/** Accepts the SYN-ACK if it answers the SYN: it acknowledges the SYN, with Fast Open also its data, and echoes its timestamp. */
export function takeSynAck(table: SessionTable, base: number, segment: Segment): boolean {
  const fast = segment.fastOpen || oddityAt(table, base)?.fastOpen === true
  if (fast ? !acknowledgesFastOpen(table, base, segment) : !answersSyn(table.words, base, segment))
    return false
  if (!echoes(table.words, base, segment)) {
    const syn = echoedSyn(table, base, segment)
    if (syn === undefined) return false
    applySyn(table, base, syn)
  }
  const oddity = oddityAt(table, base)
  if (oddity !== undefined) {
    oddity.syns = []
    settleOddity(table, base, oddity)
  }
  updateBySynAck(table, base, synAckOf(segment))
  return true
}

/** If the data was not acknowledged, Suricata steps back to before the SYN itself; its application layer has the data all the same. */
function acknowledgesFastOpen(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const client = base + CLIENT
  const taken = segment.ack === words[client + NEXT]
  if (!taken && !answersSyn(words, base, segment)) return false
  const oddity = makeOddity(table, base)
  if (!taken) {
    const first = ((words[client + ISN] ?? 0) + 1) | 0
    oddity.clientHeard = [[first, words[client + NEXT] ?? first]]
    oddity.dataIgnored = true
    words[client + NEXT] = words[client + ISN] ?? 0
  }
  oddity.fastOpen = true
  enter(table, base, State.established)
  return true
}

/** SYN-ACK without session, if the policy picks up: the sender is the server, which the caller has ensured. */
export function pickUpSynAck(table: SessionTable, base: number, segment: Segment): void {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  enter(table, base, State.synReceived)
  let head = (words[base] ?? 0) | Flag.pickedUp | Flag.pickedUpBySynAck
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

/** Remembers another SYN-ACK to the same SYN; too many are an error. */
export function rememberSynAck(table: SessionTable, base: number, segment: Segment): boolean {
  const oddity = makeOddity(table, base)
  const other = synAckOf(segment)
  if (oddity.synAcks.some((known) => isSame(known, other))) return true
  if (oddity.synAcks.length === MAX_OTHER_SYN_ACKS) return false
  oddity.synAcks = [other, ...oddity.synAcks]
  return true
}

/** If the client acknowledged one of the other SYN-ACKs, that one counts from now on. */
export function chooseSynAck(table: SessionTable, base: number, segment: Segment): void {
  const chosen = oddityAt(table, base)?.synAcks.find(
    ({ seq, ack }) => seq === ((segment.ack - 1) | 0) && ack === segment.seq,
  )
  if (chosen !== undefined) updateBySynAck(table, base, chosen)
}

/** Whether a SYN-ACK acknowledges the SYN and nothing else. */
export function answersSyn(words: Int32Array, base: number, segment: Segment): boolean {
  return segment.ack === (((words[base + CLIENT + ISN] ?? 0) + 1) | 0)
}

/** Whether the answer to the SYN echoes the SYN's timestamp; an echo of 0 is always accepted. */
export function echoes(words: Int32Array, base: number, segment: Segment): boolean {
  if (!segment.hasTimestamp || segment.echo === 0) return true
  const stamp = words[base + CLIENT + STAMP] ?? 0
  if (((words[base] ?? 0) & Flag.clientTimestamps) !== 0) return stamp === 0 || segment.echo === stamp
  return stamp !== 0
}

function updateBySynAck(table: SessionTable, base: number, synAck: OtherSynAck): void {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  if (((words[base] ?? 0) & STATE_MASK) !== State.synReceived) enter(table, base, State.synReceived)
  let head = (words[base] ?? 0) & ~Flag.splitHandshake
  words[server + ISN] = synAck.seq
  words[server + NEXT] = (synAck.seq + 1) | 0
  words[server + ACKED] = (synAck.seq + 1) | 0
  words[client + ACKED] = synAck.ack
  words[client + WINDOW] = synAck.window
  setLimit(words, server)
  setLimit(words, client)
  if (synAck.hasTimestamp && (head & Flag.clientTimestamps) !== 0) {
    head |= Flag.timestamps
    words[server + STAMP] = synAck.stamp
  } else {
    words[client + STAMP] = 0
    words[server + STAMP] = 0
  }
  const scales = (head & Flag.scaling) !== 0 && synAck.scale >= 0
  words[base] = withScale(head, CLIENT, scales ? synAck.scale : 0)
}

/** SYN-ACK of the client: only right if the server sent a SYN too, and the SYN-ACK answers that SYN. */
export function answersReverseSyn(table: SessionTable, base: number, segment: Segment): boolean {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  if (((words[base] ?? 0) & Flag.splitHandshake) === 0) return false
  if (segment.ack !== (((words[server + ISN] ?? 0) + 1) | 0)) return false
  if (segment.seq !== words[client + ISN]) return false
  enter(table, base, State.synReceived)
  let head = words[base] ?? 0
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
  setLimit(words, client)
  setLimit(words, server)
  return true
}

function synAckOf(segment: Segment): OtherSynAck {
  const { seq, ack, window, scale, hasTimestamp, hasSackPermitted } = segment
  return { seq, ack, window, scale, hasTimestamp, hasSackPermitted, stamp: hasTimestamp ? segment.stamp : 0 }
}

function isSame(a: OtherSynAck, b: OtherSynAck): boolean {
  return (
    a.seq === b.seq &&
    a.ack === b.ack &&
    a.window === b.window &&
    a.scale === b.scale &&
    a.hasTimestamp === b.hasTimestamp &&
    a.stamp === b.stamp &&
    a.hasSackPermitted === b.hasSackPermitted
  )
}
