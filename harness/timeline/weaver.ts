import { TcpCursor } from '../flow/cursor.ts'
import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Role } from '../model/codes.ts'
import type { Sharing } from '../model/setup.ts'
import type { TimedEvent, TimelineChunk } from '../model/timeline.ts'
import { decodeBatch } from '../wire/decode.ts'
import type { Answers } from './feedback.ts'
import type { InjectionContext } from './inject/context.ts'
import { inject } from './inject/index.ts'
import { Agenda, type FrameItem, type Item, type Timed } from './items.ts'
import type { Placed } from './positions.ts'
import { appendPacket, usedBytes } from './recorded.ts'

export interface WeaverOptions {
  readonly placed: readonly Placed[]
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  readonly feedback: Answers
  /** The packets of a flow as recorded; asked for by injections that replay them. */
  readonly recordedFlow: (flow: number) => PacketBatch
  /** An id for a flow that was not recorded, by its first frame. */
  readonly newFlow: (frame: Uint8Array, link: number) => number
  readonly random: () => number
  /** The batch that woven chunks are written into. */
  readonly out: PacketBatch
}

/** Injections that need to know nothing of the packets before their place. */
const PLACE_ONLY: ReadonlySet<string> = new Set([
  'host-swap',
  'asymmetric-path',
  'path-return',
  'timeout-change',
  'table-full',
])

/**
 * Weaves injections into recorded batches and gives chunks in the order of offering. A batch that no injection touches
 * passes as it is, without a copy. Chunks end before host events and guards, so that what was offered before is observed
 * before they happen.
 */
export class Weaver {
  /** Names of phases so far; the first is `before`. */
  readonly phases: string[] = ['before']
  readonly #options: WeaverOptions
  readonly #out: PacketBatch
  readonly #agenda = new Agenda()
  readonly #flowShift = new Map<number, Nanos>()
  readonly #silenced = new Set<number>()
  /** Flows that injections are about. */
  readonly #tested = new Set<number>()
  readonly #cursors = new Map<number, TcpCursor>()
  readonly #lastTime = new Map<number, Nanos>()
  readonly #lastStep = new Map<number, number>()
  readonly #waiting: Placed[]
  #shift: Nanos = 0
  #step = 0
  #phase = 0
  #events: TimedEvent[] = []

  constructor(options: WeaverOptions) {
    this.#options = options
    this.#out = options.out
    this.#out.clear()
    this.#waiting = [...options.placed]
    for (const { flow, injection } of options.placed) {
      this.#tested.add(flow)
      if (!PLACE_ONLY.has(injection.kind)) this.#cursors.set(flow, new TcpCursor())
    }
  }

