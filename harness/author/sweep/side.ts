import { Worker } from 'node:worker_threads'
import type { Dealt, DealtColumn, PlayedColumn } from './dealt.ts'
import { SIDE_THREAD } from './side-path.ts'

/** A thread that plays columns of a sweep beside this one. */
export class Side {
  readonly #dealt: Dealt
  readonly #played = new Set<number>()
  readonly #gone: Promise<void>

  /** `take`: what it played. Ends at once when the signal is aborted. */
  constructor(
    dealt: Dealt,
    take: (played: PlayedColumn) => void,
    signal: AbortSignal,
    program: string | URL = SIDE_THREAD,
  ) {
    this.#dealt = dealt
    const thread = new Worker(program, { workerData: dealt })
    const end = () => void thread.terminate()
    signal.addEventListener('abort', end, { once: true })
    thread.on('message', (played: PlayedColumn) => {
      this.#played.add(played.column)
      take(played)
    })
    // What it broke by is found out by who plays its column again.
    thread.on('error', () => undefined)
    this.#gone = new Promise((resolve) =>
      thread.once('exit', () => {
        signal.removeEventListener('abort', end)
        resolve()
      }),
    )
  }

  /** Columns that neither it nor, as `own` tells, this thread has played, once it has ended. */
  async unplayed(own: ReadonlySet<number>): Promise<readonly DealtColumn[]> {
    await this.#gone
    return this.#dealt.columns.filter(({ column }) => !own.has(column) && !this.#played.has(column))
  }
}
