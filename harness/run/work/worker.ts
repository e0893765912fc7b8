import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Doing } from '../watch/watch.ts'
import { SharedBlocks } from './blocks.ts'
import { type Lot, type LotPlayer, type TakeLotEvent, WORKER_LOST } from './lot.ts'
import type { Failed, FromWorker, PlayedName, ToWorker, WorkerPort, WorkerRun } from './messages.ts'
import { OpenSessions } from './open-sessions.ts'
import { LotPacker } from './parcel.ts'
import { unpackPart } from './told.ts'

/** A thread or a process of a worker, once it was started. */
export interface WorkerHandle extends WorkerPort<ToWorker, FromWorker> {
  /** Its name in messages: `thread 3`, `process 4711`. */
  readonly name: string
  /** Resolves when it is gone, with how it ended. */
  readonly gone: Promise<string>
  /** Ends it at once. */
  kill(): void
}

/** How long a worker may take to stop playing, and then to take everything down. */
const LEAVING_MS = 30_000

interface Pending {
  readonly lot: Lot
  readonly take: TakeLotEvent
  readonly end: (failure?: FlowbreakError) => void
}

/** The run's end of a worker, which is started again for the next lot if it was lost. */
export class Worker implements AsyncDisposable {
  readonly #start: () => WorkerHandle
  readonly #plays: WorkerRun['plays']
  #run: WorkerRun | undefined
  readonly #told: (doing: Doing) => void
  readonly #sessions: OpenSessions
  readonly #pending = new Map<number, Pending>()
  #handle: WorkerHandle | undefined
  /** For the current handle, as `#shared`. */
  #packer = new LotPacker()
  #shared = new SharedBlocks()
  #leaving: Promise<void> | undefined
  #next = 0
  #isAborted = false

  /** `plays`: as in `WorkerRun`. `told`: takes its losses, and what its targets do. */
  constructor(
    start: () => WorkerHandle,
    plays: readonly (readonly PlayedName[])[],
    told: (doing: Doing) => void,
  ) {
    this.#start = start
    this.#plays = plays
    this.#told = told
    this.#sessions = new OpenSessions(told)
  }

  /** Gives it its run, before it is asked to play; `captures`: those that it may share, if it is a thread. */
  assign(run: Omit<WorkerRun, 'plays' | 'captures'>, captures: WorkerRun['captures'] = []): void {
    this.#run = { ...run, plays: this.#plays, captures }
    this.#handle?.post({ type: 'run', run: this.#run })
  }

  /** A player for each of the worker's groups of targets. */
  get players(): readonly LotPlayer[] {
    return this.#plays.map((targets) => ({
      targets: targets.map(({ name }) => name),
      play: (lot, signal, take) => this.play(lot, signal, take),
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    }))
  }

  /** Starts the worker if it is not running: some time before it is needed. */
  begin(): WorkerHandle {
    if (this.#handle !== undefined) return this.#handle
    const handle = this.#start()
    this.#handle = handle
    this.#packer = new LotPacker()
    this.#shared = new SharedBlocks()
    handle.listen((message) => this.#take(handle, message))
    handle.gone.then((how) => {
      this.#sessions.gone()
      if (this.#handle !== handle) return
      this.#handle = undefined
      this.#told({ kind: 'worker-lost', worker: handle.name, problem: how })
      this.#endAll(
        new FlowbreakError(WORKER_LOST, `The worker that played it is gone (${handle.name}: ${how}).`, {
          exitCode: ExitCode.broken,
        }),
      )
    })
    if (this.#run !== undefined) handle.post({ type: 'run', run: this.#run })
    return handle
  }

  async play(lot: Lot, signal: AbortSignal, take: TakeLotEvent): Promise<void> {
    if (signal.aborted) return
    const handle = this.begin()
    const id = this.#next++
    const abort = (): void => this.#abort(handle)
    signal.addEventListener('abort', abort, { once: true })
    try {
      const failure = await new Promise<FlowbreakError | undefined>((resolve) => {
        this.#pending.set(id, { lot, take, end: resolve })
        handle.post({ type: 'play', id, lot: this.#packer.pack(lot) })
      })
      if (failure !== undefined) throw failure
    } finally {
      signal.removeEventListener('abort', abort)
      this.#pending.delete(id)
    }
  }

  /** Lets it take everything down and waits for that; further calls wait for the same. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    const handle = this.#handle
    if (handle === undefined) return
    this.#handle = undefined
    handle.post({ type: 'end' })
    const timer = setTimeout(() => handle.kill(), LEAVING_MS)
    await handle.gone
    clearTimeout(timer)
  }

  /** Makes it stop playing all lots, because all of a run has one signal. A worker that does not stop is killed. */
  #abort(handle: WorkerHandle): void {
    if (this.#isAborted) return
    this.#isAborted = true
    handle.post({ type: 'abort' })
    const timer = setTimeout(() => handle.kill(), LEAVING_MS)
    handle.gone.then(() => clearTimeout(timer))
    timer.unref()
  }

  #take(handle: WorkerHandle, message: FromWorker): void {
    if (message.type === 'failed') {
      this.#endAll(errorOf(message.failed))
      return
    }
    if (message.type === 'doing') {
      this.#sessions.told(message.doing)
      return
    }
    const pending = this.#pending.get(message.id)
    if (pending === undefined) return
    if (message.type === 'played') {
      pending.end(message.failed === undefined ? undefined : errorOf(message.failed))
      return
    }
    try {
      const { told, block } = message.part
      const lines = this.#shared.linesOf(message.part)
      for (const [event, line] of unpackPart(told, lines, pending.lot)) pending.take(event, line)
      handle.post({ type: 'taken', bytes: lines.length, block })
    } catch (thrown) {
      // The log takes no more.
      pending.end(thrown as FlowbreakError)
    }
  }

  #endAll(failure: FlowbreakError): void {
    for (const { end } of [...this.#pending.values()]) end(failure)
  }
}

function errorOf({ code, message, exitCode }: Failed): FlowbreakError {
  return new FlowbreakError(code as `ERR_${string}`, message, { exitCode: exitCode as ExitCode })
}
