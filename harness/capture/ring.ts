import { PacketBatch } from '../model/batch.ts'
import { MAX_RECORD } from './records.ts'

/** Batches between two threads, which take turns with each. Four: one is worked on, one filled, and two level out the differences. */
const BATCHES = 4
const PACKETS = 4096
/** As much as the longest record of any format takes, so that no batch has to grow: shared memory cannot. */
const BYTES = MAX_RECORD

/** Milliseconds after which a thread that waits looks again whether it still should: it may have been told so just before. */
const LOOK_AGAIN = 20

/** What a batch is, as the threads tell each other. */
const State = { empty: 0, full: 1, last: 2 } as const
/** Words of the control block: a state for each batch, then for each its count << 1 | `stacked`, then whether anybody still wants packets. */
const COUNTS = BATCHES
const STOPPED = 2 * BATCHES
const WORDS = STOPPED + 1

/** The memory of a ring, to be handed to the other thread. */
export interface RingMemory {
  readonly control: SharedArrayBuffer
  readonly batches: readonly SharedArrayBuffer[]
}

/** Memory for a ring that nothing is in yet. */
export function newRingMemory(): RingMemory {
  const length = PacketBatch.sharedLength(PACKETS, BYTES)
  return {
    control: new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT),
    batches: Array.from({ length: BATCHES }, () => new SharedArrayBuffer(length)),
  }
}

/** One thread's side of a ring of batches in shared memory: one fills them in turn, the other one empties them in the same order. */
export class Ring {
  readonly #control: Int32Array
  readonly #batches: readonly PacketBatch[]
  /** The batch whose turn it is. */
  #turn = 0

  /** `tunnels`: how the batches are to be decoded. */
  constructor(memory: RingMemory, tunnels: number) {
    this.#control = new Int32Array(memory.control)
    this.#batches = memory.batches.map((shared) => new PacketBatch(PACKETS, BYTES, shared))
    for (const batch of this.#batches) batch.tunnels = tunnels
  }

  /** The batch whose turn it is. */
  get batch(): PacketBatch {
    const batch = this.#batches[this.#turn]
    if (batch === undefined) throw new RangeError(`there is no batch ${this.#turn}`)
    return batch
  }

  /** Waits until the batch may be filled; false when nobody wants more. */
  awaitEmpty(): boolean {
    const control = this.#control
    while (Atomics.load(control, this.#turn) === State.full && Atomics.load(control, STOPPED) === 0)
      Atomics.wait(control, this.#turn, State.full, LOOK_AGAIN)
    return Atomics.load(control, STOPPED) === 0
  }

  /** Hands the filled batch over and goes on to the next. `isLast`: there is nothing in it, and nothing comes after it. */
  handOver(isLast: boolean): void {
    const control = this.#control
    const { count, stacked } = this.batch
    control[COUNTS + this.#turn] = (count << 1) | Number(stacked)
    this.#pass(isLast ? State.last : State.full)
  }

  /** Whether a filled batch, or the end, has come; it is waited for, but not long, so that signals can be heard in between. */
  awaitFull(): boolean {
    const control = this.#control
    if (Atomics.load(control, this.#turn) === State.empty)
      Atomics.wait(control, this.#turn, State.empty, LOOK_AGAIN)
    return Atomics.load(control, this.#turn) !== State.empty
  }

  /** The filled batch, after `awaitFull` said so; undefined at the end. */
  take(): PacketBatch | undefined {
    if (Atomics.load(this.#control, this.#turn) === State.last) return undefined
    const { batch } = this
    batch.clear()
    const told = this.#control[COUNTS + this.#turn] ?? 0
    batch.count = told >> 1
    batch.stacked = (told & 1) === 1
    return batch
  }

  /** Gives an emptied batch back and goes on to the next. */
  giveBack(): void {
    this.#pass(State.empty)
  }

  /** Tells the filling thread that nobody wants more. */
  stop(): void {
    Atomics.store(this.#control, STOPPED, 1)
    for (let at = 0; at < BATCHES; at++) Atomics.notify(this.#control, at)
  }

  #pass(state: number): void {
    Atomics.store(this.#control, this.#turn, state)
    Atomics.notify(this.#control, this.#turn)
    this.#turn = (this.#turn + 1) % BATCHES
  }
}
