import { setMaxListeners } from 'node:events'
import { asFlowbreakError, ExitCode, messageOf } from '../../support/errors.ts'
import type { Doing } from '../watch/watch.ts'
import type { LotEvent, LotPlayer } from './lot.ts'
import type { Failed, OwnPort, SentTold, Told, ToWorker, WorkerRun } from './messages.ts'
import { LotUnpacker, ToldPacker } from './parcel.ts'

/** Characters of lines after which, and milliseconds within which, what cases came to is sent. */
const PART = 1 << 16
const PART_MS = 20
/** Characters that may be on their way: a worker that is quicker than the log waits. */
const ON_THE_WAY = 4 << 20

/** What a worker plays with. */
export interface Playing {
  readonly players: readonly LotPlayer[]
  /** The event as the log is to have it, and as it is sent beside its line. */
  readonly tell: (event: LotEvent) => Told
}

/** The worker's end: plays the lots that it is sent, several at once where targets take no turns, until it is told to end. */
export class WorkerServer {
  readonly #port: OwnPort
  readonly #begin: (run: WorkerRun, told: (doing: Doing) => void) => Promise<Playing>
  readonly #abort = new AbortController()
  #playing: Promise<Playing> | undefined
  readonly #lots = new Set<Promise<void>>()
  readonly #unpacker = new LotUnpacker()
  #onTheWay = 0
  #room: (() => void)[] = []

  /** `begin`: makes what a run is played with; `told`: takes what targets do, where somebody looks on. */
  constructor(port: OwnPort, begin: (run: WorkerRun, told: (doing: Doing) => void) => Promise<Playing>) {
    this.#port = port
    this.#begin = begin
    // Each of the targets that it drives side by side listens.
    setMaxListeners(0, this.#abort.signal)
    port.listen((message) => this.#take(message))
  }

  /** Gives up what is played, takes everything down, and ends. */
  async leave(): Promise<void> {
    this.#abort.abort()
    await Promise.allSettled(this.#lots)
    const { players = [] } = (await this.#playing?.catch(() => undefined)) ?? {}
    await Promise.allSettled(players.map((player) => player[Symbol.asyncDispose]()))
    this.#port.close()
  }

  #take(message: ToWorker): void {
    if (message.type === 'run') {
      this.#playing = this.#begin(message.run, (doing) => this.#port.post({ type: 'doing', doing }))
      this.#playing.catch((thrown) => this.#port.post({ type: 'failed', failed: failedOf(thrown) }))
    } else if (message.type === 'play') {
      const played = this.#play(message).finally(() => this.#lots.delete(played))
      this.#lots.add(played)
    } else if (message.type === 'taken') {
      this.#onTheWay -= message.characters
      if (this.#onTheWay <= ON_THE_WAY) for (const go of this.#room.splice(0)) go()
    } else if (message.type === 'abort') this.#abort.abort()
    else void this.leave()
  }

  async #play({ id, lot: sent }: ToWorker & { readonly type: 'play' }): Promise<void> {
    let part: SentTold[] = []
    let characters = 0
    let timer: NodeJS.Timeout | undefined
    const send = (): void => {
      clearTimeout(timer)
      timer = undefined
      if (part.length === 0) return
      this.#onTheWay += characters
      this.#port.post({ type: 'told', id, told: part, characters })
      part = []
      characters = 0
    }
    try {
      const lot = this.#unpacker.unpack(sent)
      if (this.#playing === undefined) return
      const packer = new ToldPacker(lot)
      const { players, tell } = await this.#playing
      const player = players.find(({ targets }) => targets?.includes(lot.target))
      await player?.play(lot, this.#abort.signal, (event) => {
        const told = tell(event)
        part.push(packer.pack(told))
        characters += told.line.length
        if (characters >= PART) send()
        else timer ??= setTimeout(send, PART_MS)
        return this.#onTheWay > ON_THE_WAY ? new Promise((resolve) => this.#room.push(resolve)) : undefined
      })
      send()
      this.#port.post({ type: 'played', id })
    } catch (thrown) {
      send()
      this.#port.post({ type: 'played', id, failed: failedOf(thrown) })
    }
  }
}

function failedOf(thrown: unknown): Failed {
  const known = asFlowbreakError(thrown)
  return {
    code: known?.code ?? 'ERR_INTERNAL',
    message: messageOf(thrown),
    exitCode: known?.exitCode ?? ExitCode.broken,
  }
}
