import { type Nanos, type PacketBatch, type Rebuilt, tunnelDepth } from '../model/batch.ts'
import { Host, Kind, Reason, Role, Tcp, Verdict } from '../model/codes.ts'
import type { Policy, Stateless } from '../model/setup.ts'
import { DECIDED, type MakeSharing, type SharingModel, WAITING } from '../model/sharing.ts'
import type { HostEvent } from '../model/timeline.ts'
import type { Profile } from '../profile/index.ts'
import { Delivery } from './app/app-view.ts'
import { CtPseudoStage } from './conntrack/pseudo.ts'
import { CtStage } from './conntrack/stage.ts'
import { Counters } from './counters.ts'
import { isToServer } from './entry.ts'
import { entryWords } from './entry-words.ts'
import { ExpiryResets } from './expiry-resets.ts'
import { FragmentHosts, isFragment, rebuiltAt } from './fragments.ts'
import { Hosts } from './hosts.ts'
import { advanceInOrder } from './in-order.ts'
import { ipBytes } from './ip-bytes.ts'
import { Outcome, outcomeAt, reasonOf, verdictOf } from './outcome.ts'
import { type PseudoDecider, PseudoStage } from './pseudo.ts'
import { account, endRecords, recordEnds } from './records/account.ts'
import type { FlowRecords } from './records/flow-records.ts'
import type { AlertSink } from './rules/alerts.ts'
import { RuleStage } from './rules/stage.ts'
import { Segment } from './segment.ts'
import { readSettings, type Settings } from './settings.ts'
import { StatelessEngine } from './stateless/stateless-engine.ts'
import { Way } from './stateless/way.ts'
import { type TcpDecider, TcpStage } from './tcp.ts'
import { TimeoutChange } from './timeout-change.ts'

/** What an engine is made of. */
export interface EngineOptions {
  readonly profile: Profile
  readonly policy: Policy
  /** In Suricata's language, in order; ERR_RULE names what this engine does not read. */
  readonly rules: readonly string[]
  /** How many hosts there are, 1 … 250. */
  readonly hosts: number
  /** How sessions reach other hosts (harness/sharing); absent: not at all. */
  readonly sharing?: MakeSharing | undefined
  /** Is told of every alert; absent: alerts are not made. */
  readonly alerts?: AlertSink | undefined
  /** The stateless engine before it; absent: every packet reaches the stateful one. */
  readonly stateless?: Stateless | undefined
  /** Accounts for every flow entry; absent: none is kept, and nothing is paid for them. */
  readonly records?: FlowRecords | undefined
}

/** The engines of all hosts: one session table a host, one policy. Synchronous; the clock is the packets' times. */
export class Engine {
  readonly #settings: Settings
  readonly #hosts: Hosts
  readonly #counters: Counters
  readonly #rules: RuleStage | undefined
  readonly #tcp: TcpDecider
  readonly #pseudo: PseudoDecider
  readonly #resets: ExpiryResets | undefined
  readonly #segment = new Segment()
  readonly #fragmentHosts: FragmentHosts
  readonly #stateless: StatelessEngine | undefined
  readonly #records: FlowRecords | undefined
  readonly #timeouts: TimeoutChange
  /** Where a fragment's datagram is put together, if not at the host that decides about it. */
  #assembler: number | undefined
  /** The datagram that the latest fragment completed at its host, and that was decided with it. */
  #whole: Rebuilt | undefined

