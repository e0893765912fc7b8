import { VERDICT_LETTERS } from '../grade/letters.ts'
import type { PacketBatch } from '../model/batch.ts'
import { Host, Knowledge, type KnowledgeName, Role } from '../model/codes.ts'
import type { CaseFinished, CaseTrace } from '../model/run-log.ts'
import type { ObservationBatch, Outage, Sighting } from '../model/target.ts'
import type { HostEvent, Owner, TimelineChunk } from '../model/timeline.ts'
import { isAcceptable } from '../observe/acceptable.ts'
import type { Controls } from '../observe/controls.ts'
import type { Receivers } from '../observe/receivers.ts'
import type { TimelineFlows } from '../timeline/flows.ts'
import { Beside } from './beside.ts'

const KNOWLEDGE_LETTERS = 'slwn'
const KNOWN: readonly KnowledgeName[] = ['self', 'log', 'wire']
const FORWARD = 'f'

/** Records everything that was offered and observed in one attempt at a case. */
export class TraceRecorder {
  readonly #hosts: readonly string[]
  readonly #receivers: Receivers | undefined
  readonly #beside = new Beside()
  readonly #step: number[] = []
  readonly #number: number[] = []
  readonly #time: number[] = []
  readonly #flow: number[] = []
  readonly #kind: number[] = []
  readonly #flags: number[] = []
  readonly #payload: number[] = []
  readonly #phase: number[] = []
  readonly #host: number[] = []
  readonly #by: number[] = []
  readonly #reason: number[] = []
  readonly #emitted: CaseTrace['emitted'][number][] = []
  readonly #parts: NonNullable<CaseTrace['parts']>[number][] = []
  readonly #events: CaseTrace['events'][number][] = []
  #emissions: ObservationBatch['emissions']
  #direction = ''
  #verdict = ''
  #knowledge = ''
  #zero: number | undefined
  /** The number of probe packets offered. */
  #offered = 0

  /** `receivers`: judge resets at expiry; absent if the setup has none. */
  constructor(hosts: readonly string[], receivers?: Receivers) {
    this.#hosts = hosts
    this.#receivers = receivers
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
    const base = this.#number.length - from
    for (let i = from; i < to; i++) {
      this.#step.push(packets.step[i] ?? -1)
      this.#number.push(packets.number[i] ?? 0)
      this.#time.push(this.#micros(packets.time[i] ?? 0))
      this.#flow.push(packets.flow[i] ?? -1)
      this.#kind.push(packets.kind[i] ?? 0)
      this.#flags.push(packets.flags[i] ?? 0)
      this.#payload.push(packets.payload[i] ?? 0)
      this.#phase.push(packets.phase[i] ?? 0)
      this.#host.push(packets.host[i] ?? Host.unknown)
      this.#by.push(by[i] ?? Host.unknown)
      this.#reason.push(packets.reason[i] ?? 0)
      this.#direction += packets.direction[i] === 0 ? '>' : '<'
      this.#verdict += VERDICT_LETTERS[packets.verdict[i] ?? 0] ?? 'u'
      this.#knowledge += KNOWLEDGE_LETTERS[knowledge[i] ?? Knowledge.self] ?? 's'
    }
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
    return step < 0 ? -1 : this.#step.lastIndexOf(step)
  }

  #amend(index: number): void {
    this.#verdict = this.#verdict.slice(0, index) + FORWARD + this.#verdict.slice(index + 1)
    this.#reason[index] = 0
  }

  /** How verdicts are known, and what was seen besides; complete once the timeline has ended. */
  beside(): Pick<CaseFinished, 'knowledge' | 'sightings' | 'outages'> {
    const knowledge: Partial<Record<KnowledgeName, number>> = {}
    for (const [code, name] of KNOWN.entries()) {
      const known = countOf(KNOWLEDGE_LETTERS[code] ?? '', this.#knowledge)
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
    for (const id of this.#flow) if (id > last) last = id
    const told: CaseTrace['flows'][number][] = []
    for (let id = 0; id <= last; id++) {
      const { protocol, client, server } = flows.info(id)
      told.push({ protocol, client, server })
    }
    return {
      hosts: this.#hosts,
      phases: [...phases],
      flows: told,
      number: this.#number,
      time: this.#time,
      flow: this.#flow,
      direction: this.#direction,
      kind: this.#kind,
      flags: this.#flags,
      payload: this.#payload,
      phase: this.#phase,
      host: this.#host,
      by: this.#by,
      verdict: this.#verdict,
      reason: this.#reason,
      knowledge: this.#knowledge,
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

  #micros(at: number): number {
    this.#zero ??= at
    return Math.round((at - this.#zero) / 1000)
  }
}

function countOf(letter: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) count++
  return count
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
