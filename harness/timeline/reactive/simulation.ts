import { type Emitted, NANOS_PER_SECOND, type Nanos, type PacketBatch } from '../../model/batch.ts'
import type { Impact, Injection } from '../../model/case.ts'
import { Role, Verdict } from '../../model/codes.ts'
import type { Sharing } from '../../model/setup.ts'
import type { HostEvent, TimedEvent, TimelineChunk } from '../../model/timeline.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { decodeBatch } from '../../wire/decode.ts'
import type { Answers } from '../feedback.ts'
import { happeningsOf } from '../inject/index.ts'
import { FIRST_PORT } from '../inject/reconnect.ts'
import type { Placed } from '../positions.ts'
import { Connection, type End } from './connection.ts'
import type { Segment } from './endpoint.ts'
import type { Script } from './script.ts'
import { frameOf, loadFrame, segmentOfEmitted } from './wire.ts'

/** The delay from one end through the firewall to the other, as in a metropolitan network. */
const ONE_WAY: Nanos = 5_000_000
/** No wait takes longer than this plus the longest gap of the case; it exceeds every limit of the endpoints. */
const PATIENCE = 200 * NANOS_PER_SECOND
/** Most packets of a conversation; it ends a loop of resets and challenges. */
const MOST_PACKETS = 20_000

export interface SimulationOptions {
  readonly script: Script
  readonly placed: readonly Placed[]
  readonly hosts: readonly string[]
  readonly sharing: Sharing
  readonly feedback: Answers
  readonly flow: number
  readonly newFlow: (frame: Uint8Array, link: number) => number
  readonly random: () => number
  readonly out: PacketBatch
}

interface Arrival {
  readonly at: Nanos
  readonly connection: Connection
  readonly to: End
  readonly segment: Segment
  /** The sender's clock in TCP timestamp units; undefined: a firewall sent it. */
  readonly timestamp: number | undefined
  /** The receiver has no connection with its source. */
  readonly stranger?: boolean
}

type Reconnect = Extract<Injection, { kind: 'reconnect' }>

