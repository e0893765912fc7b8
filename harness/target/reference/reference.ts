import { Engine, type EngineOptions } from '../../engine/engine.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Host, Knowledge } from '../../model/codes.ts'
import type { Setup, Topology } from '../../model/setup.ts'
import {
  type Capabilities,
  type DirectSession,
  FEATURES,
  type ObservationBatch,
  type Session,
  type Target,
} from '../../model/target.ts'
import type { Timeline, TimelineChunk } from '../../model/timeline.ts'
import { controlRulesOf, withControls } from '../../observe/control-rules.ts'
import { deniedControlOf } from '../../profile/denied.ts'
import { profileOf } from '../../profile/index.ts'
import type { OpenSharing } from '../../sharing/open-sharing.ts'
import { openSharing } from '../../sharing/sharing.ts'
import { missingPrograms } from '../../sharing/store/programs.ts'

const CAPABILITIES: Capabilities = {
  clock: 'virtual',
  reactive: true,
  hosts: 250,
  families: ['ipv4', 'ipv6'],
  policies: ['drop', 'reject', 'continue'],
  sharing: ['none', 'replication', 'cluster', 'sync', 'snat'],
  events: [
    'drain',
    'crash',
    'unhealthy',
    'restore',
    'flush',
    'steer',
    'return',
    'set-timeout',
    'fill-table',
    'end-drain',
    'export',
    'replicate',
    'lose-replicas',
    'store',
  ],
  observes: ['verdict', 'reason', 'emitted', 'counters', 'parts'],
  folding: 'aligned',
  profiles: 'any',
  features: FEATURES,
  clockScale: 1,
}

/** What the engine reports besides observations: the records and alerts in the log of a device. */
export type ReferenceTaps = Pick<EngineOptions, 'records' | 'alerts'> & {
  /** Called with the session entry of each packet's flow once the packet is decided; absent: packets are decided many at a time. */
  readonly entry?: (index: number, words: string) => void
}

/** The reference engine, in process, on virtual time. */
export class ReferenceTarget implements Target {
  readonly name = 'reference'
  readonly version: string
  readonly shared = 'threads'
  readonly #taps: ReferenceTaps

  /** `version`: that of flowbreak itself. */
  constructor(version: string, taps: ReferenceTaps = {}) {
    this.version = version
    this.#taps = taps
  }

  /** With sharing `store` only if a Redis can be started. */
  get capabilities(): Capabilities {
    if (missingPrograms().length > 0) return CAPABILITIES
    return { ...CAPABILITIES, sharing: [...CAPABILITIES.sharing, 'store'] }
  }

  async prepare(setup: Setup): Promise<Session & Required<Pick<Session, 'answer'>>> {
    const sharing = await openSharing(setup.topology.sharing)
    const guarded =
      setup.rules.length > 0 ||
      setup.policy.defaultActions.length > 0 ||
      deniedControlOf(setup) === 'denied-port'
    const { records, alerts } = this.#taps
    const engine = new Engine({
      records,
      alerts,
      profile: profileOf(setup),
      policy: setup.policy,
      rules: guarded ? [...controlRulesOf(setup), ...setup.rules] : setup.rules,
      hosts: setup.topology.hosts.length,
      sharing: sharing.make,
      stateless: setup.stateless === undefined ? undefined : withControls(setup.stateless, setup),
    })
    return new ReferenceSession(engine, setup.topology, sharing, this.#taps)
  }
}

class ReferenceSession implements Session {
  readonly #engine: Engine
  readonly #topology: Topology
  readonly #sharing: OpenSharing
  readonly #records: ReferenceTaps['records']
  readonly #entry: ReferenceTaps['entry']
  #by = new Uint8Array(0)
  #knowledge = new Uint8Array(0)

  constructor(engine: Engine, topology: Topology, sharing: OpenSharing, taps: ReferenceTaps) {
    this.#engine = engine
    this.#topology = topology
    this.#sharing = sharing
    this.#records = taps.records
    this.#entry = taps.entry
  }

  async *replay(timeline: Timeline, signal: AbortSignal): AsyncGenerator<ObservationBatch> {
    for await (const chunk of timeline.chunks) {
      signal.throwIfAborted()
      yield this.answer(chunk, timeline.epoch)
    }
  }

  answer(chunk: TimelineChunk, epoch: bigint): ObservationBatch | Promise<ObservationBatch> {
    if (this.#records !== undefined) this.#records.epoch = epoch
    // Nothing else ever has to be waited for.
    if (this.#topology.sharing.kind === 'store') return this.#answerWithStore(chunk)
    const { packets, events } = chunk
    let from = 0
    for (const { before, at, event } of events) {
      this.#decide(packets, from, before)
      this.#engine.apply(event, at)
      from = before
    }
    this.#decide(packets, from, packets.count)
    return this.#observed(packets)
  }

  #decide(packets: PacketBatch, from: number, to: number): void {
    if (this.#entry === undefined) {
      this.#engine.decide(packets, from, to)
      return
    }
    for (let i = from; i < to; i++) {
      this.#engine.decide(packets, i, i + 1)
      this.#tellEntry(packets, i)
    }
  }

  async #answerWithStore({ packets, events }: TimelineChunk): Promise<ObservationBatch> {
    let from = 0
    for (const { before, at, event } of events) {
      await this.#decideWithStore(packets, from, before)
      this.#engine.apply(event, at)
      await this.#engine.pending
      from = before
    }
    await this.#decideWithStore(packets, from, packets.count)
    return this.#observed(packets)
  }

  async #decideWithStore(packets: PacketBatch, from: number, to: number): Promise<void> {
    const piece = this.#entry === undefined ? to - from : 1
    for (let at = from; at < to; at += piece) {
      for (let next = at; next < at + piece; ) {
        next = this.#engine.decide(packets, next, at + piece)
        if (next < at + piece) await this.#engine.pending
      }
      this.#tellEntry(packets, at)
    }
  }

  #tellEntry({ host, flow, time }: PacketBatch, i: number): void {
    this.#entry?.(i, this.#engine.entryOf(host[i] ?? Host.unknown, flow[i] ?? -1, time[i] ?? 0))
  }

  /** Not with records: they need the time of day, which comes with a timeline. */
  direct(): DirectSession | undefined {
    if (this.#topology.sharing.kind !== 'none' || this.#records !== undefined) return undefined
    const engine = this.#engine
    return {
      decide: (batch, from, to) => {
        engine.decide(batch, from, to)
      },
      observed: (batch) => this.#observed(batch),
    }
  }

  #observed(packets: PacketBatch): ObservationBatch {
    if (this.#by.length < packets.capacity) {
      this.#by = new Uint8Array(packets.capacity)
      this.#knowledge = new Uint8Array(packets.capacity).fill(Knowledge.log)
    }
    const by = this.#by
    const { host, count } = packets
    for (let i = 0; i < count; i++) {
      const at = host[i] ?? Host.unknown
      by[i] = at === Host.bypass ? Host.path : at
    }
    return { packets, by, knowledge: this.#knowledge }
  }

  async reset(): Promise<void> {
    this.#engine.reset()
    await this.#engine.pending
  }

  async counters(): Promise<readonly Readonly<Record<string, number>>[]> {
    return this.#topology.hosts.map((_, host) => this.#engine.counters(host))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine.finish()
    await this.#sharing[Symbol.asyncDispose]()
  }
}
