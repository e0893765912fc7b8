import type { Nanos, PacketBatch } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { CaptureRun, type CaptureRunOptions } from './capture-run.ts'
import { asEthernet } from './ethernet.ts'
import type { EveReader } from './eve.ts'
import { Slots } from './slots.ts'

/** Processes at a time, of all sessions here. */
const slots = new Slots(2)

/** The packets that one process sees: those of a host, from where its table was empty. */
interface Slice {
  readonly run: CaptureRun
  /** Where each of them is in the timeline. */
  readonly batches: PacketBatch[]
  readonly indices: number[]
}

/** What one process made of its packets. */
export interface Decided extends Omit<Slice, 'run'> {
  readonly eve: EveReader
}

/** Deals a timeline's packets out to processes: one a host, and another one from where the host lost its table. */
export class Slices implements Disposable {
  readonly #epoch: () => bigint
  readonly #slices: Slice[] = []
  /** By host: the slice that its packets go to now. */
  readonly #open: (Slice | undefined)[]

  constructor(hosts: number, epoch: () => bigint) {
    this.#epoch = epoch
    this.#open = new Array<Slice | undefined>(hosts).fill(undefined)
  }

  /** Gives packets `from` … `to`-1 to their hosts' processes; those that reach no host are left. The batch must be kept. */
  add(batch: PacketBatch, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const host = batch.host[i] ?? 0
      if (host >= this.#open.length) continue
      const slice = this.#sliceOf(host)
      const time: Nanos = batch.time[i] ?? 0
      const captured = batch.captured[i] ?? 0
      const frame = asEthernet(batch.bytes, batch.start[i] ?? 0, captured, batch.link[i] ?? 0)
      slice.run.add(time, frame, Math.max(frame.length, (batch.original[i] ?? 0) + frame.length - captured))
      slice.batches.push(batch)
      slice.indices.push(i)
    }
  }

  /** What happens to hosts: only a crash costs one its table, wherever its flows go. */
  apply(event: HostEvent): void {
    if (event.kind === 'crash') this.#open[event.host] = undefined
  }

  /** Plays them, side by side as far as there is room; answers in the order in which they began. */
  decide(options: CaptureRunOptions): Promise<readonly Decided[]> {
    return all(
      this.#slices.map(({ run, batches, indices }) =>
        slots.run(async () => ({ batches, indices, eve: await run.decide(options) })),
      ),
    )
  }

  [Symbol.dispose](): void {
    for (const { run } of this.#slices) run[Symbol.dispose]()
  }

  #sliceOf(host: number): Slice {
    const open = this.#open[host]
    if (open !== undefined) return open
    const slice = { run: new CaptureRun(this.#epoch()), batches: [], indices: [] }
    this.#open[host] = slice
    this.#slices.push(slice)
    return slice
  }
}

/** As Promise.all, but settles when all have: none goes on in a folder that is being removed. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  const failed = settled.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}
