import { LineBytes } from '../../log/line-bytes.ts'

/** Bytes of a block at first. */
const ROOM = 1 << 17

/**
 * Memory for lines on their way to the run. A block is filled, lent until the run has taken its lines, and filled again: memory that is
 * new for each part would be touched for the first time, and collected, over and over.
 */
export class Blocks {
  readonly #allocate: ((bytes: number) => Buffer) | undefined
  readonly #blocks: LineBytes[] = []
  /** Indices of the blocks that are not in use. */
  readonly #free: number[] = []

  /** `isShared`: whether the run is in the same process, so that lines need not be copied on their way. */
  constructor(isShared: boolean) {
    this.#allocate = isShared ? (bytes) => Buffer.from(new SharedArrayBuffer(bytes)) : undefined
  }

  /** An empty block, with its number. */
  take(): { readonly block: number; readonly lines: LineBytes } {
    const block = this.#free.pop() ?? this.#blocks.push(new LineBytes(ROOM, this.#allocate)) - 1
    const lines = this.#blocks[block]
    if (lines === undefined) throw new Error(`there is no block ${block}`)
    lines.clear()
    return { block, lines }
  }

  /** Takes a block back, whose lines are not needed any more. */
  back(block: number): void {
    this.#free.push(block)
  }
}
