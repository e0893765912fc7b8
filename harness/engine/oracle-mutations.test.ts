import { Kind, Link, Tcp } from '../model/codes.ts'
import { dissect } from '../wire/dissect.ts'
import type { Roll } from './conversations/random.test.ts'
import type { OracleFrame } from './oracle-suricata.test.ts'

const SMALL = 100_000_000
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
const GAPS = [10, 59, 60, 61, 62, 300, 349, 350, 351, 352, 400] as const

/** The frames with `count` random things done to them: lost, repeated, exchanged, late, or with other TCP numbers and flags. */
export function mutate(frames: readonly OracleFrame[], count: number, roll: Roll): OracleFrame[] {
  let result = frames.slice()
  for (let n = 0; n < count; n++) {
    const at = roll(result.length)
    const frame = result[at]
    if (frame === undefined) break
    const kind = roll(8)
    if (kind === 0) result.splice(at, 1)
    else if (kind === 1) result.splice(at + 1 + roll(result.length - at), 0, frame)
    else if (kind === 2) result.splice(at, 2, ...result.slice(at, at + 2).reverse())
    else if (kind === 3) result = late(result, at, (GAPS[roll(GAPS.length)] ?? 0) * 1e9)
    else result[at] = { time: frame.time, bytes: changeTcp(frame.bytes, roll) }
  }
  return inOrderOfTime(result)
}

/**
 * The same conversation with both initial sequence numbers small. Suricata compares with numbers that it has not learned yet
 * as if they were 0, so that what it does about data of a server that has not answered depends on the half of the number
 * space in which that server's numbers lie; the engine does not, and the comparison is made where they agree.
 */
export function rebased(frames: readonly OracleFrame[]): OracleFrame[] {
  const firsts = new Map<number, number>()
  const changed: OracleFrame[] = []
  for (const { time, bytes } of frames) {
    const { kind, l4 } = dissect(bytes, Link.ethernet)
    const copy = bytes.slice()
    changed.push({ time, bytes: copy })
    if (kind !== Kind.tcp4 && kind !== Kind.tcp6) continue
    const view = new DataView(copy.buffer)
    const port = view.getUint16(l4)
    const peer = view.getUint16(l4 + 2)
    const seq = view.getUint32(l4 + 4)
    const ack = view.getUint32(l4 + 8)
    if (!firsts.has(port)) firsts.set(port, seq)
    if (!firsts.has(peer) && ack !== 0) firsts.set(peer, ack - 1)
    view.setUint32(l4 + 4, seq - (firsts.get(port) ?? 0) + SMALL)
    if (ack !== 0) view.setUint32(l4 + 8, ack - (firsts.get(peer) ?? 0) + SMALL)
  }
  return changed
}

function late(frames: readonly OracleFrame[], from: number, by: number): OracleFrame[] {
  return frames.map(({ time, bytes }, index) => ({ time: index < from ? time : time + by, bytes }))
}

/** Times never go back: a frame that was moved takes the time of the one before it. */
function inOrderOfTime(frames: readonly OracleFrame[]): OracleFrame[] {
  let last = 0
  return frames.map(({ time, bytes }) => {
    last = Math.max(last, time)
    return { time: last, bytes }
  })
}

function changeTcp(frame: Uint8Array, roll: Roll): Uint8Array {
  const { l4, l3 } = dissect(frame, Link.ethernet)
  const protocol = (frame[l3] ?? 0) >> 4 === 6 ? frame[l3 + 6] : frame[l3 + 9]
  if (l4 < 0 || protocol !== 6) return frame
  const bytes = frame.slice()
  const view = new DataView(bytes.buffer)
  const shift = (at: number) => view.setUint32(at, view.getUint32(at) + (OFFSETS[roll(OFFSETS.length)] ?? 0))
  const what = roll(5)
  if (what === 0) shift(l4 + 4)
  else if (what === 1) shift(l4 + 8)
  else if (what === 2) bytes[l4 + 13] = FLAGS[roll(FLAGS.length)] ?? 0
  else if (what === 3) view.setUint16(l4 + 14, [0, 1, 100, 65_535][roll(4)] ?? 0)
  else if (view.getUint32(l4 + 20) === 0x0101080a) shift(l4 + 24)
  return bytes
}
