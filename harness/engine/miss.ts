import { Tcp } from '../model/codes.ts'
import { makeOddity } from './oddities.ts'
import { Outcome } from './outcome.ts'
import { ACKED, CLIENT, Flag, ISN, LIMIT, NEXT, SERVER, STAMP, State, WINDOW, withScale } from './record.ts'
import { MAX_SCALE, type Segment } from './segment.ts'
import type { Settings } from './settings.ts'
import { enter } from './states.ts'
import { pickUpSynAck } from './syn-ack.ts'
import type { SessionTable } from './table.ts'

/** How a TCP packet without session is treated. The order of checks matters (Suricata 7, stream-tcp.c, StreamTcpPacketStateNone). */
export const Miss = {
  /** A new session, no policy. */
  open: 0,
  /** The exception policy. */
  policy: 1,
  /** Dropped as a stream error, without policy. */
  error: 2,
  /** Only the rules decide, without policy. */
  rules: 3,
} as const

/** The `Miss` of a segment. */
export function classifyMiss(segment: Segment, settings: Settings): number {
  if (segment.has(Tcp.rst)) return MISS_OF_RST[settings.rstOnMiss]
  if (segment.has(Tcp.fin)) return Miss.policy
  if (segment.has(Tcp.syn)) return segment.has(Tcp.ack) ? Miss.policy : Miss.open
  return segment.has(Tcp.ack) || settings.flaglessToPolicy ? Miss.policy : Miss.rules
}

const MISS_OF_RST = { streamError: Miss.error, policy: Miss.policy, rules: Miss.rules } as const

/**
 * Applies the policy to a packet without session and returns its outcome. Under `drop` and `reject` the flow is marked, in both
 * directions, if the profile's policy applies to flows; the caller sends the reset of a reject. Under `continue` nothing is marked, and
 * a session begins if the profile picks up.
 */
export function applyException(
  table: SessionTable,
  base: number,
  segment: Segment,
  settings: Settings,
): number {
  const { words } = table
  if (settings.exception !== 'continue') {
    if (settings.marksFlow) words[base] = (words[base] ?? 0) | Flag.marked
    return settings.exception === 'reject' ? Outcome.midstreamReject : Outcome.midstreamDrop
  }
  if (settings.bypass) return Outcome.pastRules
  const reset = segment.has(Tcp.rst)
  if (settings.pickUp && (reset || (settings.pickUpDataOnly && segment.length === 0)))
    return Outcome.midstreamDrop
  const fin = segment.has(Tcp.fin)
  const synAck = segment.has(Tcp.syn) && !fin
  const picksUp = synAck ? settings.synAckOpens : settings.pickUp && (!fin || segment.length > 0)
  if (picksUp && !reset) {
    if (synAck) pickUpFromServer(table, base, segment)
    else pickUpMidway(table, base, segment)
    if (settings.asyncOneside) noteOneSide(table, base, segment)
    segment.delivered = true
    return Outcome.forward
  }
  return fin && settings.finErrorAfterPolicy && settings.dropsErrors ? Outcome.streamError : Outcome.forward
}

/** Only the side of the first packet has been seen. */
function noteOneSide(table: SessionTable, base: number, segment: Segment): void {
  const oddity = makeOddity(table, base)
  oddity.async = true
  oddity.seenClient = segment.toServer
  oddity.seenServer = !segment.toServer
}

/** The sender of a SYN-ACK is the server: the flow's client and server are swapped. */
function pickUpFromServer(table: SessionTable, base: number, segment: Segment): void {
  table.words[base] = (table.words[base] ?? 0) ^ Flag.flipped
  segment.toServer = !segment.toServer
  pickUpSynAck(table, base, segment)
}

/** The sender is taken for the client, the session for established, and both window scales for the largest. */
function pickUpMidway(table: SessionTable, base: number, segment: Segment): void {
  const { words } = table
  const client = base + CLIENT
  const server = base + SERVER
  const fin = segment.has(Tcp.fin)
  enter(table, base, fin ? State.finWait1 : State.established)
  let head = words[base] ?? 0
  head = withScale(withScale(head, CLIENT, MAX_SCALE), SERVER, MAX_SCALE) | Flag.pickedUp | Flag.awaitsServer
  words[client + ISN] = (segment.seq - 1) | 0
  words[client + NEXT] = (segment.seq + segment.length + (fin ? 1 : 0)) | 0
  words[client + ACKED] = segment.seq
  words[client + WINDOW] = segment.window << MAX_SCALE
  words[client + LIMIT] = (segment.seq + (segment.window << MAX_SCALE)) | 0
  words[server + ISN] = (segment.ack - 1) | 0
  words[server + NEXT] = segment.ack
  words[server + ACKED] = segment.ack
  words[server + LIMIT] = segment.ack
  if (segment.hasTimestamp) {
    head |= Flag.timestamps
    words[client + STAMP] = segment.stamp
    words[server + STAMP] = segment.echo
  }
  words[base] = head
}
