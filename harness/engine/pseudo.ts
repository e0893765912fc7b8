import { ipProtocol } from '../flow/transport.ts'
import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { Protocol } from '../wire/numbers.ts'
import { asDatagram, carriersOf } from '../wire/tunnel/carriers.ts'
import { Delivery } from './app/app-view.ts'
import { enterFlow, isToServer, NO_ROOM } from './entry.ts'
import { Family } from './expiry.ts'
import type { Hosts } from './hosts.ts'
import { attachesToFlow, isFromClient, isIcmpError } from './icmp.ts'
import { Outcome } from './outcome.ts'
import { Flag, STATE_MASK, State, withState } from './record.ts'
import type { RuleStage } from './rules/stage.ts'
import type { Settings } from './settings.ts'
import { Subject } from './subject.ts'

/** Decides about packets other than TCP. */
export interface PseudoDecider {
  /** The outcome of a packet that is neither TCP nor a fragment, or of a datagram other than TCP that a fragment completed. */
  decide(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number
  /** The outcome of a packet that belongs to no flow, or of a fragment by itself. */
  decideAlone(batch: PacketBatch, cause: number | Rebuilt, host: number): number
  /** The rules' outcome for the tunnels around a packet that they forward. */
  decideCarriers(batch: PacketBatch, index: number, host: number): number
}

/** Decides about packets other than TCP: UDP, ICMP, other protocols, and packets of no flow. */
export class PseudoStage implements PseudoDecider {
  readonly #settings: Settings
  readonly #hosts: Hosts
  readonly #rules: RuleStage | undefined
  readonly #subject = new Subject()

  constructor(settings: Settings, hosts: Hosts, rules: RuleStage | undefined) {
    this.#settings = settings
    this.#hosts = hosts
    this.#rules = rules
  }

  /** The outcome of a packet that is neither TCP nor a fragment, or of a datagram other than TCP that a fragment completed. */
  decide(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number {
    if (flow < 0) return this.decideAlone(batch, cause, host)
    const { bytes, kind, l3, l4, payload, end } = this.#subject.look(batch, cause)
    if (kind === Kind.icmp4 || kind === Kind.icmp6) {
      if (!isIcmpError(kind, bytes[l4] ?? 0))
        return this.#decideFlow(batch, cause, host, flow, Family.icmp, true)
      return attachesToFlow(bytes, kind, l4, payload)
        ? this.#decideAttached(batch, cause, host, flow)
        : this.decideAlone(batch, cause, host)
    }
    if (kind === Kind.udp4 || kind === Kind.udp6)
      return this.#decideFlow(batch, cause, host, flow, Family.udp, true)
    const any = this.#settings.tracksAnyProtocol
    const protocol = ipProtocol(bytes, l3, end)
    if (!any && !hasFlow(protocol, kind)) return this.decideAlone(batch, cause, host)
    return this.#decideFlow(batch, cause, host, flow, Family.other, any || protocol === Protocol.sctp)
  }

  /** The outcome of a packet that belongs to no flow, or whose flow does not count. */
  decideAlone(batch: PacketBatch, cause: number | Rebuilt, host: number): number {
    return this.#ruled(batch, cause, host, this.#hosts.table(host).words, -1, true, false)
  }

  /** The rules' outcome for the tunnels around a packet that they forward, from the innermost out. */
  decideCarriers(batch: PacketBatch, index: number, host: number): number {
    if (this.#rules === undefined || !this.#settings.judgesCarriers) return Outcome.forward
    for (const carrier of carriersOf(batch, index).reverse()) {
      const outcome = this.decideAlone(batch, asDatagram(batch, index, carrier), host)
      if (outcome !== Outcome.forward) return outcome
    }
    return Outcome.forward
  }

  /** A pseudo-session; established once packets of both directions were seen, as far as the direction of a packet is known. */
  #decideFlow(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    family: number,
    directed: boolean,
  ): number {
    const index = typeof cause === 'number' ? cause : cause.index
    const direction = batch.direction[index] ?? 0
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const head = enterFlow(table, base, family, direction, batch.time[index] ?? 0, this.#settings)
    if (head === NO_ROOM) return Outcome.tableFull
    const marked = (head & Flag.marked) !== 0
    if (marked && !this.#settings.markRefreshes) return Outcome.flowDrop
    const toServer = !directed || isToServer(head, direction)
    const seen = head | (toServer ? Flag.seenClient : Flag.seenServer)
    const both = (seen & Flag.seenClient) !== 0 && (seen & Flag.seenServer) !== 0
    table.words[base] = both ? withState(seen, State.established) : seen
    if (marked) return Outcome.flowDrop
    return this.#ruled(batch, cause, host, table.words, base, toServer, both)
  }

  /** An ICMP error about a flow: keeps the flow alive, and is dropped with it if it is marked; never creates a flow. */
  #decideAttached(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number {
    const { bytes, l3, l4, index } = this.#subject
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const now = batch.time[index] ?? 0
    if (!this.#hosts.isLive(table, base, now)) return this.decideAlone(batch, cause, host)
    const head = table.words[base] ?? 0
    const marked = (head & Flag.marked) !== 0
    if (!marked || this.#settings.markRefreshes) table.see(base, now)
    if (marked) return Outcome.flowDrop
    const turned = (head & Flag.pickedUpBySynAck) !== 0
    // If client and server of the flow were swapped, the server's errors count instead.
    const quoted = isToServer(head, batch.direction[index] ?? 0) !== turned
    const toServer = isFromClient(bytes, l3, l4, quoted) !== turned
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
    return rules.apply(
      Outcome.forward,
      batch,
      cause,
      host,
      words,
      base,
      toServer,
      established,
      Delivery.taken,
    )
  }
}

/** Whether an IP protocol other than TCP, UDP and ICMP has flows at all (Suricata 7.0.10, calls of FlowSetupPacket). */
function hasFlow(protocol: number, kind: number): boolean {
  if (protocol === Protocol.ipv6) return kind === Kind.ip4
  return protocol === Protocol.sctp || protocol === Protocol.esp
}
