import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { enterFlow, isToServer } from './entry.ts'
import { Family } from './expiry.ts'
import type { Hosts } from './hosts.ts'
import { attachesToFlow, isFromQuotedReceiver, isIcmpError } from './icmp.ts'
import { Outcome } from './outcome.ts'
import { Flag, STATE_MASK, State, withState } from './record.ts'
import type { RuleStage } from './rules/stage.ts'
import type { Settings } from './settings.ts'

/** What decides about packets that are not TCP. */
export interface PseudoDecider {
  /** The outcome of a packet that is neither TCP nor a fragment. */
  decide(batch: PacketBatch, index: number, host: number, flow: number): number
  /** The outcome of a packet of a flow, or of the datagram that its fragment completed, of whatever `kind` says. */
  decideFlow(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number, kind: number): number
  /** A packet that belongs to no flow, or a fragment by itself. */
  decideAlone(batch: PacketBatch, index: number, host: number): number
  /** A datagram of no flow, of which the fragments were asked about. */
  decideStray(batch: PacketBatch, whole: Rebuilt, host: number): number
}

/** Decides about what is not TCP: UDP, ICMP, other protocols, and packets of no flow. */
export class PseudoStage implements PseudoDecider {
  readonly #settings: Settings
  readonly #hosts: Hosts
  readonly #rules: RuleStage | undefined

  constructor(settings: Settings, hosts: Hosts, rules: RuleStage | undefined) {
    this.#settings = settings
    this.#hosts = hosts
    this.#rules = rules
  }

  /** The outcome of a packet that is neither TCP nor a fragment. */
  decide(batch: PacketBatch, index: number, host: number, flow: number): number {
    const kind = batch.kind[index] ?? Kind.other
    const l4 = batch.l4[index] ?? -1
    if (flow < 0) return this.decideAlone(batch, index, host)
    const isIcmp = kind === Kind.icmp4 || kind === Kind.icmp6
    if (!isIcmp || !isIcmpError(kind, batch.bytes[l4] ?? 0))
      return this.decideFlow(batch, index, host, flow, kind)
    return attachesToFlow(batch.bytes, kind, l4, batch.payload[index] ?? 0)
      ? this.#decideAttached(batch, index, host, flow)
      : this.decideAlone(batch, index, host)
  }

  /** A pseudo-session of whatever `kind` says, established once both directions were seen. */
  decideFlow(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number, kind: number): number {
    const index = typeof cause === 'number' ? cause : cause.index
    const direction = batch.direction[index] ?? 0
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const head = enterFlow(table, base, familyOf(kind), direction, batch.time[index] ?? 0, this.#settings)
    if ((head & Flag.marked) !== 0) return Outcome.flowDrop
    const toServer = isToServer(head, direction)
    const seen = head | (toServer ? Flag.seenClient : Flag.seenServer)
    const both = (seen & Flag.seenClient) !== 0 && (seen & Flag.seenServer) !== 0
    table.words[base] = both ? withState(seen, State.established) : seen
    return this.#ruled(batch, cause, host, table.words, base, toServer, both)
  }

  /** A packet that belongs to no flow, or whose flow does not count. */
  decideAlone(batch: PacketBatch, index: number, host: number): number {
    return this.#ruled(batch, index, host, this.#hosts.table(host).words, -1, true, false)
  }

  decideStray(): number {
    return Outcome.forward
  }

  /** An ICMP error about a flow: dropped with it if that is marked, and keeps it alive; never makes one. */
  #decideAttached(batch: PacketBatch, index: number, host: number, flow: number): number {
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const now = batch.time[index] ?? 0
    if (!this.#hosts.isLive(table, base, now)) return this.decideAlone(batch, index, host)
    const head = table.words[base] ?? 0
    const marked = (head & Flag.marked) !== 0
    if (!marked || this.#settings.markRefreshes) table.see(base, now)
    if (marked) return Outcome.flowDrop
    const toServer =
      isToServer(head, batch.direction[index] ?? 0) &&
      isFromQuotedReceiver(batch.bytes, batch.l3[index] ?? 0, batch.l4[index] ?? 0)
    const established = (head & STATE_MASK) >= State.established
    return this.#ruled(batch, index, host, table.words, base, toServer, established)
  }

  #ruled(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    established: boolean,
  ): number {
    const rules = this.#rules
    if (rules === undefined) return Outcome.forward
    return rules.apply(Outcome.forward, batch, cause, host, words, base, toServer, established, true)
  }
}

function familyOf(kind: number): number {
  if (kind === Kind.udp4 || kind === Kind.udp6) return Family.udp
  return kind === Kind.icmp4 || kind === Kind.icmp6 ? Family.icmp : Family.other
}
