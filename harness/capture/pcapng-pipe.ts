import type { PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage, PacketSource } from '../model/capture.ts'
import type { ByteFeed } from './byte-feed.ts'
import { PcapngWalker } from './pcapng.ts'

/** A pcapng capture from a pipe. A batch is returned as soon as there is a packet, so that a live capture is not delayed. */
export class PcapngPipeSource implements PacketSource {
  readonly name: string
  readonly #feed: ByteFeed
  readonly #walker = new PcapngWalker()
  /** Received but not yet walked bytes; at most a block of 1 MiB and a chunk. */
  #held: Uint8Array = new Uint8Array(0)
  /** Offset in the stream of the bytes held. */
  #offset = 0
  /** Bytes still to come that are not needed. */
  #skip = 0
  #ended = false
  #failure: Damage | undefined

  constructor(name: string, feed: ByteFeed) {
    this.name = name
    this.#feed = feed
  }

  get header(): CaptureHeader {
    return this.#walker.header
  }

  get links(): ReadonlySet<string> {
    return this.#walker.links
  }

  get damage(): Damage | undefined {
    return this.#failure ?? this.#walker.damage
  }

  async read(into: PacketBatch): Promise<boolean> {
    into.clear()
    while (!this.#ended) {
      this.#walk(into)
      if (into.count > 0 || this.#ended) break
      const { need } = this.#walker
      if (need > this.#held.length) await this.#pull()
      else if (need > into.bytes.length) into.growBytes(need, 0)
    }
    return into.count > 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    await this.#feed[Symbol.asyncDispose]()
  }

  #walk(into: PacketBatch): void {
    const held = this.#held
    const length = Math.min(held.length, into.bytes.length)
    into.bytes.set(held.subarray(0, length))
    const used = this.#walker.walk(into, 0, length, this.#offset)
    this.#held = held.subarray(used)
    this.#skip += Math.max(used - held.length, 0)
    this.#offset += used
    this.#ended = this.damage !== undefined
  }

  /** Holds one more chunk, except for bytes that are not needed. */
  async #pull(): Promise<void> {
    const chunk = await this.#feed.pull()
    if (chunk.length === 0) {
      this.#end()
      return
    }
    const skipped = Math.min(this.#skip, chunk.length)
    this.#skip -= skipped
    const wanted = chunk.subarray(skipped)
    this.#held = this.#held.length === 0 ? wanted : Buffer.concat([this.#held, wanted])
  }

  #end(): void {
    const { failure } = this.#feed
    const at = this.#offset + this.#held.length - this.#skip
    if (failure === undefined) this.#walker.finish(this.#offset, this.#held.length)
    else this.#failure = { offset: at, reason: failure }
    this.#ended = true
  }
}
