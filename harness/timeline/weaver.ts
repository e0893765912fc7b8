import { TcpCursor } from '../flow/cursor.ts'
import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Role } from '../model/codes.ts'
import type { FragmentReading } from '../model/reading.ts'
import type { Sharing } from '../model/setup.ts'
import type { TimedEvent, TimelineChunk } from '../model/timeline.ts'
import { appendFrame, appendPacket, frameOf } from './append.ts'
import { borrow } from './borrow.ts'
import { Datagrams } from './datagrams.ts'
import type { Answers } from './feedback.ts'
import type { InjectionContext } from './inject/context.ts'
import { inject } from './inject/index.ts'
import { Agenda, type Item, type Timed } from './items.ts'
import type { Placed } from './positions.ts'

export interface WeaverOptions {
  readonly placed: readonly Placed[]
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  readonly feedback: Answers
  /** The packets of a flow as recorded, for injections that replay them. */
  readonly recordedFlow: (flow: number) => PacketBatch
  /** Opens a flow that was not recorded, from its first frame; returns its id. */
  readonly newFlow: (frame: Uint8Array, link: number) => number
  readonly random: () => number
  /** The batch of packets that are offered one by one, and that of packets borrowed from the capture. */
  readonly out: PacketBatch
  readonly run: PacketBatch
  /** How fragments were reassembled. */
  readonly fragments: FragmentReading
}

/** Injections that need no knowledge of the packets before their place. */
const PLACE_ONLY: ReadonlySet<string> = new Set([
  'host-swap',
  'asymmetric-path',
  'path-return',
  'timeout-change',
  'table-full',
])

/** What is known of a flow that injections are about. */
interface Tested {
  /** Follows the flow, if an injection needs its sequence numbers. */
  readonly cursor: TcpCursor | undefined
  /** The delay of its packets in addition to the delay of all packets. */
  shift: Nanos
  /** Its recorded packets are not offered any more. */
  isSilent: boolean
  /** When its last packet was offered, and in which step. */
  lastTime: Nanos | undefined
  lastStep: number
}

/**
 * Weaves injections into recorded batches and gives chunks in the order of offering. Packets that no injection touches are
 * not copied. Chunks end before host events and guards, so that all earlier packets have been observed before these happen.
 */
export class Weaver {
  /** Names of the phases so far; the first is `before`. */
  readonly phases: string[] = ['before']
  readonly #options: WeaverOptions
  readonly #out: PacketBatch
  readonly #run: PacketBatch
  readonly #agenda = new Agenda()
  readonly #datagrams: Datagrams
  readonly #tested = new Map<number, Tested>()
  /** Some flow is delayed or silent, so its packets are not simply the next ones. */
  #isParted = false
  readonly #waiting: Placed[]
  #shift: Nanos = 0
  #step = 0
  #phase = 0
  #events: TimedEvent[] = []

  constructor(options: WeaverOptions) {
    this.#options = options
    this.#out = options.out
    this.#out.clear()
    this.#run = options.run
    this.#datagrams = new Datagrams(options.fragments)
    this.#waiting = [...options.placed]
    for (const { flow, injection } of options.placed) {
      const cursor = PLACE_ONLY.has(injection.kind) ? this.#tested.get(flow)?.cursor : new TcpCursor()
      const last = { lastTime: undefined, lastStep: -1 }
      this.#tested.set(flow, { cursor, shift: 0, isSilent: false, ...last })
    }
  }

