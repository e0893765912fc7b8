import { LineBytes } from '../../log/line-bytes.ts'
import type { Lines, Part } from './messages.ts'

/** Bytes of a block at first. */
const ROOM = 1 << 17

/**
 * Memory for lines on their way to the run. A block is filled, lent until the run has taken its lines, and filled again: memory that is
 * new for each part would be touched for the first time, and collected, over and over.
 */
export class Blocks {
  readonly #allocate: ((bytes: number) => Buffer) | undefined
  readonly #blocks: LineBytes[] = []
  /** The memory of each block that the run has. */
  readonly #shared: ArrayBufferLike[] = []
  /** Indices of the blocks that are not in use. */
  readonly #free: number[] = []

  /** `isShared`: whether the run is in the same process, so that lines need not be copied on their way. */
  constructor(isShared: boolean) {
    this.#allocate = isShared ? (bytes) => Buffer.from(new SharedArrayBuffer(bytes)) : undefined
  }

  /** An empty block, with its number. */
  take(): { readonly block: number; readonly lines: LineBytes } {
    const block = this.#free.pop() ?? this.#blocks.push(new LineBytes(ROOM, this.#allocate)) - 1
    const lines = this.#linesOf(block)
    lines.clear()
    return { block, lines }
  }

  /** What the run is sent of a block: memory that it has already is not sent again, because V8 counts it as new each time. */
  lend(block: number): Lines {
    const view = this.#linesOf(block).view()
    if (this.#allocate === undefined) return view
    if (this.#shared[block] === view.buffer) return view.length
    this.#shared[block] = view.buffer
    return view
  }

  /** Takes a block back, whose lines are not needed any more. */
  back(block: number): void {
    this.#free.push(block)
  }

  #linesOf(block: number): LineBytes {
    const lines = this.#blocks[block]
    if (lines === undefined) throw new Error(`there is no block ${block}`)
    return lines
  }
}

/** The run's end: memory that one worker shares. */
export class SharedBlocks {
  readonly #memory: ArrayBufferLike[] = []

  /** The lines of a part. */
  linesOf({ lines, block }: Pick<Part, 'lines' | 'block'>): Uint8Array {
    if (typeof lines !== 'number') {
      if (lines.buffer instanceof SharedArrayBuffer) this.#memory[block] = lines.buffer
      return lines
    }
    const memory = this.#memory[block]
    if (memory === undefined) throw new Error(`block ${block} was not sent`)
    return new Uint8Array(memory, 0, lines)
  }
}
