import type { ClassicWriter } from '../../harness/capture/writer.ts'

/** Where conversations put their frames: each is recorded some microseconds after the one before it. */
export class Wire {
  /** Nanoseconds since the capture's epoch. */
  now = 0
  sent = 0
  readonly random: () => number
  readonly #writer: ClassicWriter

  constructor(writer: ClassicWriter, random: () => number) {
    this.#writer = writer
    this.random = random
  }

  send(bytes: Uint8Array, length: number): void {
    this.now += 1000 + (this.random() % 19_000)
    this.#writer.write(this.now, bytes, 0, length)
    this.sent++
  }
}

/** A conversation that is under way. */
export interface Conversation {
  /** Frames that it has still to send. */
  readonly left: number
  /** Sends the next frame, or the fragments of one datagram. */
  step(wire: Wire): void
}
