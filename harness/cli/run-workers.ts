import type { Target } from '../model/target.ts'
import type { Doing } from '../run/watch/watch.ts'
import { startProcess, startThread } from '../run/work/handles.ts'
import type { LotPlayer } from '../run/work/lot.ts'
import type { PlayedName, WorkerRun } from '../run/work/messages.ts'
import { Worker } from '../run/work/worker.ts'
import { RUN_WORKER } from './run-worker-path.ts'

/** The workers of a run on this machine. */
export class Crew implements AsyncDisposable {
  readonly #workers: readonly Worker[]
  /** Workers that are threads of this process, and share its memory. */
  readonly #threads: ReadonlySet<Worker>

  /**
   * `count` workers, started at once, so that they load while the run is planned; each gets its run by `assign`. Targets that threads can
   * share are played by threads, those that processes can share by processes; targets that cannot be shared are
   * distributed among processes, each of which drives its own side by side.
   * `told`: called with their number, lost workers, and what their targets do.
   */
  constructor(
    count: number,
    targets: readonly (PlayedName & Pick<Target, 'shared'>)[],
    told: (doing: Doing) => void,
  ) {
    const of = (kind: Target['shared']): readonly PlayedName[] =>
      targets.flatMap(({ asked, name, shared }) => (shared === kind ? [{ asked, name }] : []))
    const alone = of(undefined)
    const dealt = Array.from({ length: Math.min(count, alone.length) }, (_, at) =>
      alone.filter((_, index) => index % count === at).map((one) => [one]),
    )
    const each = (names: readonly PlayedName[]) =>
      names.length === 0 ? [] : Array.from({ length: count }, () => [names])
    const begun = [
      ...each(of('threads')).map((plays) => ({ plays, start: startThread })),
      ...each(of('processes')).map((plays) => ({ plays, start: startProcess })),
      ...dealt.map((plays) => ({ plays, start: startProcess })),
    ]
    this.#workers = begun.map(
      ({ plays, start }, worker) =>
        new Worker(
          () => start(RUN_WORKER),
          plays,
          (doing) => told(doing.kind === 'target-started' ? { ...doing, worker } : doing),
        ),
    )
    this.#threads = new Set(this.#workers.filter((_, at) => begun[at]?.start === startThread))
    for (const worker of this.#workers) worker.begin()
    told({ kind: 'workers', count: this.#workers.length })
  }

  /** Whether some of them can use captures in this process's memory. */
  get hasThreads(): boolean {
    return this.#threads.size > 0
  }

  /** Gives all workers their run, before any is asked to play, and threads the captures that were read for it. */
  assign(run: Parameters<Worker['assign']>[0], captures: WorkerRun['captures']): void {
    for (const worker of this.#workers) worker.assign(run, this.#threads.has(worker) ? captures : [])
  }

  get players(): readonly LotPlayer[] {
    return this.#workers.flatMap(({ players }) => players)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker[Symbol.asyncDispose]()))
  }
}

/** The workers of a run that asks for several; with one, the run's own process plays. */
export function crewOf(count = 1, ...rest: Tail<ConstructorParameters<typeof Crew>>): Crew | undefined {
  return count > 1 ? new Crew(count, ...rest) : undefined
}

type Tail<T extends readonly unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never
