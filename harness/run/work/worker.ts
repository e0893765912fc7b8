import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Doing } from '../watch/watch.ts'
import { type Lot, type LotPlayer, type TakeLotEvent, WORKER_LOST } from './lot.ts'
import type { Failed, FromWorker, ToWorker, WorkerPort, WorkerRun } from './messages.ts'
import { OpenSessions } from './open-sessions.ts'

/** A thread or a process of a worker, once it was begun. */
export interface WorkerHandle extends WorkerPort<ToWorker, FromWorker> {
  /** What it is, for messages: `thread 3`, `process 4711`. */
  readonly name: string
  /** Settles when it is gone, with how it ended. */
  readonly gone: Promise<string>
  /** Ends it at once. */
  kill(): void
}

/** How long a worker may take to give up what it plays, and then to take everything down. */
const LEAVING_MS = 30_000

interface Pending {
  readonly take: TakeLotEvent
  readonly end: (failure?: FlowbreakError) => void
}

/** The run's end of a worker: it is begun anew for the next lot once it was lost. */
export class Worker implements AsyncDisposable {
  readonly #start: () => WorkerHandle
  readonly #run: WorkerRun
  readonly #told: (doing: Doing) => void
  readonly #sessions: OpenSessions
  readonly #pending = new Map<number, Pending>()
  #handle: WorkerHandle | undefined
  #next = 0
  #isAborted = false

  /** `told`: of its losses, and of what its targets do. */
  constructor(start: () => WorkerHandle, run: WorkerRun, told: (doing: Doing) => void) {
    this.#start = start
    this.#run = run
    this.#told = told
    this.#sessions = new OpenSessions(told)
  }

  /** A player for each of the worker's groups of targets. */
  get players(): readonly LotPlayer[] {
    return this.#run.plays.map((targets) => ({
      targets: targets.map(({ name }) => name),
      play: (lot, signal, take) => this.play(lot, signal, take),
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    }))
  }

  /** Begins the worker, if it is not there: a while before it is needed. */
  begin(): WorkerHandle {
    if (this.#handle !== undefined) return this.#handle
    const handle = this.#start()
    this.#handle = handle
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
    handle.post({ type: 'run', run: this.#run })
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
        this.#pending.set(id, { take, end: resolve })
        handle.post({ type: 'play', id, lot })
      })
      if (failure !== undefined) throw failure
    } finally {
      signal.removeEventListener('abort', abort)
      this.#pending.delete(id)
    }
  }

  /** Lets it take everything down and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    const handle = this.#handle
    if (handle === undefined) return
    this.#handle = undefined
    handle.post({ type: 'end' })
    const timer = setTimeout(() => handle.kill(), LEAVING_MS)
    await handle.gone
    clearTimeout(timer)
  }

  /** It gives up all lots, as there is one signal for all of a run. One that does not is killed. */
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
      for (const { event, line } of message.told) pending.take(event, line)
      handle.post({ type: 'taken', characters: message.characters })
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
