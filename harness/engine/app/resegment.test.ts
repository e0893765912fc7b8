import { Kind, Link, Tcp } from '../../model/codes.ts'
import { dissect } from '../../wire/dissect.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'

type Roll = (sides: number) => number

/** Where a frame's TCP payload is; undefined for what has none. */
function payloadOf(bytes: Uint8Array): { l3: number; l4: number; from: number; length: number } | undefined {
  const { kind, l3, l4, payload } = dissect(bytes, Link.ethernet)
  if ((kind !== Kind.tcp4 && kind !== Kind.tcp6) || payload === 0) return undefined
  return { l3, l4, from: l4 + (((bytes[l4 + 12] ?? 0) >> 4) << 2), length: payload }
}

/** The frame with only the bytes `from` … `to`-1 of its payload, at their place in the sequence. Checksums stay as they are. */
export function segmentOf(frame: OracleFrame, from: number, to: number): OracleFrame {
  const at = payloadOf(frame.bytes)
  if (at === undefined) return frame
  const bytes = new Uint8Array(at.from + to - from)
  bytes.set(frame.bytes.subarray(0, at.from))
  bytes.set(frame.bytes.subarray(at.from + from, at.from + to), at.from)
  const view = new DataView(bytes.buffer)
  view.setUint32(at.l4 + 4, view.getUint32(at.l4 + 4) + from)
  const isLast = to === at.length
  if (!isLast) view.setUint8(at.l4 + 13, view.getUint8(at.l4 + 13) & ~(Tcp.fin | Tcp.psh))
  if ((bytes[at.l3] ?? 0) >> 4 === 6) view.setUint16(at.l3 + 4, bytes.length - at.l3 - 40)
  else view.setUint16(at.l3 + 2, bytes.length - at.l3)
  return { time: frame.time, bytes }
}

/** Every payload in segments of `size` bytes, of which the first `limit` bytes only are cut so small. */
export function cutSmall(frames: readonly OracleFrame[], size: number, limit: number): OracleFrame[] {
  return frames.flatMap((frame) => {
    const at = payloadOf(frame.bytes)
    if (at === undefined) return [frame]
    const pieces: OracleFrame[] = []
    for (let from = 0; from < at.length; ) {
      const to = from < limit ? Math.min(at.length, from + size) : at.length
      pieces.push(segmentOf(frame, from, to))
      from = to
    }
    return pieces
  })
}

/** Segments that follow each other in one direction, in another order. Times stay in order. */
export function shuffleRuns(frames: readonly OracleFrame[], roll: Roll): OracleFrame[] {
  const result: OracleFrame[] = []
  let run: OracleFrame[] = []
  let from = ''
  const flush = () => {
    const times = run.map(({ time }) => time)
    for (let i = run.length - 1; i > 0; i--) {
      const j = roll(i + 1)
      const [a, b] = [run[i], run[j]]
      if (a === undefined || b === undefined) continue
      run[i] = b
      run[j] = a
    }
    result.push(...run.map(({ bytes }, i) => ({ time: times[i] ?? 0, bytes })))
    run = []
  }
  for (const frame of frames) {
    const sender = payloadOf(frame.bytes) === undefined ? '' : String(frame.bytes.subarray(6, 12))
    if (sender === '' || sender !== from) flush()
    from = sender
    if (sender === '') result.push(frame)
    else run.push(frame)
  }
  flush()
  return result
}

/** Some segments once more, whole or in part, some of them with other bytes than before, right after or later. */
export function repeatSome(frames: readonly OracleFrame[], roll: Roll): OracleFrame[] {
  const result: OracleFrame[] = []
  const waiting: OracleFrame[] = []
  for (const frame of frames) {
    result.push(frame)
    const at = payloadOf(frame.bytes)
    if (at !== undefined && roll(3) === 0) {
      const from = roll(at.length)
      const copy = segmentOf(frame, from, from + 1 + roll(at.length - from))
      if (roll(2) === 0) copy.bytes.fill(88, copy.bytes.length - 1)
      if (roll(2) === 0) result.push(copy)
      else waiting.push(copy)
    }
    const late = roll(3) === 0 ? waiting.shift() : undefined
    if (late !== undefined) result.push({ time: frame.time, bytes: late.bytes })
  }
  return result
}

/** Without some of the segments that carry data. */
export function loseSome(frames: readonly OracleFrame[], roll: Roll): OracleFrame[] {
  return frames.filter(({ bytes }) => payloadOf(bytes) === undefined || roll(5) > 0)
}
