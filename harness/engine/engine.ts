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
  /** In Suricata's language, in order; ERR_RULE names what this engine does not support. */
  readonly rules: readonly string[]
  /** How many hosts there are, 1 … 250. */
  readonly hosts: number
  /** How sessions reach other hosts (harness/sharing); absent: not at all. */
  readonly sharing?: MakeSharing | undefined
  /** Receives every alert; absent: no alerts are made. */
  readonly alerts?: AlertSink | undefined
  /** The stateless engine before it; absent: every packet reaches the stateful one. */
  readonly stateless?: Stateless | undefined
  /** Keeps a record of every flow entry; absent: no records, at no cost. */
  readonly records?: FlowRecords | undefined
}

/** The engines of all hosts: one session table per host, one policy. Synchronous; the clock is the packets' times. */
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
  /** The host that reassembles fragments, if it is not the one that decides about them. */
  #assembler: number | undefined
  /** The datagram that the latest fragment completed at its host, and that was decided together with it. */
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

  /** Pending work of session sharing: may be set after `apply`, `reset`, and a `decide` that stopped early. */
  get pending(): Promise<void> | undefined {
    return this.#hosts.sharing?.pending
  }

  /**
   * Fills in verdict and reason of packets `from` … `to`-1 that reach a host, and adds to `emitted`. Packets that another stage has
   * decided are left alone. Returns `to`, or the index of a packet that can only be decided once `pending` has settled.
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

  /** Decides one packet at the host that the sharing model chooses; false: it must wait. Control packets have no sessions to share. */
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

  /** A packet that the sharing model decided, at the host where it arrived or on its way there. */
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

  /** Passes one packet through the stateless engine and, if that forwards it, the stateful one; then into the records. */
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

  /** The stateful engine does not see this packet: a datagram with a fragment missing is never reassembled there. */
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
    const { inOrderIdle: idle, pickUp } = this.#settings
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
          advanceInOrder(table.words, base, batch, i, pickUp)
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
      } else outcome = type === Kind.cut ? Outcome.unread : this.#pseudo.decide(batch, i, by, id)
      if (stacked && outcome === Outcome.forward && tunnelDepth(stack[i] ?? 0) !== 0)
        outcome = this.#pseudo.decideCarriers(batch, i, by)
      verdict[i] = verdictOf(outcome)
      reason[i] = reasonOf(outcome)
      if (role[i] !== Role.control && type !== Kind.cut) counters.count(by, outcome, ipBytes(batch, i))
    }
  }

  /** Applies an event to a host. Paths are outside the engine: `steer` does nothing here. */
  apply(event: HostEvent, at: Nanos): void {
    if (event.kind === 'set-timeout' && event.scope === 'hosts')
      this.#timeouts.apply(event.tcpIdle, this.#hosts.tables, at)
    this.#hosts.apply(event, at)
    if (event.kind !== 'crash') return
    this.#records?.forget(event.host)
    this.#fragmentHosts.unfinished?.forget(event.host)
  }

  /** When the next reset at expiry, or report of an unfinished datagram, may be due; infinity if there is none. */
  get nextExpiry(): Nanos {
    const never = Number.POSITIVE_INFINITY
    return Math.min(this.#resets?.next ?? never, this.#fragmentHosts.unfinished?.next ?? never)
  }

  /** Advances time without a packet: adds to `batch.emitted` whatever is sent on expiries up to `now`. */
  expire(batch: PacketBatch, now: Nanos): void {
    this.#resets?.advance(batch, now)
    this.#fragmentHosts.unfinished?.advance(batch, now)
  }

  /** A host's entry of a flow after a packet, in words, for display. */
  entryOf(host: number, flow: number, now: Nanos): string {
    return entryWords(this.#hosts, host, flow, now, this.#settings.conntrack !== undefined)
  }

  /** No more packets will come: ends the records of all entries. */
  finish(): void {
    if (this.#records !== undefined) endRecords(this.#records, this.#hosts)
  }

  /** Returns to empty tables, all hosts in service and counters at zero; the cost is proportional to what was used. */
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
   * The counters of a host under AWS's names (CloudWatch namespace AWS/NetworkFirewall): those of the stateful engine as they are, those of
   * the stateless one, if any, prefixed `Stateless.`. Control packets are not counted.
   */
  counters(host: number): Record<string, number> {
    return { ...this.#counters.of(host), ...this.#stateless?.counters(host) }
  }

  /**
   * The fragment that completes a datagram shares the datagram's outcome, at a host that saw all of it. Every other fragment is decided
   * alone, by the rules that need no more than it contains.
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