  /** The chunks that a recorded batch gives rise to. */
  *weave(batch: PacketBatch): Generator<TimelineChunk> {
    if (this.#passes(batch)) {
      yield this.#asItIs(batch)
      return
    }
    this.#out.tunnels = batch.tunnels
    for (let i = 0; i < batch.count; i++) {
      const flow = batch.flow[i] ?? -1
      const firing = this.#fire(batch, i)
      const own = this.#flowShift.get(flow) ?? 0
      const time = (batch.time[i] ?? 0) + this.#shift + own
      for (const { item, at } of firing) this.#agenda.add({ item, at: at ?? time })
      this.#cursors.get(flow)?.observe(batch, i)
      if (own > 0) {
        if (this.#silenced.has(flow)) continue
        this.#agenda.add({ at: time, item: this.#frameOf(batch, i) })
        this.#lastTime.set(flow, time)
        continue
      }
      // What is due at the packet's own time was put there by an injection at its place, so it comes first.
      if (!this.#agenda.empty) yield* this.#release(time)
      if (this.#silenced.has(flow)) continue
      if (this.#out.count === this.#out.capacity) yield* this.#flush()
      appendPacket(this.#out, batch, i)
      this.#place(flow, time, batch, i)
    }
    yield* this.#flush()
  }

  /** What is still to come when the capture has ended. */
  *finish(): Generator<TimelineChunk> {
    yield* this.#release(Number.POSITIVE_INFINITY)
    yield* this.#flush()
  }

  #passes(batch: PacketBatch): boolean {
    if (!this.#agenda.empty || this.#flowShift.size > 0 || this.#silenced.size > 0) return false
    const last = batch.number[batch.count - 1] ?? 0
    return this.#waiting.every(({ packet, injection }) => packet > last && PLACE_ONLY.has(injection.kind))
  }

  #asItIs(batch: PacketBatch): TimelineChunk {
    const { step, phase, role, time, count } = batch
    for (let i = 0; i < count; i++) {
      step[i] = this.#step + i
      if (this.#shift !== 0) time[i] = (time[i] ?? 0) + this.#shift
    }
    phase.fill(this.#phase, 0, count)
    role.fill(Role.probe, 0, count)
    this.#step += count
    return { packets: batch, events: [] }
  }

  /** Lets every injection whose place is packet `i` do its work; answers what they put on the timeline. */
  #fire(batch: PacketBatch, i: number): { item: Item; at: Nanos | undefined }[] {
    const put: { item: Item; at: Nanos | undefined }[] = []
    const number = batch.number[i] ?? 0
    for (let k = 0; k < this.#waiting.length; k++) {
      const placed = this.#waiting[k]
      if (placed === undefined || placed.packet !== number) continue
      this.#waiting.splice(k--, 1)
      if (placed.injection.kind !== 'reconnect')
        put.push({ item: { type: 'phase', label: `after ${placed.injection.label}` }, at: undefined })
      inject(placed.injection, this.#context(placed, batch, i, put))
    }
    return put
  }

  #context(
    placed: Placed,
    batch: PacketBatch,
    index: number,
    put: { item: Item; at: Nanos | undefined }[],
  ): InjectionContext {
    const { flow } = placed
    const options = this.#options
    const cursor = this.#cursors.get(flow) ?? new TcpCursor()
    return {
      flow,
      hosts: options.hosts,
      sharing: options.sharing,
      now: (batch.time[index] ?? 0) + this.#shift + (this.#flowShift.get(flow) ?? 0),
      previous: this.#lastTime.get(flow),
      cursor,
      shift: (scope, by) => {
        if (scope === 'topology') this.#shift += by
        else this.#flowShift.set(flow, (this.#flowShift.get(flow) ?? 0) + by)
      },
      put: (item, at) => put.push({ item, at }),
      recordedFlow: () => options.recordedFlow(flow),
      newFlow: options.newFlow,
      random: options.random,
    }
  }

  *#release(time: Nanos): Generator<TimelineChunk> {
    for (let next = this.#agenda.take(time); next !== undefined; next = this.#agenda.take(time)) {
      const { item, at } = next
      if (item.type === 'frame') {
        if (this.#out.count === this.#out.capacity) yield* this.#flush()
        this.#appendFrame(item, at)
      } else if (item.type === 'event') {
        yield* this.#flush()
        this.#events.push({ before: 0, at, event: item.event })
      } else if (item.type === 'phase') {
        this.#phase = this.phases.push(item.label) - 1
      } else if (item.type === 'silence') this.#silence(item.flow)
      else {
        yield* this.#flush()
        const verdict = this.#options.feedback.verdictOf(this.#lastStep.get(item.flow) ?? -1)
        if (item.verdicts.includes(verdict)) this.#goOn(item.then)
      }
    }
  }

  /** A flow falls silent at once: its packet of the same time may stand on the agenda already. */
  #goOn(then: readonly Timed[]): void {
    for (const entry of then)
      if (entry.item.type === 'silence') this.#silence(entry.item.flow)
      else this.#agenda.add(entry)
  }

  #silence(flow: number): void {
    this.#silenced.add(flow)
    this.#agenda.silence(flow)
  }

  #appendFrame(item: FrameItem, at: Nanos): void {
    const out = this.#out
    const used = usedBytes(out)
    if (used + item.frame.length > out.bytes.length)
      out.growBytes(Math.max(used + item.frame.length, out.bytes.length * 2), used)
    out.bytes.set(item.frame, used)
    const n = out.count++
    out.number[n] = item.number
    out.start[n] = used
    out.captured[n] = item.frame.length
    out.original[n] = item.original
    out.link[n] = item.link
    out.flow[n] = item.flow
    out.direction[n] = item.direction
    this.#stamp(n, item.flow, at)
  }

  /** Gives a recorded packet that was just appended its place, and carries over a datagram that it completed. */
  #place(flow: number, time: Nanos, batch: PacketBatch, i: number): void {
    const n = this.#out.count - 1
    this.#stamp(n, flow, time)
    for (const rebuilt of batch.rebuilt)
      if (rebuilt.index === i) this.#out.rebuilt.push({ ...rebuilt, index: n })
  }

  #stamp(n: number, flow: number, time: Nanos): void {
    const out = this.#out
    out.time[n] = time
    out.step[n] = this.#step
    out.phase[n] = this.#phase
    out.role[n] = Role.probe
    if (this.#tested.has(flow)) {
      this.#lastTime.set(flow, time)
      this.#lastStep.set(flow, this.#step)
    }
    this.#step++
  }

  #frameOf(batch: PacketBatch, i: number): FrameItem {
    return {
      type: 'frame',
      frame: batch.copyFrame(i),
      link: batch.link[i] ?? 0,
      number: batch.number[i] ?? 0,
      original: batch.original[i] ?? 0,
      flow: batch.flow[i] ?? -1,
      direction: batch.direction[i] ?? 0,
      recorded: true,
    }
  }

  *#flush(): Generator<TimelineChunk> {
    const out = this.#out
    if (out.count === 0 && this.#events.length === 0) return
    decodeBatch(out)
    const events = this.#events
    this.#events = []
    yield { packets: out, events }
    out.clear()
  }
}
