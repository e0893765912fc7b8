import { PacketBatch } from '../../model/batch.ts'
import { Host, Knowledge, Role, Verdict } from '../../model/codes.ts'
import type { ObservationBatch, Session, WireFrame } from '../../model/target.ts'
import type { TimedEvent, Timeline, TimelineChunk } from '../../model/timeline.ts'
import type { HostActions } from './actions.ts'
import { calibrateWires } from './calibration.ts'
import { Alarm, LiveClock } from './clock.ts'
import type { ControlEnds } from './control-ends.ts'
import { Emissions } from './emissions.ts'
import { LIMITS, type LiveLimits } from './limits.ts'
import { Markers } from './markers.ts'
import { Matcher } from './matcher.ts'
import { Offered } from './offered.ts'
import { Openings } from './openings.ts'
import { Outgoing, unsentReason } from './outgoing.ts'
import { monotonicNow, type Port } from './port.ts'
import { Roads } from './roads.ts'
import { LiveSendingTimes } from './sending-times.ts'
import { SentPackets } from './sent.ts'
import { SynProxies } from './syn-proxies.ts'
import { type Known, Tap } from './tap.ts'
import { Translations } from './translation.ts'
import { Waiting } from './waiting.ts'

export interface LiveOptions {
  readonly port: Port
  /** Names of hosts, in order; the port has two arms for each. */
  readonly hosts: readonly string[]
  /** Seconds of the timeline in one second of the hosts' clock; `told`: the port tells hosts the time. */
  readonly clockScale: number | 'told'
  readonly actions: HostActions
  readonly families: readonly ('ipv4' | 'ipv6')[]
  /** The ends of controls. */
  readonly ends: ControlEnds
  /** Whether the hosts are known to rewrite addresses or sequence numbers; if not, that is found out. */
  readonly translates?: boolean
  readonly limits?: Partial<LiveLimits>
  /** Takes the hosts down, after the port is closed. */
  readonly dispose?: () => Promise<void>
}

/** Most packets that are sent at a time. */
const BURST = 128
/** How far ahead of their time packets may be sent: timers are not more precise. */
const SOON = 200_000
const NEVER = new AbortController().signal

/**
 * Plays timelines over a port, on the machine's clock, and reports what was seen: chunk by chunk, with every packet resolved before
 * the next chunk is pulled.
 */
export class LiveSession implements Session {
  readonly #options: LiveOptions
  readonly #limits: LiveLimits
  readonly #clock: LiveClock
  readonly #alarm = new Alarm()
  readonly #tap: Tap
  readonly #offered = new Offered()
  readonly #sent = new SentPackets()
  readonly #translations: Translations
  readonly #markers: Markers
  readonly #roads: Roads
  readonly #matcher: Matcher
  readonly #openings: Openings
  readonly #proxies: SynProxies
  readonly #emissions: Emissions
  readonly #outgoing: Outgoing
  readonly #waiting: Waiting
  #by = new Uint8Array(0)
  #knowledge = new Uint8Array(0)
  /** Set if time passes by itself. */
  readonly #times: LiveSendingTimes | undefined

