import { TcpCursor } from '../flow/cursor.ts'
import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Role } from '../model/codes.ts'
import type { FragmentReading } from '../model/reading.ts'
import type { Sharing } from '../model/setup.ts'
import type { TimedEvent, TimelineChunk } from '../model/timeline.ts'
import { appendFrame, appendPacket, appendPackets, frameOf } from './append.ts'
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
  /** The batch that woven chunks are written to. */
  readonly out: PacketBatch
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
 * Weaves injections into recorded batches and gives chunks in the order of offering. A batch that no injection touches
 * passes unchanged, without a copy. Chunks end before host events and guards, so that all earlier packets have been
 * observed before these happen.
 */
export class Weaver {
  /** Names of the phases so far; the first is `before`. */
  readonly phases: string[] = ['before']
  readonly #options: WeaverOptions
  readonly #out: PacketBatch
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
    if (this.#passes(batch)) {
      yield this.#asItIs(batch)
      return
    }
    this.#out.tunnels = batch.tunnels
    for (let i = 0; i < batch.count; i++) {
      const unbroken = this.#unbrokenUntil(batch, i)
      if (unbroken > i) {
        if (this.#out.count === this.#out.capacity) yield* this.#flush()
        i = this.#takeRun(batch, i, unbroken) - 1
        continue
      }
      const flow = batch.flow[i] ?? -1
      const firing = this.#fire(batch, i)
      const tested = this.#tested.get(flow)
      const own = tested?.shift ?? 0
      const time = (batch.time[i] ?? 0) + this.#shift + own
      for (const { item, at } of firing) this.#agenda.add({ item, at: at ?? time })
      tested?.cursor?.observe(batch, i)
      if (tested !== undefined && own > 0) {
        if (tested.isSilent) continue
        this.#agenda.add({ at: time, item: frameOf(batch, i) })
        tested.lastTime = time
        continue
      }
      // What is due at the packet's own time was added by an injection at this packet, so it comes first.
      if (!this.#agenda.empty) yield* this.#release(time)
      if (tested?.isSilent === true) continue
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

  #passes(batch: PacketBatch): boolean {
    if (!this.#agenda.empty || this.#isParted) return false
    // A batch that is shared with other cases must not lose a datagram.
    if (this.#shift > 0 && !this.#datagrams.empty) return false
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
    this.#datagrams.offer(batch)
    return { packets: batch, events: [] }
  }

  /** The index up to which packets from `from` on can be taken one after another: up to the place of the next injection. */
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

  /**
   * Takes packets `from` … `to`-1, which are the next ones, with the datagrams that they completed, as far as there is room. Returns
   * the index of the first packet that it did not take.
   */
  #takeRun(batch: PacketBatch, from: number, to: number): number {
    const out = this.#out
    const first = out.count
    const end = Math.min(to, from + out.capacity - first)
    appendPackets(out, batch, from, end)
    for (let n = first; n < out.count; n++) this.#stamp(n, (batch.time[from + n - first] ?? 0) + this.#shift)
    for (const rebuilt of batch.rebuilt)
      if (rebuilt.index >= from && rebuilt.index < end)
        out.rebuilt.push({ ...rebuilt, index: first + rebuilt.index - from })
    for (const [flow, { cursor }] of this.#tested) {
      for (let i = from; cursor !== undefined && i < end; i++)
        if (batch.flow[i] === flow) cursor.observe(batch, i)
      const last = out.flow.lastIndexOf(flow, out.count - 1)
      if (last >= first) this.#noteLast(flow, last)
    }
    return end
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
    const events = this.#events
    this.#events = []
    this.#datagrams.offer(out)
    yield { packets: out, events }
    out.clear()
    out.stacked = false
  }
}