  /** The chunks that come from a recorded batch. */
  *weave(batch: PacketBatch): Generator<TimelineChunk> {
    this.#out.tunnels = batch.tunnels
    for (let i = 0; i < batch.count; i++) {
      const flow = batch.flow[i] ?? -1
      const firing = this.#fire(batch, i)
      const tested = this.#tested.get(flow)
      const own = tested?.shift ?? 0
      const time = (batch.time[i] ?? 0) + this.#shift + own
      for (const { item, at } of firing) this.#agenda.add({ item, at: at ?? time })
      if (tested === undefined || own === 0) {
        // What is due at the packet's own time was added by an injection at this packet, so it comes first.
        if (!this.#agenda.empty) yield* this.#release(time)
        const unbroken = this.#unbrokenUntil(batch, i)
        if (unbroken > i) {
          yield* this.#borrowed(batch, i, unbroken)
          i = unbroken - 1
          continue
        }
      }
      tested?.cursor?.observe(batch, i)
      if (tested?.isSilent === true) continue
      if (tested !== undefined && own > 0) {
        this.#agenda.add({ at: time, item: frameOf(batch, i) })
        tested.lastTime = time
        continue
      }
      if (this.#out.count === this.#out.capacity) yield* this.#flush()
      appendPacket(this.#out, batch, i)
      this.#place(flow, time, batch, i)
    }
    yield* this.#flush()
  }

  /** What is still to come after the end of the capture. */
  *finish(): Generator<TimelineChunk> {
    yield* this.#release(Number.POSITIVE_INFINITY)
    yield* this.#flush()
  }

  /** The index up to which packets from `from` on are the next ones, as they are: up to the place of the next injection. */
  #unbrokenUntil(batch: PacketBatch, from: number): number {
    if (!this.#agenda.empty || this.#isParted) return from
    let until = batch.count
    for (const { packet } of this.#waiting) {
      const at = batch.number.indexOf(packet, from)
      if (at >= 0 && at < until) until = at
    }
    return until
  }

  /** Applies every injection whose place is packet `i`; returns what they put on the timeline. */
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
    const tested = this.#tested.get(flow)
    const cursor = tested?.cursor ?? new TcpCursor()
    return {
      flow,
      hosts: options.hosts,
      sharing: options.sharing,
      now: (batch.time[index] ?? 0) + this.#shift + (tested?.shift ?? 0),
      previous: tested?.lastTime,
      cursor,
      shift: (scope, by) => {
        if (scope === 'topology' || tested === undefined) this.#shift += by
        else {
          tested.shift += by
          this.#isParted = true
        }
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
        const n = appendFrame(this.#out, item)
        this.#stamp(n, at)
        this.#noteLast(item.flow, n)
      } else if (item.type === 'event') {
        yield* this.#flush()
        this.#events.push({ before: 0, at, event: item.event })
      } else if (item.type === 'phase') {
        this.#phase = this.phases.push(item.label) - 1
      } else if (item.type === 'silence') this.#silence(item.flow)
      else {
        yield* this.#flush()
        const verdict = this.#options.feedback.verdictOf(this.#tested.get(item.flow)?.lastStep ?? -1)
        if (item.verdicts.includes(verdict)) this.#goOn(item.then)
      }
    }
  }

  /** Carries out what follows a guard. A silence takes effect at once: a packet of the same time may be on the agenda already. */
  #goOn(then: readonly Timed[]): void {
    for (const entry of then)
      if (entry.item.type === 'silence') this.#silence(entry.item.flow)
      else this.#agenda.add(entry)
  }

  #silence(flow: number): void {
    const tested = this.#tested.get(flow)
    if (tested !== undefined) tested.isSilent = true
    this.#isParted = true
    this.#agenda.silence(flow)
  }

  /** Packets `from` … `to`-1, which are the next ones, as they were recorded. */
  *#borrowed(batch: PacketBatch, from: number, to: number): Generator<TimelineChunk> {
    if (this.#out.count > 0) yield* this.#flush()
    const run = this.#run
    for (let first = from; first < to; first += run.capacity) {
      const end = Math.min(to, first + run.capacity)
      borrow(run, batch, first, end)
      for (let n = 0; n < run.count; n++) {
        run.time[n] = (batch.time[first + n] ?? 0) + this.#shift
        run.step[n] = this.#step++
      }
      run.phase.fill(this.#phase, 0, run.count)
      run.role.fill(Role.probe, 0, run.count)
      for (const [flow, tested] of this.#tested) this.#follow(flow, tested, run)
      yield this.#chunk(run)
    }
  }

  /** Notes a run of packets for one of the flows that injections are about. */
  #follow(flow: number, tested: Tested, run: PacketBatch): void {
    const last = run.flow.lastIndexOf(flow, run.count - 1)
    if (last < 0) return
    tested.lastTime = run.time[last]
    tested.lastStep = run.step[last] ?? -1
    if (tested.cursor === undefined) return
    for (let n = 0; n <= last; n++) if (run.flow[n] === flow) tested.cursor.observe(run, n)
  }

  /** Sets flow and time of the recorded packet that was just appended, and copies a datagram that it completed. */
  #place(flow: number, time: Nanos, batch: PacketBatch, i: number): void {
    const n = this.#out.count - 1
    this.#stamp(n, time)
    this.#noteLast(flow, n)
    for (const rebuilt of batch.rebuilt)
      if (rebuilt.index === i) this.#out.rebuilt.push({ ...rebuilt, index: n })
  }

  #stamp(n: number, time: Nanos): void {
    const out = this.#out
    out.time[n] = time
    out.step[n] = this.#step++
    out.phase[n] = this.#phase
    out.role[n] = Role.probe
  }

  #noteLast(flow: number, n: number): void {
    const tested = this.#tested.get(flow)
    if (tested === undefined) return
    tested.lastTime = this.#out.time[n]
    tested.lastStep = this.#out.step[n] ?? -1
  }

  *#flush(): Generator<TimelineChunk> {
    const out = this.#out
    if (out.count === 0 && this.#events.length === 0) return
    yield this.#chunk(out)
    out.clear()
    out.stacked = false
  }

  #chunk(packets: PacketBatch): TimelineChunk {
    const events = this.#events
    this.#events = []
    this.#datagrams.offer(packets)
    return { packets, events }
  }
}
