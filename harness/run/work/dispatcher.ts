import { setMaxListeners } from 'node:events'
import type { LogLine } from '../../log/write.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'
import type { Doing } from '../watch/watch.ts'
import type { Entry, Lane } from './lane.ts'
import { Losses } from './losses.ts'
import { type LotEvent, type LotPlayer, WORKER_LOST, withoutDone } from './lot.ts'

/** Default of how many cases of one target may be handed out ahead of the log. */
const WINDOW = 4096
/** Default of how many characters or bytes of lines may be held back; beyond it only what the log waits for is handed out. */
const HELD = 64 << 20

export interface DispatchOptions {
  /** One for each target, in the order of targets in the log. */
  readonly lanes: readonly Lane[]
  readonly players: readonly LotPlayer[]
  /** Aborts the run; finished results are kept. */
  readonly signal: AbortSignal
  /** Cases of one target that may be ahead of the log; absent: 4096. */
  readonly window?: number
  /** Characters or bytes of lines of all targets that may be ahead of the log before fewer lots are handed out; absent: 64 Mi. */
  readonly held?: number
  /** Takes every event in the order of the plan. Returns whether the run must stop there: the current lot is its last. */
  readonly log: (event: LotEvent, line?: LogLine) => boolean
  /** Called with the lots being played, whenever they change. */
  readonly told?: ((doing: Doing) => void) | undefined
}

/**
 * Hands lots to players and logs their events in the order of the plan: target by target, lot by lot. Events that are ahead
 * of that order are held back, within limits; so the log does not depend on the number of players. A lot whose player is
 * lost is played again, from its first case without a result. Each case has exactly one result.
 */
export class Dispatcher {
  readonly #options: DispatchOptions
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** Events about targets that are in the log already; each is logged once. */
  readonly #told = new Set<string>()
  #lane = 0
  readonly #playing = new Set<Entry>()
  /** Characters or bytes of lines that are held back. */
  #ahead = 0
  #isStopping = false
  #waiting: (() => void)[] = []

  constructor(options: DispatchOptions) {
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal])
    // Each lot in play adds a listener, and there may be many.
    setMaxListeners(0, this.#signal)
    for (const { target } of options.lanes)
      if (!options.players.some((player) => takes(player, target)))
        throw new FlowbreakError('ERR_NOT_PLAYED', `No worker plays the lots of target ${target}.`)
  }

  /** Plays everything; returns whether the log stopped the run. Throws errors of players. */
  async run(): Promise<boolean> {
    const wake = () => this.#wake()
    this.#signal.addEventListener('abort', wake)
    const work = this.#options.players.flatMap((player) =>
      Array.from({ length: player.slots ?? 1 }, () => this.#work(player)),
    )
    const ended = await Promise.allSettled(work)
    this.#signal.removeEventListener('abort', wake)
    const failed = ended.find(({ status }) => status === 'rejected')
    if (!this.#isStopping) this.#flush()
    if (failed?.status === 'rejected') throw failed.reason
    return this.#isStopping
  }

  async #work(player: LotPlayer): Promise<void> {
    try {
      for (let entry = await this.#next(player); entry !== undefined; entry = await this.#next(player)) {
        this.#playing.add(entry)
        this.#tell()
        await this.#play(entry, player).finally(() => {
          this.#playing.delete(entry)
          this.#tell()
        })
        entry.isOver = true
        this.#advance()
        this.#wake()
      }
    } catch (thrown) {
      this.#stop.abort(thrown)
      throw thrown
    }
  }

  /** The next lot for a player, once there is room; undefined: there is none for it. */
  async #next(player: LotPlayer): Promise<Entry | undefined> {
    const { lanes, window = WINDOW, held = HELD } = this.#options
    while (!this.#signal.aborted) {
      const open = lanes.filter((lane) => !lane.isPlanned && takes(player, lane.target))
      if (open.length === 0) return undefined
      // The log must never wait for a lot that is not handed out.
      const isNext = (lane: Lane) => lane === lanes[this.#lane] && lane.head === undefined
      const room = open.find((lane) => lane.cases < window && (this.#ahead < held || isNext(lane)))
      if (room === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      else {
        const entry = await room.next()
        this.#advance()
        if (entry !== undefined) return entry
      }
    }
    return undefined
  }

  async #play(entry: Entry, player: LotPlayer): Promise<void> {
    const losses = new Losses()
    let lot = entry.lot
    while (lot !== undefined && !this.#signal.aborted) {
      let isHeard = false
      try {
        await player.play(lot, this.#signal, (event, line) => {
          isHeard = true
          this.#take(entry, event, line)
        })
        return
      } catch (thrown) {
        if (!(thrown instanceof FlowbreakError) || thrown.code !== WORKER_LOST) throw thrown
        const left = withoutDone(lot, entry.done)
        if (left === undefined) return
        const { errors, lot: next } = losses.after(left, thrown, isHeard)
        for (const error of errors) this.#take(entry, error)
        lot = next
      }
    }
  }

  #take(entry: Entry, event: LotEvent, line?: LogLine): void {
    if (event.type === 'case-finished' || event.type === 'case-skipped') {
      if (entry.done.has(event.case.name)) return
      entry.done.add(event.case.name)
    }
    if (entry === this.#head) this.#log(event, line)
    else {
      // Bytes are the worker's, who will use them again.
      entry.held.push([event, line instanceof Uint8Array ? new Uint8Array(line) : line])
      this.#ahead += line?.length ?? 0
    }
  }

  get #head(): Entry | undefined {
    return this.#options.lanes[this.#lane]?.head
  }

  /** Logs whatever is next in the order of the plan. */
  #advance(): void {
    while (!this.#isStopping) {
      const lane = this.#options.lanes[this.#lane]
      if (lane === undefined) return
      const { head } = lane
      if (head === undefined) {
        if (!lane.isPlanned) return
        this.#lane++
        this.#wake()
        continue
      }
      this.#bring(head)
      if (!head.isOver) return
      lane.shift()
      if (this.#isStopping) return
    }
  }

  /** Logs everything that is there, even with gaps: the run has ended. */
  #flush(): void {
    for (const lane of this.#options.lanes)
      for (let { head } = lane; head !== undefined; head = lane.head) {
        this.#bring(head)
        lane.shift()
      }
  }

  #bring({ held }: Entry): void {
    for (const [event, line] of held.splice(0)) {
      this.#ahead -= line?.length ?? 0
      this.#log(event, line)
    }
  }

  #log(event: LotEvent, line?: LogLine): void {
    if (event.type === 'target-ready' || event.type === 'target-failed') {
      const text = JSON.stringify(event)
      if (this.#told.has(text)) return
      this.#told.add(text)
    }
    if (!this.#options.log(event, line) || this.#isStopping) return
    this.#isStopping = true
    this.#stop.abort(new FlowbreakError('ERR_BAILED', 'The run stops here.', { exitCode: ExitCode.failed }))
  }

  #tell(): void {
    const targets = new Set([...this.#playing].flatMap(({ lot }) => lot?.target ?? []))
    this.#options.told?.({ kind: 'lots', playing: this.#playing.size, targets: [...targets] })
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function takes({ targets }: LotPlayer, target: string): boolean {
  return targets === undefined || targets.includes(target)
}
