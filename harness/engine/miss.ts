import { Tcp } from '../model/codes.ts'
import { pickUpSynAck } from './handshake.ts'
import { Outcome } from './outcome.ts'
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
  WINDOW,
  withScale,
  withState,
} from './record.ts'
import { MAX_SCALE, type Segment } from './segment.ts'
import type { Settings } from './settings.ts'

/** What a TCP packet without session calls for. The order in which flags are looked at decides (Suricata 7, stream-tcp.c, StreamTcpPacketStateNone). */
export const Miss = {
  /** A new session, no policy. */
  open: 0,
  /** The exception policy. */
  policy: 1,
  /** Dropped as an error of the stream, without policy. */
  error: 2,
  /** The rules, without policy. */
  rules: 3,
} as const

/** Which of these. */
export function classifyMiss(segment: Segment, rstOnMiss: Settings['rstOnMiss']): number {
  if (segment.has(Tcp.rst)) return MISS_OF_RST[rstOnMiss]
  if (segment.has(Tcp.fin)) return Miss.policy
  if (segment.has(Tcp.syn)) return segment.has(Tcp.ack) ? Miss.policy : Miss.open
  return segment.has(Tcp.ack) ? Miss.policy : Miss.rules
}

const MISS_OF_RST = { streamError: Miss.error, policy: Miss.policy, rules: Miss.rules } as const

/**
 * Applies the policy to a packet without session and answers with its outcome. Under `drop` and `reject` the flow is marked,
 * in both directions; a reject is still to be sent. Under `continue` nothing is marked, and where the profile picks up, a
 * session begins.
 */
export function applyException(
  words: Int32Array,
  base: number,
  segment: Segment,
  settings: Settings,
): number {
  if (settings.exception !== 'continue') {
    words[base] = (words[base] ?? 0) | Flag.marked
    return settings.exception === 'reject' ? Outcome.midstreamReject : Outcome.midstreamDrop
  }
  const fin = segment.has(Tcp.fin)
  if (settings.pickUp && !segment.has(Tcp.rst) && (!fin || segment.length > 0)) {
    pickUp(words, base, segment)
    return Outcome.forward
  }
  return fin && settings.finErrorAfterPolicy ? Outcome.streamError : Outcome.forward
}

function pickUp(words: Int32Array, base: number, segment: Segment): void {
  const synAck = segment.has(Tcp.syn) && !segment.has(Tcp.fin)
  if (segment.toServer === synAck) {
    words[base] = (words[base] ?? 0) ^ Flag.flipped
    segment.toServer = !segment.toServer
  }
  if (synAck) pickUpSynAck(words, base, segment)
  else pickUpMidway(words, base, segment)
}

/** The sender is taken for the client, the session for established, and both scales for the largest. */
function pickUpMidway(words: Int32Array, base: number, segment: Segment): void {
  const client = base + CLIENT
  const server = base + SERVER
  const fin = segment.has(Tcp.fin)
  let head = withState(words[base] ?? 0, fin ? State.finWait1 : State.established)
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
