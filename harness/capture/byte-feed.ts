import type { Readable } from 'node:stream'
import { asFlowbreakError, messageOf } from '../support/errors.ts'

const NOTHING: Uint8Array = new Uint8Array(0)

/** Pulls a stream's chunks one by one. If a stream breaks, the feed ends there, with `failure` set; thrown is only what a stream was destroyed with on purpose. */
export class ByteFeed implements AsyncDisposable {
  /** Why the stream ended early, as a sentence. */
  failure: string | undefined
  readonly #stream: Readable
  readonly #chunks: AsyncIterator<Uint8Array>
  #pushedBack = NOTHING

  constructor(stream: Readable) {
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** The next bytes, at least one; none at the end. */
  async pull(): Promise<Uint8Array> {
    const back = this.#pushedBack
    if (back.length > 0) {
      this.#pushedBack = NOTHING
      return back
    }
    try {
      for (;;) {
        const next = await this.#chunks.next()
        if (next.done === true) return NOTHING
        if (next.value.length > 0) return next.value
      }
    } catch (thrown) {
      // An interruption ends what is done with the stream, and not the capture in it.
      if (asFlowbreakError(thrown) !== undefined) throw thrown
      this.failure = `reading failed: ${messageOf(thrown)}`
      return NOTHING
    }
  }

  /** The next `length` bytes, fewer if the stream ends; they are pulled again afterwards. */
  async peek(length: number): Promise<Uint8Array> {
    let seen = await this.pull()
    while (seen.length < length) {
      const more = await this.pull()
      if (more.length === 0) break
      seen = Buffer.concat([seen, more])
    }
    this.#pushedBack = seen
    return seen.subarray(0, length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.destroy()
  }
}
