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
/** Recordings of applications that Suricata recognises. */
const KNOWN = /^(dns|ftp|http|postgres|redis|ssh|tls13|vlan-http)/
/** Nanoseconds of silence that end a session of Suricata's, after which it is picked up midway or not at all. */
const SESSION = 600e9
/** Ports of NFS and PostgreSQL, and so many bytes of the server tell there whatever they are. */
const BY_CONTENT: ReadonlySet<number> = new Set([2049, 5432])
const TELLING_THERE = 17

export const DIFFERENCES: readonly Difference[] = [
  {
    id: 'application-known',
    realEngine: SURICATA,
    covers: (disagreement) =>
      isOfStream(disagreement) && KNOWN.test(disagreement.conversation.recording ?? ''),
  },
  {
    id: 'application-bytes',
    realEngine: SURICATA,
    covers: (disagreement) => {
      const { conversation, index, ours } = disagreement
      if (!isOfStream(disagreement) || conversation.recording !== undefined) return false
      return ours !== 'forward' && isByContent(conversation, index)
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

/** The server has said little by this packet, on a port where that may tell or not. */
function isByContent({ family, frames }: Conversation, index: number): boolean {
  const before = frames.slice(0, index + 1)
  const first = before.find(({ toServer }) => toServer)
  if (first === undefined || !BY_CONTENT.has(u16(first.bytes, 16 + (family === 'ipv6' ? 40 : 20))))
    return false
  const lengths = before.filter(({ toServer }) => !toServer).map(({ line }) => lengthOf(line))
  return lengths.slice(0, -1).reduce((sum, length) => sum + length, 0) < TELLING_THERE
}

function lengthOf(line: string): number {
  return Number(/len=(\d+)/.exec(line)?.[1] ?? 0)
}
