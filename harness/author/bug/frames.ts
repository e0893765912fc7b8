import { NOT_RUN } from '../../grade/letters.ts'
import { Direction, Host } from '../../model/codes.ts'
import type { CaseTrace } from '../../model/run-log.ts'
import type { Recorded } from '../../timeline/recorded.ts'

export interface ArmFrame {
  /** Nanoseconds since the first packet of the case. */
  readonly at: number
  readonly frame: Uint8Array
}

/** What went into an arm of a host and what came out of it, in order of time. */
export interface Arm {
  readonly host: string
  readonly side: 'client' | 'server'
  readonly sent: readonly ArmFrame[]
  readonly seen: readonly ArmFrame[]
}

export interface CaseFrames {
  readonly arms: readonly Arm[]
  /** Zero of the times, in nanoseconds since 1970. */
  readonly epoch: bigint
  /** `Link` code of all frames. */
  readonly link: number
  /** Packets that were offered and are not in the capture, since an injection made them: indices into the trace. */
  readonly made: readonly number[]
  /**
   * Where they are from: the case's capture and its verdicts; what was offered to a target without wires, and what it emitted; or what
   * was on the wires.
   */
  readonly source: 'capture' | 'offered' | 'wires'
}

const SIDES = ['client', 'server'] as const

/**
 * The frames of a case by arm of each host, from its capture and what was observed: what was sent is what was recorded, at the times
 * of the timeline; what was seen is what was observed to be forwarded, as it was recorded.
 */
export function framesOf(trace: CaseTrace, recorded: Recorded): CaseFrames {
  const { batch } = recorded
  const rows = new Map<number, number>()
  for (let row = 0; row < batch.count; row++) rows.set(batch.number[row] ?? 0, row)
  const arms = new Map<number, { sent: ArmFrame[]; seen: ArmFrame[] }>()
  const armOf = (key: number) => {
    const arm = arms.get(key) ?? { sent: [], seen: [] }
    arms.set(key, arm)
    return arm
  }
  const made: number[] = []
  for (let index = 0; index < trace.number.length; index++) {
    const host = trace.host[index] ?? Host.unknown
    if (host >= Host.unknown || trace.verdict[index] === NOT_RUN) continue
    const row = rows.get(trace.number[index] ?? 0)
    if (row === undefined) {
      made.push(index)
      continue
    }
    const entry = { at: (trace.time[index] ?? 0) * 1000, frame: batch.copyFrame(row) }
    const direction = trace.direction[index] === '<' ? Direction.s2c : Direction.c2s
    armOf(host * 2 + direction).sent.push(entry)
    if (trace.verdict[index] === 'f') armOf(host * 2 + (direction ^ 1)).seen.push(entry)
  }
  return {
    arms: [...arms]
      .sort(([a], [b]) => a - b)
      .map(([key, { sent, seen }]) => ({
        host: trace.hosts[key >> 1] ?? `host-${key >> 1}`,
        side: SIDES[key & 1] ?? 'client',
        sent,
        seen,
      })),
    epoch: recorded.epoch,
    link: batch.link[0] ?? 0,
    made,
    source: 'capture',
  }
}
