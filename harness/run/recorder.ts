import { carriedFlags, isOnlyIp } from '../flow/carried.ts'
import { VERDICT_LETTERS } from '../grade/letters.ts'
import type { PacketBatch } from '../model/batch.ts'
import { Host, Knowledge, type KnowledgeName, Role, Verdict } from '../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../model/run-log.ts'
import type { ObservationBatch, Outage, Sighting } from '../model/target.ts'
import type { HostEvent, Owner, TimelineChunk } from '../model/timeline.ts'
import { isAcceptable } from '../observe/acceptable.ts'
import type { Controls } from '../observe/controls.ts'
import type { Receivers } from '../observe/receivers.ts'
import type { TimelineFlows } from '../timeline/flows.ts'
import { Beside } from './beside.ts'
import { Letters, numbersFor, putNumbers, timesFor } from './trace-columns.ts'

const DIRECTIONS = Buffer.from('><')
const VERDICTS = Buffer.from(VERDICT_LETTERS)
const KNOWLEDGE = Buffer.from('slwn')
const KNOWN = ['self', 'log', 'wire'] as const satisfies readonly KnowledgeName[]

/** Records everything that was offered and observed in one attempt at a case. */
export class TraceRecorder {
  readonly #hosts: readonly string[]
  readonly #receivers: Receivers | undefined
  readonly #beside = new Beside()
  /** The number of probe packets observed: all columns have an entry for each. */
  #count = 0
  readonly #step: number[]
  readonly #number: number[]
  readonly #time: number[]
  readonly #flow: number[]
  readonly #kind: number[]
  readonly #flags: number[]
  readonly #payload: number[]
  readonly #phase: number[]
  readonly #host: number[]
  readonly #by: number[]
  readonly #reason: number[]
  readonly #direction: Letters
  readonly #verdict: Letters
  readonly #knowledge: Letters
  readonly #emitted: CaseTrace['emitted'][number][] = []
  readonly #parts: NonNullable<CaseTrace['parts']>[number][] = []
  readonly #events: CaseTrace['events'][number][] = []
  /** The indices of the first `#indexed` packets by step: made when one is asked for, which most cases never do. */
  readonly #indices = new Map<number, number>()
  #indexed = 0
  #emissions: ObservationBatch['emissions']
  #zero: number | undefined
  /** The number of probe packets offered. */
  #offered = 0

  /** `packets`: how many to expect. `receivers`: judge resets at expiry; absent if the setup has none. */
  constructor(hosts: readonly string[], packets: number, receivers?: Receivers) {
    this.#hosts = hosts
    this.#receivers = receivers
    this.#step = numbersFor(packets)
    this.#number = numbersFor(packets)
    this.#time = timesFor(packets)
    this.#flow = numbersFor(packets)
    this.#kind = numbersFor(packets)
    this.#flags = numbersFor(packets)
    this.#payload = numbersFor(packets)
    this.#phase = numbersFor(packets)
    this.#host = numbersFor(packets)
    this.#by = numbersFor(packets)
    this.#reason = numbersFor(packets)
    this.#direction = new Letters(DIRECTIONS, packets)
    this.#verdict = new Letters(VERDICTS, packets)
    this.#knowledge = new Letters(KNOWLEDGE, packets)
  }

