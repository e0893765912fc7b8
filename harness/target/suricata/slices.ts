import type { Nanos, PacketBatch } from '../../model/batch.ts'
import type { HostEvent } from '../../model/timeline.ts'
import { CaptureRun, type CaptureRunOptions } from './capture-run.ts'
import { asEthernet } from './ethernet.ts'
import type { EveReader } from './eve.ts'
import { Slots } from './slots.ts'

/** Most processes at a time, for all sessions of this process. */
const slots = new Slots(2)

/** The packets that one process sees: those of a host since its table was last empty. */
interface Slice {
  readonly run: CaptureRun
  /** The place of each packet in the timeline. */
  readonly batches: PacketBatch[]
  readonly indices: number[]
}

/** The decisions of one process about its packets. */
export interface Decided extends Omit<Slice, 'run'> {
  readonly eve: EveReader
}

/** Distributes a timeline's packets to processes: one for each host, and another one each time that the host has lost its table. */
export class Slices implements Disposable {
  readonly #epoch: () => bigint
  readonly #slices: Slice[] = []
  /** By host: the slice that its packets currently go to. */
  readonly #open: (Slice | undefined)[]

  constructor(hosts: number, epoch: () => bigint) {
    this.#epoch = epoch
    this.#open = new Array<Slice | undefined>(hosts).fill(undefined)
  }

  /** Gives packets `from` … `to`-1 to their hosts' processes, except those that reach no host. The batch must be kept. */
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

  /** Applies an event: only a crash makes a host lose its table, wherever its flows go. */
  apply(event: HostEvent): void {
    if (event.kind === 'crash') this.#open[event.host] = undefined
  }

  /** Plays all slices, in parallel as far as there are slots; returns results in the order in which slices began. */
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

/** Like Promise.all, but settles when all have: no process must go on in a folder that is being removed. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  const failed = settled.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}