/** Plays a recorded conversation between two live endpoints, packet by packet; the consumer of the chunks observes the packets. */
export class Simulation {
  readonly phases: string[] = ['before']
  readonly #options: SimulationOptions
  readonly #arrivals: Arrival[] = []
  readonly #connections: Connection[] = []
  readonly #waiting: Placed[]
  /** Later events of injections that have been made, by time. */
  readonly #events: { readonly at: Nanos; readonly event: HostEvent }[] = []
  readonly #reconnect: Reconnect | undefined
  readonly #patience: Nanos
  #reconnectAt: Nanos | undefined
  #broken: Nanos | undefined
  #now: Nanos
  #lastMove: Nanos
  #step = 0
  #phase = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#now = options.script.begin
    this.#lastMove = this.#now
    for (const { injection } of options.placed) refuse(injection)
    this.#waiting = options.placed
      .filter(({ injection }) => injection.kind !== 'reconnect')
      .sort((a, b) => a.packet - b.packet)
    this.#reconnect = options.placed
      .map(({ injection }) => injection)
      .find((injection): injection is Reconnect => injection.kind === 'reconnect')
    const gaps = options.placed.map(({ injection }) => (injection.kind === 'idle-gap' ? injection.gap : 0))
    this.#patience = PATIENCE + Math.max(0, ...gaps)
    const first = new Connection(options.script, options.flow, { client: 0, server: 0 })
    this.#connections.push(first)
    for (const { injection, packet } of options.placed)
      if (injection.kind === 'idle-gap') pause(first, options.script, packet, injection.gap)
  }

  *chunks(): Generator<TimelineChunk> {
    const [first] = this.#connections
    if (first === undefined) return
    yield* this.#send(first, 0, first.ends[0].connect(this.#now))
    while (this.#step < MOST_PACKETS && !this.#over()) {
      const arrival = this.#arrivals[0]
      const timer = this.#nextTimer()
      const at = Math.min(arrival?.at ?? Infinity, timer?.at ?? Infinity, this.#reconnectAt ?? Infinity)
      if (at - this.#lastMove > this.#patience) return
      this.#now = Math.max(this.#now, at)
      if (at === this.#reconnectAt) yield* this.#open()
      else if (arrival !== undefined && arrival.at === at) {
        this.#arrivals.shift()
        yield* this.#deliver(arrival)
      } else if (timer !== undefined) {
        const { connection, end } = timer
        yield* this.#send(connection, end, connection.ends[end].wake(this.#now))
      }
      this.#considerReconnect()
    }
  }

  /** What the user of the connection felt; known once `chunks` has ended. */
  get impact(): Impact {
    const [first, second] = this.#connections
    const broken = this.#broken ?? this.#options.script.begin
    if (first?.finished === true) return { kind: 'survived', after: 0 }
    const opened = second?.ends[0].openedAt
    if (second?.finished === true && opened !== undefined)
      return { kind: 'recovered', after: opened - broken }
    const deaths = [first?.ends[0].death, first?.ends[1].death]
    const [client, server] = deaths
    const earliest =
      client === undefined ? server : server === undefined || client.at <= server.at ? client : server
    if (earliest === undefined) return { kind: 'hung', after: this.#now - broken, end: 'client' }
    const kind = earliest.how === 'reset' ? 'reset' : 'hung'
    return { kind, after: earliest.at - broken, end: earliest === client ? 'client' : 'server' }
  }

  #over(): boolean {
    const last = this.#connections[this.#connections.length - 1]
    return last?.finished === true && this.#reconnectAt === undefined && this.#arrivals.length === 0
  }

  #nextTimer(): { readonly connection: Connection; readonly end: End; readonly at: Nanos } | undefined {
    let earliest: { connection: Connection; end: End; at: Nanos } | undefined
    for (const connection of this.#connections) {
      const next = connection.next
      if (next !== undefined && (earliest === undefined || next.at < earliest.at))
        earliest = { connection, ...next }
    }
    return earliest
  }

  *#deliver({ connection, to, segment, timestamp, stranger }: Arrival): Generator<TimelineChunk> {
    const end = connection.ends[to]
    if (stranger === true) {
      yield* this.#send(connection, to, end.refuse(segment))
      return
    }
    if (timestamp !== undefined) connection.makers[to].echo = timestamp
    yield* this.#send(connection, to, end.receive(segment, this.#now))
  }

  *#send(connection: Connection, end: End, segments: readonly Segment[]): Generator<TimelineChunk> {
    for (const segment of segments) {
      if (segment.number > 0 && connection === this.#connections[0]) this.#fire(segment.number)
      yield this.#chunk(connection, end, segment, this.#due())
      this.#lastMove = this.#now
      this.#resolve(connection, end, segment)
    }
  }

  /** Makes the injections whose packet is this one, or an earlier one that the live endpoints did not send. */
  #fire(number: number): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].packet <= number) {
      const placed = this.#waiting.shift()
      if (placed === undefined) break
      const { injection, flow } = placed
      this.#phase = this.phases.push(`after ${injection.label}`) - 1
      this.#broken ??= this.#now
      for (const { after, event } of happeningsOf(
        injection,
        flow,
        this.#options.hosts,
        this.#options.sharing,
      ))
        this.#events.push({ at: this.#now + after, event })
    }
    this.#events.sort((a, b) => a.at - b.at)
  }

  /** Host events since the last packet. */
  #due(): TimedEvent[] {
    const later = this.#events.findIndex(({ at }) => at > this.#now)
    const due = this.#events.splice(0, later < 0 ? this.#events.length : later)
    return due.map(({ at, event }) => ({ before: 0, at, event }))
  }

  #chunk(connection: Connection, end: End, segment: Segment, events: readonly TimedEvent[]): TimelineChunk {
    const { out, script } = this.#options
    const maker = connection.makers[end]
    const frame = frameOf(maker, segment, this.#now - script.begin)
    const { link, tunnels } = maker.script.data
    if (connection.flow < 0) connection.flow = this.#options.newFlow(frame, link)
    loadFrame(out, frame, link)
    out.tunnels = tunnels
    out.number[0] = connection === this.#connections[0] ? segment.number : 0
    out.time[0] = this.#now
    out.flow[0] = connection.flow
    out.direction[0] = end
    out.step[0] = this.#step++
    out.phase[0] = this.#phase
    out.role[0] = Role.probe
    decodeBatch(out)
    return { packets: out, events }
  }

  /** Applies the verdict on a packet: it is delivered, lost, or answered. */
  #resolve(connection: Connection, end: End, segment: Segment): void {
    const peer: End = end === 0 ? 1 : 0
    const { feedback } = this.#options
    const { script } = connection.makers[end]
    const timestamp =
      script.timestamp === undefined
        ? undefined
        : (script.timestamp + Math.floor((this.#now - this.#options.script.begin) / 1e6)) >>> 0
    if (feedback.verdictOf(this.#step - 1) === Verdict.forward)
      this.#arrivals.push({
        at: this.#now + ONE_WAY,
        connection,
        to: peer,
        segment,
        timestamp,
        stranger: feedback.newSourceAt(this.#step - 1),
      })
    for (const emitted of feedback.emittedAt(this.#step - 1))
      if (emitted.kind === 'tcp-rst' && emitted.cause >= 0)
        this.#arrivals.push({
          at: this.#now + ONE_WAY,
          connection,
          to: emitted.to === 'sender' ? end : peer,
          segment: segmentOfEmitted(emitted, connection.makers[end].script.data.tunnels),
          timestamp: undefined,
        })
      else this.#tellExpiry(emitted)
  }

  /** A reset at expiry: the engine's clock is driven by packets, so the ends receive it with the next one. */
  #tellExpiry(emitted: Emitted): void {
    const connection = this.#connections.find(({ flow }) => flow === emitted.flow)
    if (connection === undefined || emitted.kind !== 'tcp-rst') return
    const at = Math.max(this.#now, emitted.at + ONE_WAY)
    const to: End = emitted.to === 'client' ? 0 : 1
    const later = this.#arrivals.findIndex((arrival) => arrival.at > at)
    const segment = segmentOfEmitted(emitted, connection.makers[to].script.data.tunnels)
    const arrival = { at, connection, to, segment, timestamp: undefined }
    this.#arrivals.splice(later < 0 ? this.#arrivals.length : later, 0, arrival)
  }

  /** Opens the connection again once it is dead, if the case has a reconnect that fits how it died. */
  #considerReconnect(): void {
    const reconnect = this.#reconnect
    const death = this.#connections[0]?.ends[0].death
    if (reconnect === undefined || death === undefined) return
    if (this.#reconnectAt !== undefined || this.#connections.length > 1) return
    const met = death.how === 'reset' ? 'reject' : 'drop'
    if (reconnect.when === undefined || reconnect.when.includes(met))
      this.#reconnectAt = death.at + reconnect.delay
  }

  *#open(): Generator<TimelineChunk> {
    const { script, flow, random } = this.#options
    const [first] = this.#connections
    if (this.#reconnect === undefined || first === undefined) return
    this.#reconnectAt = undefined
    this.#phase = this.phases.push(this.#reconnect.label) - 1
    const isn = { client: random(), server: random() }
    const old = first.ends[1]
    const connection =
      this.#reconnect.tuple === 'same'
        ? new Connection(script, flow, isn, undefined, old.death === undefined ? old : undefined)
        : new Connection(script, -1, isn, FIRST_PORT + (random() % 10_000))
    this.#connections.push(connection)
    yield* this.#send(connection, 0, connection.ends[0].connect(this.#now))
  }
}

/** The end whose next action at or after the packet comes first stays silent for the gap. */
function pause(connection: Connection, script: Script, packet: number, gap: Nanos): void {
  const first = (end: Script['client']) =>
    end.actions.find(({ number }) => number >= packet)?.number ?? Infinity
  connection.ends[first(script.client) <= first(script.server) ? 0 : 1].pause(packet, gap)
}

/** Refuses injections that prescribe what an endpoint sends: reactive endpoints decide that themselves. */
function refuse(injection: Injection): void {
  const keepalive = injection.kind === 'idle-gap' && injection.keepalive !== undefined
  if (injection.kind === 'segment' || injection.kind === 'duplicate' || keepalive)
    throw new FlowbreakError(
      'ERR_REACTIVE_INJECTION',
      `${injection.label} prescribes packets, which reactive endpoints choose themselves: use endpoints: recorded.`,
    )
}
