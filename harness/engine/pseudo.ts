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

/** Decides about what is not TCP: UDP, ICMP, other protocols, and packets of no flow. */
export class PseudoStage {
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
    if (!attachesToFlow(batch.bytes, kind, l4, batch.payload[index] ?? 0))
      return this.decideAlone(batch, index, host)
    const fromReceiver = isFromQuotedReceiver(batch.bytes, batch.l3[index] ?? 0, l4)
    return this.#decideAttached(batch, index, host, flow, fromReceiver)
  }

  /** The outcome of a datagram other than TCP that was put together from fragments. */
  decideRebuilt(batch: PacketBatch, whole: Rebuilt, host: number, flow: number): number {
    const { bytes, kind, l4 } = whole
    const isIcmp = kind === Kind.icmp4 || kind === Kind.icmp6
    if (!isIcmp || !isIcmpError(kind, bytes[l4] ?? 0)) return this.decideFlow(batch, whole, host, flow, kind)
    if (!attachesToFlow(bytes, kind, l4, whole.payload)) return this.decideAlone(batch, whole, host)
    return this.#decideAttached(batch, whole, host, flow, isFromQuotedReceiver(bytes, 0, l4))
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
  decideAlone(batch: PacketBatch, cause: number | Rebuilt, host: number): number {
    return this.#ruled(batch, cause, host, this.#hosts.table(host).words, -1, true, false)
  }

  /** An ICMP error about a flow: dropped with it if that is marked, and keeps it alive; never makes one. */
  #decideAttached(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    fromReceiver: boolean,
  ): number {
    const index = typeof cause === 'number' ? cause : cause.index
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const now = batch.time[index] ?? 0
    if (!this.#hosts.isLive(table, base, now)) return this.decideAlone(batch, cause, host)
    const head = table.words[base] ?? 0
    const marked = (head & Flag.marked) !== 0
    if (!marked || this.#settings.markRefreshes) table.see(base, now)
    if (marked) return Outcome.flowDrop
    const toServer = isToServer(head, batch.direction[index] ?? 0) && fromReceiver
    const established = (head & STATE_MASK) >= State.established
    return this.#ruled(batch, cause, host, table.words, base, toServer, established)
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
    return rules.apply(Outcome.forward, batch, cause, host, words, base, toServer, established)
  }
}

function familyOf(kind: number): number {
  if (kind === Kind.udp4 || kind === Kind.udp6) return Family.udp
  return kind === Kind.icmp4 || kind === Kind.icmp6 ? Family.icmp : Family.other
}
