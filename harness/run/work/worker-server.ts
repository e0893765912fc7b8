import { setMaxListeners } from 'node:events'
import { Shared } from '../../log/shared.ts'
import { asFlowbreakError, ExitCode, messageOf } from '../../support/errors.ts'
import { giveBackPlain } from '../trace-columns.ts'
import type { Doing } from '../watch/watch.ts'
import { Blocks } from './blocks.ts'
import type { LotEvent, LotPlayer } from './lot.ts'
import type { Failed, OwnPort, ToWorker, WorkerRun } from './messages.ts'
import { LotUnpacker } from './parcel.ts'
import { PartPacker } from './told.ts'

/** Bytes of lines after which results are sent, and milliseconds within which they are. */
const PART = 1 << 16
const PART_MS = 20
/** Bytes of lines that may be on their way: a worker that is faster than the log waits. */
const ON_THE_WAY = 4 << 20

/** What a worker plays with. */
export interface Playing {
  readonly players: readonly LotPlayer[]
  /** Converts an event to its logged form. */
  readonly told: (event: LotEvent) => LotEvent
  /** Whether something besides the log needs the packets of cases that passed. */
  readonly traced: boolean
}

/** The worker's end: plays the lots that it gets, several at once if targets need not take turns, until it is told to end. */
export class WorkerServer {
  readonly #port: OwnPort
  readonly #begin: (run: WorkerRun, told: (doing: Doing) => void) => Promise<Playing>
  readonly #abort = new AbortController()
  readonly #shared = new Shared()
  readonly #blocks: Blocks
  #playing: Promise<Playing> | undefined
  readonly #lots = new Set<Promise<void>>()
  readonly #unpacker = new LotUnpacker()
  #onTheWay = 0
  #room: (() => void)[] = []

  /** `begin`: makes what a run is played with; `told`: takes what targets do, if somebody watches. */
  constructor(port: OwnPort, begin: (run: WorkerRun, told: (doing: Doing) => void) => Promise<Playing>) {
    this.#port = port
    this.#blocks = new Blocks(port.isThread)
    this.#begin = begin
    // Each target that it drives in parallel adds a listener.
    setMaxListeners(0, this.#abort.signal)
    port.listen((message) => this.#take(message))
  }

  /** Stops playing, takes everything down, and ends. */
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
      this.#onTheWay -= message.bytes
      this.#blocks.back(message.block)
      if (this.#onTheWay <= ON_THE_WAY) for (const go of this.#room.splice(0)) go()
    } else if (message.type === 'abort') this.#abort.abort()
    else void this.leave()
  }

  async #play({ id, lot: sent }: ToWorker & { readonly type: 'play' }): Promise<void> {
    let packer: PartPacker | undefined
    let timer: NodeJS.Timeout | undefined
    const send = (): void => {
      clearTimeout(timer)
      timer = undefined
      const part = packer?.take()
      if (part === undefined) return
      this.#onTheWay += typeof part.lines === 'number' ? part.lines : part.lines.length
      // Shared or copied, because after memory was once transferred, V8 checks at every access to typed arrays whether that is still there.
      this.#port.post({ type: 'told', id, part })
    }
    try {
      const lot = this.#unpacker.unpack(sent)
      if (this.#playing === undefined) return
      const { players, told, traced } = await this.#playing
      const packing = new PartPacker(lot, traced, this.#shared, this.#blocks)
      packer = packing
      const player = players.find(({ targets }) => targets?.includes(lot.target))
      await player?.play(lot, this.#abort.signal, (event) => {
        const logged = told(event)
        if (packing.add(logged) >= PART) send()
        else timer ??= setTimeout(send, PART_MS)
        if (!traced) giveBackPlain(logged)
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