  constructor(options: EngineOptions) {
    const settings = readSettings(options.profile.knobs, options.policy)
    this.#settings = settings
    this.#timeouts = new TimeoutChange(options.profile.knobs, settings)
    this.#counters = new Counters(options.hosts)
    this.#hosts = new Hosts(options.hosts, options.sharing, settings, this.#counters)
    this.#rules = RuleStage.of(options.rules, options.policy, settings, options.alerts)
    const { conntrack } = settings
    if (conntrack === undefined) {
      this.#tcp = new TcpStage(settings, this.#counters, this.#rules)
      this.#pseudo = new PseudoStage(settings, this.#hosts, this.#rules)
    } else {
      this.#tcp = new CtStage(conntrack, this.#counters, this.#rules)
      this.#pseudo = new CtPseudoStage(conntrack, this.#hosts, this.#counters, this.#rules)
    }
    this.#fragmentHosts = new FragmentHosts(conntrack && options.profile.knobs)
    if (options.stateless !== undefined)
      this.#stateless = new StatelessEngine(options.stateless, options.hosts)
    this.#resets = ExpiryResets.of(settings, this.#hosts)
    this.#records = options.records
    if (options.records !== undefined) recordEnds(options.records, this.#hosts)
  }

  /** What the sharing of sessions waits for: after `apply`, `reset`, and a `decide` that stopped early. */
  get pending(): Promise<void> | undefined {
    return this.#hosts.sharing?.pending
  }

  /**
   * Fills verdict and reason of packets `from` … `to`-1 that reach a host, and adds to `emitted`. Packets that another stage
   * has decided are left alone. Answers with `to`, or with the index of a packet that can only be decided once `pending` has settled.
   */
  decide(batch: PacketBatch, from: number, to: number): number {
    const next = this.#decideAll(batch, from, to)
    if (next > from) this.#fragmentHosts.unfinished?.advance(batch, batch.time[next - 1] ?? 0)
    return next
  }

  #decideAll(batch: PacketBatch, from: number, to: number): number {
    const resets = this.#resets
    const { sharing } = this.#hosts
    const watched = sharing?.watchesPackets === true ? sharing : undefined
    if (resets === undefined && watched === undefined) return this.#decide(batch, from, to)
    for (let i = from; i < to; i++) {
      resets?.advance(batch, batch.time[i] ?? 0)
      if (watched === undefined) this.#decide(batch, i, i + 1)
      else if (!this.#decideShared(batch, i, watched)) return i
      resets?.watch(batch, i)
    }
    return to
  }

  /** One packet, at the host where the sharing has it decided; false: it must wait. Controls prove roads, and have no sessions to share. */
  #decideShared(batch: PacketBatch, index: number, sharing: SharingModel): boolean {
    const arrived = batch.host[index] ?? 0
    const shared = arrived < this.#hosts.tables.length && batch.role[index] !== Role.control
    if (!shared) {
      this.#decide(batch, index, index + 1)
      return true
    }
    const host = sharing.arrive(batch, index, arrived)
    if (host === WAITING) return false
    this.#assembler = sharing.assembler?.(batch, index, arrived)
    if (host === DECIDED || host >= this.#hosts.tables.length) this.#decidedByModel(batch, index, host)
    else {
      batch.host[index] = host
      this.#decide(batch, index, index + 1)
      const before = outcomeAt(batch, index)
      sharing.decided(batch, index, host)
      this.#counters.correct(host, before, outcomeAt(batch, index))
    }
    this.#assembler = undefined
    return true
  }

  /** A packet that the sharing has decided, at the host that it came to or on its way. */
  #decidedByModel(batch: PacketBatch, index: number, host: number): void {
    if (isFragment(batch, index)) this.#fragmentHosts.note(batch, index, Host.bypass)
    if (host !== DECIDED) batch.host[index] = host
    else this.#counters.count(batch.host[index] ?? 0, outcomeAt(batch, index), ipBytes(batch, index))
  }

  #decide(batch: PacketBatch, from: number, to: number): number {
    if (this.#stateless === undefined && this.#records === undefined) this.#decideStateful(batch, from, to)
    else for (let i = from; i < to; i++) this.#decideOne(batch, i)
    return to
  }

  /** One packet by both engines, the stateless one and if that forwards it the stateful one, and into the records. */
  #decideOne(batch: PacketBatch, index: number): void {
    const host = batch.host[index] ?? 0
    if (host >= this.#hosts.tables.length) return
    const way = this.#stateless?.decide(batch, index, host) ?? Way.forward
    if (way !== Way.forward) {
      this.#decideStateless(batch, index, way)
      return
    }
    this.#whole = undefined
    this.#decideStateful(batch, index, index + 1)
    if (this.#records !== undefined && batch.role[index] !== Role.control)
      account(this.#records, this.#hosts, batch, index, host, this.#whole)
  }

  /** The stateful engine does not see it: a datagram of which it misses a part is never whole there. */
  #decideStateless(batch: PacketBatch, index: number, way: number): void {
    batch.verdict[index] = way === Way.pass ? Verdict.forward : Verdict.drop
    batch.reason[index] = way === Way.pass ? Reason.none : Reason.stateless
    if (isFragment(batch, index)) this.#fragmentHosts.note(batch, index, Host.bypass)
  }

  #decideStateful(batch: PacketBatch, from: number, to: number): void {
    const { host, kind, flow, flags, direction, time, role, verdict, reason } = batch
    const { tables } = this.#hosts
    const { stack, stacked } = batch
    const counters = this.#counters
    const rules = this.#rules
    const segment = this.#segment
    const idle = this.#settings.inOrderIdle
    for (let i = from; i < to; i++) {
      const by = host[i] ?? 0
      const table = tables[by]
      if (table === undefined) continue
      const id = flow[i] ?? -1
      const type = kind[i] ?? 0
      let outcome: number = Outcome.forward
      if ((type === Kind.tcp4 || type === Kind.tcp6) && id >= 0) {
        const base = table.touch(id)
        const now = time[i] ?? 0
        const way = direction[i] ?? 0
        if (
          ((flags[i] ?? 0) & ~Tcp.psh) === Tcp.ack &&
          now - table.lastSeen(base) <= idle &&
          advanceInOrder(table.words, base, batch, i)
        ) {
          table.see(base, now)
          if (rules !== undefined) {
            const toServer = isToServer(table.words[base] ?? 0, way)
            outcome = rules.apply(outcome, batch, i, by, table.words, base, toServer, true, Delivery.taken)
          }
        } else {
          segment.take(batch, i)
          outcome = this.#tcp.decide(batch, i, by, table, base, way, now, segment)
        }
      } else if (type === Kind.fragment4 || type === Kind.fragment6) {
        outcome = this.#decideFragment(batch, i, by, id)
      } else outcome = this.#pseudo.decide(batch, i, by, id)
      if (stacked && outcome === Outcome.forward && tunnelDepth(stack[i] ?? 0) !== 0)
        outcome = this.#pseudo.decideCarriers(batch, i, by)
      verdict[i] = verdictOf(outcome)
      reason[i] = reasonOf(outcome)
      if (role[i] !== Role.control) counters.count(by, outcome, ipBytes(batch, i))
    }
  }

