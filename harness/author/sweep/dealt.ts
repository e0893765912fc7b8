import type { Setup } from '../../model/setup.ts'
import type { SweepCell } from '../../model/sweep.ts'

/** A column of the reference, as another thread can be told of it. */
export interface DealtColumn {
  readonly column: number
  readonly setup: Setup
}

/** What two threads play side by side; each takes the next column when it is done with one. */
export interface Dealt {
  readonly capture: string
  readonly flow: number | undefined
  readonly breaks: readonly string[]
  readonly seed: number
  readonly columns: readonly DealtColumn[]
  /** Of one number, the index of the next column. */
  readonly next: Int32Array
}

/** A column that a thread has played, by `Sweeping.take`. */
export interface PlayedColumn {
  readonly column: number
  readonly cells: readonly (readonly [broken: number, packet: number, cell: SweepCell])[]
}

/** Columns for this thread, each given to one thread only. */
export function* dealtColumns({ columns, next }: Dealt): Generator<DealtColumn> {
  for (;;) {
    const column = columns[Atomics.add(next, 0, 1)]
    if (column === undefined) return
    yield column
  }
}

/** A number that threads share. */
export function sharedNumber(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}