  /** Notes the host events of a chunk as it is offered. */
  offer({ packets, events }: TimelineChunk): void {
    for (const { before, at, event } of events)
      this.#events.push({
        before: this.#offered + before,
        time: this.#micros(at),
        label: labelOf(event, this.#hosts),
      })
    // The beginning must also be the same for targets that are offered everything before they answer.
    if (packets.count > 0) this.#micros(packets.time[0] ?? 0)
    this.#offered += packets.count
  }

  /** Records the probe packets `from` … `to`-1 of an observation batch; all its emissions are about these packets. */
  record(observed: ObservationBatch, from = 0, to = observed.packets.count): void {
    const { packets, emissions, sightings, outages } = observed
    this.#emissions ??= emissions
    this.#recordExpiry(packets, from, to)
    if (from < to && packets.role[from] !== Role.control) this.#recordProbes(observed, from, to)
    if (sightings !== undefined || outages !== undefined) this.note(sightings, outages)
  }

  #recordProbes({ packets, by, knowledge }: ObservationBatch, from: number, to: number): void {
    const at = this.#count
    const base = at - from
    this.#count += to - from
    putNumbers(this.#step, at, packets.step, from, to)
    putNumbers(this.#number, at, packets.number, from, to)
    for (let i = from; i < to; i++) this.#time[base + i] = this.#micros(packets.time[i] ?? 0)
    putNumbers(this.#flow, at, packets.flow, from, to)
    putNumbers(this.#kind, at, packets.kind, from, to)
    putNumbers(this.#flags, at, packets.flags, from, to)
    for (let i = from; i < to; i++) if (isOnlyIp(packets, i)) this.#flags[base + i] = carriedFlags(packets, i)
    putNumbers(this.#payload, at, packets.payload, from, to)
    putNumbers(this.#phase, at, packets.phase, from, to)
    putNumbers(this.#host, at, packets.host, from, to)
    putNumbers(this.#by, at, by, from, to)
    putNumbers(this.#reason, at, packets.reason, from, to)
    this.#direction.add(packets.direction, from, to)
    this.#verdict.add(packets.verdict, from, to)
    this.#knowledge.add(knowledge, from, to)
    this.#recordEmitted(packets, base)
    for (const { cause, host, part } of packets.parts) this.#parts.push({ index: base + cause, host, part })
  }

  /** Records what was seen besides verdicts, packets being named by step; a packet that came out late was forwarded after all. */
  note(sightings: readonly Sighting[] = [], outages: readonly Outage[] = []): void {
    for (const sighting of sightings) {
      const { step, kind, after } = sighting
      const index = this.indexOf(step)
      if (step >= 0 && index < 0) continue
      this.#beside.add(sighting, index, index < 0 ? this.#micros(after) : Math.round(after / 1000))
      if (kind === 'late' && index >= 0) this.#amend(index)
    }
    for (const { event, host = -1, at, lasted, over } of outages) {
      const name = this.#hosts[host]
      const whose = name === undefined ? {} : { host: name }
      this.#beside.away({
        event,
        ...whose,
        time: this.#micros(at),
        lasted: Math.round(lasted / 1000),
        over,
      })
    }
  }

  /** Index into the trace of the packet of a step; -1: not a packet of the case. */
  indexOf(step: number): number {
    const indices = this.#indices
    for (; this.#indexed < this.#count; this.#indexed++)
      indices.set(this.#step[this.#indexed] ?? -1, this.#indexed)
    return step < 0 ? -1 : (indices.get(step) ?? -1)
  }

  #amend(index: number): void {
    this.#verdict.set(index, Verdict.forward)
    this.#reason[index] = 0
  }

  /** How verdicts are known, and what was seen besides; complete once the timeline has ended. */
  beside(): Pick<CaseFinished, 'knowledge' | 'sightings' | 'outages'> {
    const knowledge: Partial<Record<KnowledgeName, number>> = {}
    for (const name of KNOWN) {
      const known = this.#knowledge.count(Knowledge[name])
      if (known > 0) knowledge[name] = known
    }
    return { knowledge, ...this.#beside.told() }
  }

  /** Records what was emitted without a cause, such as resets at expiry, each judged by what its receiver had seen when it was sent. */
  #recordExpiry(packets: PacketBatch, from: number, to: number): void {
    const receivers = this.#receivers
    if (receivers === undefined && packets.emitted.length === 0) return
    const alone = packets.emitted.filter(({ cause }) => cause < 0)
    let next = 0
    for (let i = from; i < to; i++) {
      for (let emitted = alone[next]; emitted !== undefined; emitted = alone[++next]) {
        if (emitted.at > (packets.time[i] ?? 0)) break
        const { kind, to, by, seq, ack, at, flow = -1 } = emitted
        this.#emitted.push({
          index: -1,
          kind,
          to: to === 'client' ? 'client' : 'server',
          by,
          seq,
          ack,
          acceptable: kind === 'icmp' || (receivers?.accepts(emitted) ?? false),
          time: this.#micros(at),
          flow,
        })
      }
      if (packets.role[i] !== Role.control) receivers?.observe(packets, i)
    }
  }

  #recordEmitted(packets: PacketBatch, base: number): void {
    for (const emitted of packets.emitted) {
      if (emitted.cause < 0) continue
      const backwards = packets.direction[emitted.cause] === 0 ? 'client' : 'server'
      const forwards = backwards === 'client' ? 'server' : 'client'
      this.#emitted.push({
        index: base + emitted.cause,
        kind: emitted.kind,
        to: emitted.to === 'sender' ? backwards : forwards,
        by: emitted.by,
        seq: emitted.seq,
        ack: emitted.ack,
        acceptable: isAcceptable(emitted, packets),
      })
    }
  }

  /** The whole trace, once the timeline has ended. */
  trace(flows: TimelineFlows, phases: readonly string[], controls: Controls): CaseTrace {
    let last = -1
    for (let i = 0; i < this.#count; i++) last = Math.max(last, this.#flow[i] ?? -1)
    const told: CaseTrace['flows'][number][] = []
    for (let id = 0; id <= last; id++) {
      const { protocol, client, server } = flows.info(id)
      told.push({ protocol, client, server })
    }
    return {
      hosts: this.#hosts,
      phases: [...phases],
      flows: told,
      number: this.#cut(this.#number),
      time: this.#cut(this.#time),
      flow: this.#cut(this.#flow),
      direction: this.#direction.toString(),
      kind: this.#cut(this.#kind),
      flags: this.#cut(this.#flags),
      payload: this.#cut(this.#payload),
      phase: this.#cut(this.#phase),
      host: this.#cut(this.#host),
      by: this.#cut(this.#by),
      verdict: this.#verdict.toString(),
      reason: this.#cut(this.#reason),
      knowledge: this.#knowledge.toString(),
      emitted: this.#emitted,
      ...(this.#parts.length === 0 ? {} : { parts: this.#parts }),
      ...(this.#emissions === undefined ? {} : { emissions: this.#emissions }),
      events: this.#events,
      controls: {
        sent: controls.sent,
        out: controls.out,
        dead: [...controls.dead].map((road) => `${this.#hosts[road >> 1]} ${road % 2 === 0 ? 'c2s' : 's2c'}`),
      },
    }
  }

  #cut(numbers: number[]): readonly number[] {
    if (numbers.length > this.#count) numbers.length = this.#count
    return numbers
  }

  #micros(at: number): number {
    this.#zero ??= at
    return Math.round((at - this.#zero) / 1000)
  }
}

/** An event in words: `fw-a drained`, `s2c by fw-b`, `paths return`, `store down`. */
function labelOf(event: HostEvent, hosts: readonly string[]): string {
  switch (event.kind) {
    case 'return':
      return 'paths return'
    case 'store':
      return `store ${event.state}`
    case 'flush':
      return 'flows of drained hosts flushed'
    case 'set-timeout':
      return `${ownerWords(event.scope)}: time-out of ${event.scope === 'lb' ? 'new flows' : 'TCP'} ${event.tcpIdle}s`
    case 'fill-table':
      return `${ownerWords(event.scope)}: table full`
    case 'lose-replicas':
      return event.flow < 0 ? 'replication of sessions fails' : `replication of flow ${event.flow} fails`
    case 'steer':
      return `${['c2s', 's2c', 'both ways'][event.direction] ?? ''} by ${nameOfHost(event.host, hosts)}`
    default:
      return `${nameOfHost(event.host, hosts)} ${wordsOf(event.kind, 'outage' in event)}`
  }
}

function wordsOf(kind: keyof typeof HAPPENED, outage: boolean): string {
  return kind === 'drain' && outage ? 'deregistered' : HAPPENED[kind]
}

const HAPPENED = {
  drain: 'drained',
  crash: 'crashed',
  unhealthy: 'unhealthy',
  restore: 'restored',
  'end-drain': 'drained',
  export: 'exported its sessions',
  replicate: 'replicated to the others',
} as const

function ownerWords(owner: Owner): string {
  return owner === 'lb' ? 'load balancer' : 'firewall hosts'
}

function nameOfHost(host: number, hosts: readonly string[]): string {
  return host === Host.bypass ? 'bypass' : (hosts[host] ?? `host ${host}`)
}