  /** Lets something happen to a host. Paths are not the engine's: `steer` does nothing here. */
  apply(event: HostEvent, at: Nanos): void {
    if (event.kind === 'set-timeout' && event.scope === 'hosts')
      this.#timeouts.apply(event.tcpIdle, this.#hosts.tables, at)
    this.#hosts.apply(event, at)
    if (event.kind !== 'crash') return
    this.#records?.forget(event.host)
    this.#fragmentHosts.unfinished?.forget(event.host)
  }

  /** When the next reset at expiry, or word of an unfinished datagram, may be due; infinity where there is none to come. */
  get nextExpiry(): Nanos {
    const never = Number.POSITIVE_INFINITY
    return Math.min(this.#resets?.next ?? never, this.#fragmentHosts.unfinished?.next ?? never)
  }

  /** Lets time go by without a packet: adds to `batch.emitted` what is sent about whatever has expired by `now`. */
  expire(batch: PacketBatch, now: Nanos): void {
    this.#resets?.advance(batch, now)
    this.#fragmentHosts.unfinished?.advance(batch, now)
  }

  /** What a host holds of a flow after a packet, in words; for those who look on. */
  entryOf(host: number, flow: number, now: Nanos): string {
    return entryWords(this.#hosts, host, flow, now, this.#settings.conntrack !== undefined)
  }

  /** Nothing more will come: the records of all entries end. */
  finish(): void {
    if (this.#records !== undefined) endRecords(this.#records, this.#hosts)
  }

  /** Back to empty tables, all hosts in service and counters at zero; costs what was used. */
  reset(): void {
    this.#hosts.reset()
    this.#timeouts.reset()
    this.#fragmentHosts.clear()
    this.#resets?.clear()
    this.#rules?.clear()
    this.#counters.clear()
    this.#stateless?.clear()
    this.#records?.clear()
  }

  /**
   * The counters of a host under AWS's names (CloudWatch namespace AWS/NetworkFirewall): those of the stateful engine as they
   * are, those of the stateless one, if there is one, after `Stateless.`. Controls are not counted.
   */
  counters(host: number): Record<string, number> {
    return { ...this.#counters.of(host), ...this.#stateless?.counters(host) }
  }

  /**
   * The fragment that completes its datagram meets the datagram's fate, at a host that saw the whole of it; by itself each
   * meets the rules that need no more than it has.
   */
  #decideFragment(batch: PacketBatch, index: number, host: number, flow: number): number {
    const together = this.#fragmentHosts.note(batch, index, this.#assembler ?? host)
    const whole = rebuiltAt(batch.rebuilt, index)
    if (whole !== undefined) {
      if (together && flow >= 0) this.#whole = whole
      const outcome = together ? this.#decideRebuilt(batch, whole, host, flow) : Outcome.forward
      if (outcome !== Outcome.forward) return outcome
    }
    return this.#pseudo.decideAlone(batch, index, host)
  }

  #decideRebuilt(batch: PacketBatch, whole: Rebuilt, host: number, flow: number): number {
    const { index, bytes, kind } = whole
    if (flow < 0 || (kind !== Kind.tcp4 && kind !== Kind.tcp6))
      return this.#pseudo.decide(batch, whole, host, flow)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const table = this.#hosts.table(host)
    this.#segment.read(view, whole.l4, bytes.length, whole.flags, whole.payload)
    const direction = batch.direction[index] ?? 0
    const base = table.touch(flow)
    return this.#tcp.decide(batch, whole, host, table, base, direction, batch.time[index] ?? 0, this.#segment)
  }
}
