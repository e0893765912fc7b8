import { closeSync } from 'node:fs'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage, DecodedSource } from '../model/capture.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import type { Format } from './format.ts'
import { newRingMemory, Ring, type RingMemory } from './ring.ts'
import { startThread } from './thread.ts'

/** What the reader's thread is given. */
export interface ReaderTask {
  readonly name: string
  readonly fd: number
  readonly format: Format
  /** A `Tunnels` code. */
  readonly tunnels: number
  readonly memory: RingMemory
  readonly port: MessagePort
}

/** What the thread says at its end, besides the batches. */
export interface ReaderEnd {
  readonly epoch: bigint
  readonly links: ReadonlySet<string>
  readonly damage: Damage | undefined
}

/**
 * A capture in a regular file, read and decoded by a thread of its own a few batches ahead of who takes them. The frames stay
 * in the memory of that thread's core: what nearly every packet needs is in the columns.
 */
export class CaptureReader implements DecodedSource {
  readonly name: string
  readonly #fd: number
  readonly #ring: Ring
  readonly #port: MessagePort
  readonly #exited: Promise<unknown>
  #header: CaptureHeader
  #links: ReadonlySet<string> = new Set()
  #damage: Damage | undefined
  #failure: unknown
  #isGone = false
  #isEnded = false
  #holds = false

  /** Takes over `fd` and closes it. */
  constructor(name: string, fd: number, format: Format, tunnels: number) {
    this.name = name
    this.#fd = fd
    this.#header = { format: format.kind, epoch: 0n }
    const memory = newRingMemory()
    this.#ring = new Ring(memory, tunnels)
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    const task: ReaderTask = { name, fd, format, tunnels, memory, port: port2 }
    const worker = startThread('reader-thread', { workerData: task, transferList: [port2] })
    // Whoever waits for packets keeps the process alive, not this.
    worker.unref()
    worker.once('error', (error) => {
      this.#failure = error
    })
    this.#exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#isGone = true
        resolve(code)
      })
    })
  }

  get header(): CaptureHeader {
    return this.#header
  }

  get links(): ReadonlySet<string> {
    return this.#links
  }

  get damage(): Damage | undefined {
    return this.#damage
  }

  next(): Promise<PacketBatch | undefined> | PacketBatch | undefined {
    if (this.#holds) this.#ring.giveBack()
    this.#holds = false
    if (this.#isEnded) return undefined
    return this.#ring.awaitFull() ? this.#take() : this.#wait()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isEnded) {
      this.#isEnded = true
      this.#ring.stop()
      await this.#exited
    }
    this.#port.close()
    closeSync(this.#fd)
  }

  /** Waits with turns of the event loop in between, in which signals and the end of the thread are heard. */
  async #wait(): Promise<PacketBatch | undefined> {
    do {
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#isGone) throw this.#lost()
    } while (!this.#ring.awaitFull())
    return this.#take()
  }

  #take(): PacketBatch | undefined {
    const batch = this.#ring.take()
    if (batch === undefined) this.#end()
    else this.#holds = true
    return batch
  }

  /** The thread has said how the capture ended before it handed over the end. */
  #end(): void {
    this.#isEnded = true
    const end: ReaderEnd | undefined = receiveMessageOnPort(this.#port)?.message
    if (end === undefined) throw this.#lost()
    this.#header = { ...this.#header, epoch: end.epoch }
    this.#links = end.links
    this.#damage = end.damage
  }

  #lost(): FlowbreakError {
    const why = this.#failure === undefined ? '' : ` (${messageOf(this.#failure)})`
    return new FlowbreakError(
      'ERR_CAPTURE_READER',
      `The thread that reads ${this.name} ended before the capture did${why}: run it again.`,
      { exitCode: ExitCode.broken, cause: this.#failure },
    )
  }
}
