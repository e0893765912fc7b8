import { u16 } from '../wire/bytes.ts'
import type { Conversation } from './conversations/conversation.test.ts'

/** A packet about which the engine and a real one do not agree. */
export interface Disagreement {
  readonly conversation: Conversation
  /** Of the packet, in the conversation. */
  readonly index: number
  /** `forward`, `drop stream error`, … */
  readonly ours: string
  readonly theirs: string
}

/** A line of docs/differences.md. */
export interface Difference {
  readonly id: string
  readonly realEngine: string
  readonly covers: (disagreement: Disagreement) => boolean
}

const SURICATA = 'Suricata 7.0.10'
const LINUX = 'Linux 6.18'
/** SCTP, UDP-Lite, GRE's version 1, and an ICMP error that quotes them, as lines of random datagrams. */
const LOOKED_INTO = /protocol (132|136|47 ...1)/
/** TCP behind an authentication header, or over IPv4 that records its route. */
const NO_RESET = /TCP .* behind (51|option 7)$/
/** Behind headers of mobility, host identity or shim6. */
const NOT_BEHIND = /behind (135|139|140)\b/
/** Recordings of applications that Suricata recognises. */
const KNOWN = /^(dns|ftp|http|postgres|redis|ssh|tls13|vlan-http)/
/** Data of one side that says all that there is to say about an application that is not known, on any port. */
const TELLING = 64
/** Nanoseconds of silence that end a session of Suricata's, after which it is picked up midway or not at all. */
const SESSION = 600e9
/** Ports of DNS, HTTP and PostgreSQL, on which Suricata looks at what a server says first for longer. */
const LOOKED_AT: ReadonlySet<number> = new Set([53, 80, 5432])

export const DIFFERENCES: readonly Difference[] = [
  {
    id: 'application-known',
    realEngine: SURICATA,
    covers: (disagreement) =>
      isOfStream(disagreement) && KNOWN.test(disagreement.conversation.recording ?? ''),
  },
  {
    id: 'application-moment',
    realEngine: SURICATA,
    covers: (disagreement) => {
      const { conversation, index } = disagreement
      if (!isOfStream(disagreement) || conversation.recording !== undefined) return false
      const near = [true, false].some((way) => isNearTelling(conversation, index, way))
      if (near || isFirstSinceOther(conversation, index)) return true
      if (!isNeverGivenUp(conversation, index)) return false
      return isDataOfClient(conversation, index) || isResetBelieved(disagreement)
    },
  },
  {
    id: 'protocols-looked-into',
    realEngine: LINUX,
    covers: ({ conversation, index, ours, theirs }) =>
      ours === 'forward' && theirs === 'drop' && LOOKED_INTO.test(conversation.frames[index]?.line ?? ''),
  },
  {
    id: 'headers-between',
    realEngine: LINUX,
    covers: ({ conversation: { frames }, index, ours, theirs }) => {
      const unanswered = ours === 'reject' && theirs === 'drop'
      if (unanswered) return NO_RESET.test(frames[index]?.line ?? '')
      return frames.slice(0, index + 1).some(({ line }) => NOT_BEHIND.test(line))
    },
  },
]

/** One forwards what is an error of the stream to the other, after something that was not in order. */
function isOfStream({ conversation, index, ours, theirs }: Disagreement): boolean {
  const both = [ours, theirs].sort().join()
  return both === 'drop stream error,forward' && !isAllInOrder(conversation, index)
}

/** All packets of the conversation up to this one are in order, in a session that no silence has ended. */
export function isAllInOrder({ frames }: Conversation, index: number): boolean {
  return frames.slice(0, index + 1).every(({ kind, time }, at) => {
    return kind === 'in-order' || (kind === 'gap' && time - (frames[at - 1]?.time ?? 0) < SESSION)
  })
}

/** Line `application-known`, about a packet of a recording. */
export function isOfKnownApplication(recording: string, ours: string, theirs: string): boolean {
  return KNOWN.test(recording) && [ours, theirs].sort().join() === 'drop stream error,forward'
}

/** The other side has sent data since this side's last packet, so that this one is the first after it may have told all. */
function isFirstSinceOther(conversation: Conversation, index: number): boolean {
  const before = conversation.frames.slice(0, index)
  const own = before.findLastIndex(({ toServer }) => toServer === conversation.frames[index]?.toServer)
  return before.slice(own + 1).some(({ line }) => lengthOf(line) > 0)
}

/** The session was picked up on a packet of the server's, on a port where Suricata goes on looking. */
function isNeverGivenUp({ family, frames }: Conversation, index: number): boolean {
  const first = frames.findLast(
    ({ time }, at) => at <= index && (at === 0 || time - (frames[at - 1]?.time ?? 0) >= SESSION),
  )
  if (first === undefined || first.toServer) return false
  return LOOKED_AT.has(u16(first.bytes, 14 + (family === 'ipv6' ? 40 : 20)))
}

function isDataOfClient({ frames }: Conversation, index: number): boolean {
  const frame = frames[index]
  return frame?.toServer === true && lengthOf(frame.line) > 0
}

/** Suricata believes a RST that the engine finds wrong, since it goes on looking for gaps, too. */
function isResetBelieved({ conversation, index, theirs }: Disagreement): boolean {
  return theirs === 'forward' && /^[<>] RA? /.test(conversation.frames[index]?.line ?? '')
}

/** A side has said little, or has just begun to say more, by this packet. */
function isNearTelling(conversation: Conversation, index: number, way: boolean): boolean {
  const lengths = conversation.frames
    .slice(0, index + 1)
    .filter(({ toServer }) => toServer === way)
    .map(({ line }) => lengthOf(line))
  return lengths.slice(0, -2).reduce((sum, length) => sum + length, 0) < TELLING
}

function lengthOf(line: string): number {
  return Number(/len=(\d+)/.exec(line)?.[1] ?? 0)
}