  constructor(options: LiveOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
    this.#clock = new LiveClock(options.clockScale)
    this.#tap = new Tap(this.#clock)
    this.#translations = new Translations(options.translates ?? false)
    this.#markers = new Markers(Math.floor(Math.random() * 2 ** 32), options.ends)
    this.#roads = new Roads(options.hosts.length * 2)
    const shared = {
      offered: this.#offered,
      sent: this.#sent,
      translations: this.#translations,
      markers: this.#markers,
      roads: this.#roads,
      clock: this.#clock,
      tap: this.#tap,
    }
    this.#emissions = new Emissions(this.#offered, this.#sent, this.#translations, this.#clock)
    const emissions = this.#emissions
    this.#proxies = new SynProxies(this.#offered, this.#sent, this.#translations)
    const proxies = this.#proxies
    this.#matcher = new Matcher({ ...shared, emissions, proxies }, this.#limits.mostLateness)
    const { clockScale } = options
    this.#times = clockScale === 'told' ? undefined : new LiveSendingTimes(this.#sent, clockScale)
    this.#openings = new Openings(this.#sent, this.#translations)
    this.#outgoing = new Outgoing({ ...shared, largest: options.port.largest })
    this.#waiting = new Waiting({
      ...shared,
      emissions,
      port: options.port,
      alarm: this.#alarm,
      limits: this.#limits,
      families: options.families,
    })
    this.#matcher.learn(this.#limits.leastLateness)
    options.port.listen(
      (frames) => {
        this.#matcher.take(frames)
        proxies.acknowledge(options.port, this.#tap).catch((error: Error) => this.#alarm.fail(error))
        this.#alarm.ring()
      },
      (error) => this.#alarm.fail(error),
    )
  }

  /** Proves the wires and learns how late packets may come; before anything is replayed. Throws ERR_CALIBRATION. */
  async calibrate(signal: AbortSignal): Promise<void> {
    await this.#hearStarted(signal)
    this.#matcher.learn(
      await calibrateWires(
        {
          hosts: this.#options.hosts,
          families: this.#options.families,
          ends: this.#options.ends,
          waiting: this.#waiting,
          roads: this.#roads,
          matcher: this.#matcher,
          limits: this.#limits,
        },
        signal,
      ),
    )
  }

  /** Nanoseconds for which missing packets are waited for: the lateness learned, or more after packets that came late. */
  get patience(): number {
    return this.#matcher.patience
  }

  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    this.#clock.restart()
    for await (const chunk of timeline.chunks) {
      await this.#play(chunk, signal)
      yield this.#observed(chunk.packets)
    }
    // Packets given up last may still be on their way.
    await this.#waiting.hearOut(this.#matcher.patience, signal)
    if (this.#offered.sightings.length > 0) yield this.#observed(new PacketBatch(0, 0))
  }

  async collect(signal: AbortSignal): Promise<string> {
    return (await this.#options.actions.collect?.(signal)) ?? ''
  }

  tap(take: ((frame: WireFrame) => void) | undefined): void {
    this.#tap.take = take
  }

  /** Waits until hosts that were just started take packets, before anything else is sent. */
  async #hearStarted(signal: AbortSignal): Promise<void> {
    const started = this.#options.actions.started?.() ?? []
    if (started.length > 0) await this.#waiting.answered(started, signal)
  }

  async reset(): Promise<void> {
    await this.#options.actions.reset()
    await this.#hearStarted(NEVER)
    this.#sent.clear()
    this.#translations.clear()
    this.#openings.clear()
    this.#proxies.clear()
    this.#roads.clear()
    this.#matcher.clear()
    this.#emissions.clear()
    this.#offered.begin(undefined, 0)
    this.#offered.taken()
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#options.actions.counters()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.port[Symbol.asyncDispose]()
    await this.#options.dispose?.()
  }

  async #play({ packets, events }: TimelineChunk, signal: AbortSignal): Promise<void> {
    this.#offered.begin(packets, this.#sent.next)
    let from = 0
    for (const timed of events) {
      await this.#send(packets, from, timed.before, signal)
      from = timed.before
      await this.#happen(timed, signal)
    }
    await this.#send(packets, from, packets.count, signal)
    await this.#waiting.resolve(this.#matcher.patience, signal)
  }

  /** Sends packets [from, to) when their time has come, several at a time if they are due. */
  async #send(packets: PacketBatch, from: number, to: number, signal: AbortSignal): Promise<void> {
    const { frames } = this.#offered
    const { port } = this.#options
    let sent = frames.count
    const flush = async () => {
      if (frames.count === sent) return
      const now = monotonicNow()
      for (let k = sent; k < frames.count; k++) this.#sent.at[this.#sent.slot(this.#offered.first + k)] = now
      const first = sent
      sent = frames.count
      this.#tap.sent(frames, first, sent, now, (n) => this.#knownAt(packets, n))
      await port.send(frames, first, sent)
    }
    for (let i = from; i < to; i++) {
      const host = packets.host[i] ?? Host.unknown
      if (host >= Host.unknown) continue
      const early = this.#clock.until(packets.time[i] ?? 0)
      if (early > SOON) {
        await flush()
        for (let left = early; left > 0; left = this.#clock.until(packets.time[i] ?? 0))
          await this.#alarm.wait(left, signal)
      }
      const opener = this.#openings.awaited(packets, i)
      if (opener >= 0) {
        await flush()
        await this.#waiting.passage(opener, this.#matcher.patience, signal)
      }
      this.#addOne(packets, i, host)
      this.#openings.note(packets, i, this.#sent.next - 1)
      this.#proxies.note(packets, i, this.#sent.next - 1)
      if (frames.count - sent >= BURST) await flush()
      if (frames.count % this.#limits.window === 0) {
        await flush()
        await this.#waiting.keepUp(signal)
      }
    }
    await flush()
  }

  /** What the nth frame of the chunk is. */
  #knownAt({ role, step }: PacketBatch, n: number): Known {
    const index = this.#offered.index[n] ?? -1
    return { what: role[index] === Role.control ? 'control' : 'packet', step: step[index] ?? -1 }
  }

  #addOne(packets: PacketBatch, i: number, host: number): void {
    const road = host * 2 + (packets.direction[i] ?? 0)
    packets.verdict[i] = Verdict.undecided
    packets.reason[i] = 0
    const marker = this.#outgoing.add(packets, i, road)
    if (marker === undefined) packets.reason[i] = unsentReason(packets.kind[i] ?? 0, packets.l3[i] ?? -1)
    if (marker !== undefined && marker >= 0)
      this.#roads.sending(marker, {
        road,
        behind: this.#sent.next,
        at: monotonicNow(),
        number: this.#sent.next - 1,
      })
  }

  async #happen({ event, at }: TimedEvent, signal: AbortSignal): Promise<void> {
    await this.#waiting.resolve(this.#matcher.patience, signal)
    for (let left = this.#clock.until(at); left > 0; left = this.#clock.until(at))
      await this.#alarm.wait(left, signal)
    const began = monotonicNow()
    const disturbed = await this.#options.actions.apply(event, at, signal)
    await this.#hearStarted(signal)
    if (!disturbed || ('outage' in event && event.outage === true)) return
    const over = await this.#waiting.settle(this.#options.actions, this.#options.hosts.length, signal)
    const host = 'host' in event && event.host >= 0 ? { host: event.host } : {}
    this.#offered.outages.push({ event: event.kind, ...host, at, lasted: monotonicNow() - began, over })
  }

  #observed(packets: PacketBatch): ObservationBatch {
    if (this.#by.length < packets.capacity) {
      this.#by = new Uint8Array(packets.capacity)
      this.#knowledge = new Uint8Array(packets.capacity).fill(Knowledge.wire)
    }
    const { host, count } = packets
    for (let i = 0; i < count; i++) {
      const at = host[i] ?? Host.unknown
      this.#by[i] = at === Host.bypass ? Host.path : at
    }
    this.#offered.decide(packets, this.#sent)
    const sent = this.#times?.read(count, this.#offered, this.#matcher.patience)
    const { emitted, sightings, outages } = this.#offered.taken()
    // Anything heard from here on is too late for this batch.
    this.#offered.begin(undefined, this.#sent.next)
    packets.emitted.push(...emitted)
    const known = { by: this.#by, knowledge: this.#knowledge, sightings, outages }
    return { packets, ...known, ...(sent === undefined ? {} : { sent }) }
  }
}
