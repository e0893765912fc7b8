import type { Nanos } from '../../model/batch.ts'
import { Direction } from '../../model/codes.ts'
import type { ComparedCell, ComparedRow, Told } from '../../model/comparison.ts'
import type { ColumnRecorder, SentAlone } from './recorder.ts'
import type { Steps } from './steps.ts'

const NOBODY: readonly Told[] = []

/**
 * Aligns replays in the order of offering: a row is one packet at one time, whichever replays offered it. Replays offer different
 * packets if endpoints are reactive, or if profiles read a capture in different ways.
 */
export function* alignRows(columns: readonly ColumnRecorder[]): Generator<ComparedRow> {
  const heads = columns.map((column) => new Head(column))
  let zero: Nanos | undefined
  for (;;) {
    let first: Head | undefined
    for (const head of heads) if (!head.ended && (first === undefined || head.time < first.time)) first = head
    if (first === undefined) return
    zero ??= first.time
    const joined = heads.map((head) => head.isAt(first))
    yield first.row(
      zero,
      heads.map((head, index) => (joined[index] === true ? head.cell() : undefined)),
    )
    for (const [index, head] of heads.entries()) if (joined[index] === true) head.next()
  }
}

/** The current position in one replay: a packet, or something emitted before it without a causing packet. */
class Head {
  readonly #column: ColumnRecorder
  #n = 0
  #nextAlone = 0
  #alone: SentAlone | undefined
  #steps: Steps
  #at = 0
  ended = false
  time: Nanos = 0

  constructor(column: ColumnRecorder) {
    this.#column = column
    this.#steps = column.own
    this.#settle()
  }

  next(): void {
    if (this.#alone === undefined) this.#n++
    else this.#nextAlone++
    this.#settle()
  }

  /** Whether the current positions of both show the same. */
  isAt(other: Head): boolean {
    if (this === other) return true
    if (this.ended || this.time !== other.time) return false
    if (this.#alone !== undefined || other.#alone !== undefined)
      return this.#alone?.to === other.#alone?.to && this.#alone?.flow === other.#alone?.flow
    const [mine, m, theirs, t] = [this.#steps, this.#at, other.#steps, other.#at]
    if (mine === theirs && m === t) return true
    // Recorded packets are compared by number: the number of their flow depends on how the capture is read.
    return (
      mine.number[m] === theirs.number[t] &&
      mine.flags[m] === theirs.flags[t] &&
      mine.seq[m] === theirs.seq[t] &&
      mine.payload[m] === theirs.payload[t] &&
      (mine.number[m] !== 0 || mine.direction[m] === theirs.direction[t])
    )
  }

  row(zero: Nanos, cells: ComparedRow['cells']): ComparedRow {
    const steps = this.#steps
    const at = this.#at
    const time = this.time - zero
    const phase = this.#column.phases[steps.phase[at] ?? 0] ?? ''
    const alone = this.#alone
    if (alone !== undefined) {
      const direction = alone.to === 'client' ? Direction.s2c : Direction.c2s
      const { flow } = alone
      return { packet: -1, time, flow, direction, phase, kind: 0, flags: 0, payload: 0, seq: 0, cells }
    }
    return {
      packet: steps.number[at] ?? 0,
      time,
      flow: steps.flow[at] ?? -1,
      direction: steps.direction[at] ?? 0,
      phase,
      kind: steps.kind[at] ?? 0,
      flags: steps.flags[at] ?? 0,
      payload: steps.payload[at] ?? 0,
      seq: steps.seq[at] ?? 0,
      cells,
    }
  }

  cell(): ComparedCell {
    const alone = this.#alone
    if (alone !== undefined) return { verdict: undefined, by: alone.by, reason: 0, told: [alone] }
    const column = this.#column
    const n = this.#n
    return {
      verdict: column.verdict(n),
      by: column.by(n),
      reason: column.reason(n),
      told: column.told.get(n) ?? NOBODY,
    }
  }

  #settle(): void {
    const column = this.#column
    const alone = column.alone[this.#nextAlone]
    this.#alone = alone !== undefined && alone.before <= this.#n ? alone : undefined
    this.ended = this.#alone === undefined && this.#n >= column.count
    if (this.#n < column.count) {
      const { steps, at } = column.stepOf(this.#n)
      this.#steps = steps
      this.#at = at
    }
    this.time = this.#alone?.at ?? this.#steps.time[this.#at] ?? 0
  }
}
