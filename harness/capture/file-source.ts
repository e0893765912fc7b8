import { closeSync, readSync } from 'node:fs'
import type { PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage, PacketSource } from '../model/capture.ts'
import { messageOf } from '../support/errors.ts'
import type { RecordWalker } from './records.ts'

/** Bytes per read; 128 KiB to 2 MiB perform alike, and with less, less is read twice when a batch is full early. */
const SLICE = 256 << 10

/**
 * A capture in a regular file, read directly into the consumer's batch. A record for which a batch has no room is read
 * again into the next one, so that nothing is kept between calls, and skipped data is never read. Reading ahead, in the
 * thread pool or a worker, measured slower: its bytes end up in the other core's cache.
 */
export class FileSource implements PacketSource {
  readonly name: string
  readonly #fd: number
  readonly #walker: RecordWalker
  /** Offset in the file of the next record. */
  #position = 0
  #ended = false
  #closed = false
  #failure: Damage | undefined

  /** Takes ownership of `fd` and closes it. */
  constructor(name: string, fd: number, walker: RecordWalker) {
    this.name = name
    this.#fd = fd
    this.#walker = walker
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

  read(into: PacketBatch): boolean {
    into.clear()
    let have = 0
    let at = 0
    while (!this.#ended && into.count < into.capacity) {
      if (at > have || have === into.bytes.length) {
        if (into.count > 0) break
        if (at === 0) into.growBytes(this.#walker.need, have)
        else {
          this.#position += at
          have = 0
          at = 0
        }
      }
      const got = this.#fill(into.bytes, have)
      if (got > 0) {
        have += got
        at = this.#walker.walk(into, at, have, this.#position)
      } else if (this.#failure === undefined) this.#walker.finish(this.#position + at, have - at)
      this.#ended = got === 0 || this.damage !== undefined
    }
    this.#position += at
    return into.count > 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#ended = true
    closeSync(this.#fd)
  }

  /** Reads the next slice to bytes[at]; 0 at the end of the file, or if the system fails to read on. */
  #fill(bytes: Uint8Array, at: number): number {
    const offset = this.#position + at
    try {
      return readSync(this.#fd, bytes, at, Math.min(SLICE, bytes.length - at), offset)
    } catch (thrown) {
      this.#failure = { offset, reason: `reading failed: ${messageOf(thrown)}` }
      return 0
    }
  }
}
