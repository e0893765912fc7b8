import { Kind, Link, Tcp } from '../../model/codes.ts'
import { dissect } from '../../wire/dissect.ts'
import { readRecorded } from '../oracle-cases.test.ts'
import type { Conversation, ConversationFrame, FrameClass } from './conversation.test.ts'
import { chance, dice, pick, type Roll } from './random.test.ts'

const FLAGS = [
  Tcp.syn,
  Tcp.syn | Tcp.ack,
  Tcp.ack,
  Tcp.ack | Tcp.psh,
  Tcp.fin,
  Tcp.fin | Tcp.ack,
  Tcp.rst,
  Tcp.rst | Tcp.ack,
  0,
  Tcp.psh | Tcp.urg,
  Tcp.syn | Tcp.fin,
] as const
const OFFSETS = [-1, 1, -2, 2, 100, -100, 70_000, -70_000, 1 << 20, 1 << 30, -(1 << 30)] as const
const GAPS = [10, 59, 60, 61, 62, 299, 300, 301, 599, 600, 601, 602] as const
const WINDOWS = [0, 1, 100, 65_535] as const

/** A recording with a few random things done to it: packets lost, repeated, exchanged, late, or with other TCP numbers and flags. */
export function breakRecording(name: string, seed: number, index: number): Conversation {
  const roll = dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  const recorded = readRecorded(name).map((frame, number) => recordedFrame(frame, number + 1))
  const from = chance(roll, 33) ? roll(recorded.length) : 0
  let frames = recorded.slice(from)
  if (from > 0) mark(frames, from, 'overlap', from)
  for (let count = 1 + roll(5); count > 0; count--) frames = breakOnce(frames, roll)
  const none = new Uint8Array(0)
  const family = name.includes('ipv6') ? 'ipv6' : 'ipv4'
  const ends = { client: none, server: none }
  return { index, family, protocol: 'tcp', ...ends, frames: inOrderOfTime(frames), recording: name }
}

function recordedFrame(
  { time, bytes }: { time: number; bytes: Uint8Array },
  number: number,
): ConversationFrame {
  const { kind, l4, flags, payload } = dissect(bytes, Link.ethernet)
  const tcp = kind === Kind.tcp4 || kind === Kind.tcp6
  const port = l4 >= 0 ? new DataView(bytes.buffer, bytes.byteOffset).getUint16(l4) : 0
  const line = `${port > 30_000 ? '>' : '<'} recorded packet ${number}${tcp ? ` flags=${flags}` : ''} len=${payload}`
  return { time, bytes, kind: 'in-order', toServer: port > 30_000, line }
}

function breakOnce(frames: ConversationFrame[], roll: Roll): ConversationFrame[] {
  const result = frames.slice()
  const at = roll(result.length)
  const frame = result[at]
  if (frame === undefined) return result
  const kind = roll(8)
  if (kind === 0) mark(result, at + 1, 'overlap', result.splice(at, 1).length)
  else if (kind === 1) result.splice(at + 1 + roll(result.length - at), 0, { ...frame, kind: 'overlap' })
  else if (kind === 2)
    result.splice(
      at,
      2,
      ...result
        .slice(at, at + 2)
        .reverse()
        .map(overlapping),
    )
  else if (kind === 3) return late(result, at, gapBefore(frame, pick(roll, GAPS)) * 1e9)
  else result[at] = changeTcp(frame, roll)
  return result
}

/** The packet after one that was lost is not what was expected. */
function mark(frames: ConversationFrame[], at: number, kind: FrameClass, lost: number): void {
  const frame = frames[at - lost]
  if (frame !== undefined) frames[at - lost] = { ...frame, kind }
}

function overlapping(frame: ConversationFrame): ConversationFrame {
  return { ...frame, kind: 'overlap' }
}

/** Suricata gives datagrams up by a thread of its own, some time after they are due: none is left open for as long, in seconds. */
const OPEN = 59

function gapBefore({ bytes }: ConversationFrame, gap: number): number {
  const { kind } = dissect(bytes, Link.ethernet)
  return kind === Kind.fragment4 || kind === Kind.fragment6 ? Math.min(gap, OPEN) : gap
}

function late(frames: readonly ConversationFrame[], from: number, by: number): ConversationFrame[] {
  return frames.map((frame, index) => {
    if (index < from) return frame
    return {
      ...frame,
      time: frame.time + by,
      kind: index === from && frame.kind === 'in-order' ? 'gap' : frame.kind,
    }
  })
}

/** Times never go back: a frame that was moved takes the time of the one before it. */
function inOrderOfTime(frames: readonly ConversationFrame[]): ConversationFrame[] {
  let last = 0
  return frames.map((frame) => {
    last = Math.max(last, frame.time)
    return { ...frame, time: last }
  })
}

function changeTcp(frame: ConversationFrame, roll: Roll): ConversationFrame {
  const { l4, l3 } = dissect(frame.bytes, Link.ethernet)
  const protocol = (frame.bytes[l3] ?? 0) >> 4 === 6 ? frame.bytes[l3 + 6] : frame.bytes[l3 + 9]
  if (l4 < 0 || protocol !== 6) return frame
  const bytes = frame.bytes.slice()
  const view = new DataView(bytes.buffer)
  const shift = (at: number) => view.setUint32(at, view.getUint32(at) + pick(roll, OFFSETS))
  const changed = (kind: FrameClass, what: string) => ({
    ...frame,
    bytes,
    kind,
    line: `${frame.line} (${what})`,
  })
  const what = roll(5)
  if (what === 0) shift(l4 + 4)
  else if (what === 1) shift(l4 + 8)
  else if (what === 2) bytes[l4 + 13] = pick(roll, FLAGS)
  else if (what === 3) view.setUint16(l4 + 14, pick(roll, WINDOWS))
  else if (view.getUint32(l4 + 20) === 0x0101080a) shift(l4 + 24)
  else return frame
  return changed(
    CHANGES[what] ?? 'odd-flags',
    `${view.getUint32(l4 + 4)} ${view.getUint32(l4 + 8)} ${bytes[l4 + 13]}`,
  )
}

const CHANGES: readonly FrameClass[] = ['out-of-window', 'bad-ack', 'odd-flags', 'probe', 'timestamp']
