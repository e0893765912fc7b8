import { linuxProtocol } from '../../flow/linux.ts'
import { icmpOf } from '../../flow/transport.ts'
import type { Nanos, PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Direction, Kind, Role, Verdict } from '../../model/codes.ts'
import { isIcmpError } from '../../wire/icmp.ts'
import { datagramEnd } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import { Delivery } from '../app/app-view.ts'
import type { Counters } from '../counters.ts'
import { bareHead, isToServer } from '../entry.ts'
import { Family } from '../expiry.ts'
import type { Hosts } from '../hosts.ts'
import { Outcome, verdictOf } from '../outcome.ts'
import type { PseudoDecider } from '../pseudo.ts'
import { STATE_MASK, State, withState } from '../record.ts'
import type { RuleStage } from '../rules/stage.ts'
import { Subject } from '../subject.ts'
import type { SessionTable } from '../table.ts'
import { hasBadChecksum } from './checksum.ts'
import { IcmpRole, icmpRole, queryOf, relatedQuote } from './icmp.ts'
import { isAlive, liveFor } from './lifetime.ts'
import { Queries } from './queries.ts'
import { STREAM_FROM, Status } from './record.ts'
import { SctpTracker } from './sctp.ts'
import type { CtSettings } from './settings.ts'
import { Ct } from './tracker.ts'
import { isUnreadable } from './unreadable.ts'
import { isInvalid } from './validity.ts'
import { exceptional, withoutReset } from './verdict.ts'

/** A UDP flow that lives longer than this after its first packet is a stream, in nanoseconds. */
const STREAM_AFTER = 2_000_000_000
/** For these protocols a flow that was answered and continues is a stream at once. */
const STREAMS: ReadonlySet<number> = new Set([Protocol.udpLite, Protocol.gre])

/** Decides about packets other than TCP as Linux's connection tracking does; then the rules. */
export class CtPseudoStage implements PseudoDecider {
  readonly #settings: CtSettings
  readonly #hosts: Hosts
  readonly #counters: Counters
  readonly #rules: RuleStage | undefined
  readonly #sctp: SctpTracker
  readonly #subject = new Subject()

  constructor(settings: CtSettings, hosts: Hosts, counters: Counters, rules: RuleStage | undefined) {
    this.#settings = settings
    this.#hosts = hosts
    this.#counters = counters
    this.#rules = rules
    this.#sctp = new SctpTracker(settings.sctp)
  }

  /** The outcome of a packet that is neither TCP nor a fragment, or of a datagram other than TCP that a fragment completed. */
  decide(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number {
    const kind = typeof cause === 'number' ? (batch.kind[cause] ?? Kind.other) : cause.kind
    if (kind === Kind.other) return this.decideAlone(batch, cause, host)
    if (kind === Kind.malformed || flow < 0) return this.#except(batch, cause, host)
    return this.#decideFlow(batch, cause, host, flow, kind)
  }

  /** Inner packets of tunnels are not inspected. */
  decideCarriers(): number {
    return Outcome.forward
  }

  #decideFlow(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number, kind: number): number {
    if (this.#settings.badChecksum === 'invalid' && hasBadChecksum(batch, cause))
      return this.#except(batch, cause, host)
    if (kind === Kind.icmp4 || kind === Kind.icmp6) return this.#decideIcmp(batch, cause, host, flow, kind)
    if (kind === Kind.udp4 || kind === Kind.udp6)
      return this.#decideStateless(batch, cause, host, flow, Protocol.udp)
    const { bytes, l3, l4, end } = this.#subject.look(batch, cause)
    const protocol = linuxProtocol(bytes, l3, end)
    const checks = this.#settings.badChecksum === 'invalid'
    if (isInvalid(bytes, l3, l4, datagramEnd(bytes, l3), end, protocol, checks))
      return this.#except(batch, cause, host)
    if (protocol === Protocol.sctp) return this.#decideSctp(batch, cause, host, flow)
    return this.#decideStateless(batch, cause, host, flow, protocol)
  }

  /** SCTP, whose associations have states. */
  #decideSctp(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number {
    const { bytes, l3, l4, end, index } = this.#subject
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const direction = batch.direction[index] ?? 0
    const now = batch.time[index] ?? 0
    const stop = Math.min(end, datagramEnd(bytes, l3))
    const ct = this.#sctp.track(table, base, direction, now, bytes, l4, stop)
    if (ct === Ct.full) return Outcome.tableFull
    if (ct === Ct.invalid) return this.#except(batch, cause, host)
    const toServer = isToServer(table.words[base] ?? 0, direction)
    return this.#keep(batch, cause, host, table, base, toServer, ct === Ct.established, ct === Ct.fresh)
  }

  /** A protocol whose entries hold, besides their lifetime, only whether they were answered. */
  #decideStateless(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    protocol: number,
  ): number {
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const index = indexOf(cause)
    const direction = batch.direction[index] ?? 0
    const now = batch.time[index] ?? 0
    const udp = protocol === Protocol.udp
    const isFresh = !isAlive(table, base, now)
    if (isFresh) {
      if (table.isAbsent(base) && !table.admits(base, now)) return Outcome.tableFull
      table.open(base, bareHead(direction), udp ? Family.udp : Family.other, now)
      table.times[(base >> 1) + STREAM_FROM] = now + STREAM_AFTER
    }
    const head = table.words[base] ?? 0
    const replied = (head & STATE_MASK) === State.established
    const toServer = isToServer(head, direction)
    const stream = replied && (udp ? isLate(table, base, now) : STREAMS.has(protocol))
    liveFor(table, base, now, this.#timeout(protocol, stream))
    table.words[base] = (toServer ? head : withState(head, State.established)) | (stream ? Status.assured : 0)
    return this.#keep(batch, cause, host, table, base, toServer, replied || !toServer, isFresh)
  }

  /** The outcome of a packet that belongs to no flow, or of a fragment by itself. */
  decideAlone(batch: PacketBatch, cause: number | Rebuilt, host: number): number {
    if (typeof cause === 'number' && isUnreadable(batch, cause)) return this.#except(batch, cause, host)
    return this.#ruled(batch, cause, host, this.#hosts.table(host).words, -1, true, false)
  }

  /** The time-out of a protocol; streams have a longer one. */
  #timeout(protocol: number, stream: boolean): number {
    const { udp, udpStream, gre, greStream, other } = this.#settings
    if (protocol === Protocol.udp || protocol === Protocol.udpLite) return stream ? udpStream : udp
    if (protocol === Protocol.gre) return stream ? greStream : gre
    return other
  }

  #decideIcmp(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number, kind: number): number {
    const whole = typeof cause !== 'number'
    const index = indexOf(cause)
    const bytes = whole ? cause.bytes : batch.bytes
    const l4 = whole ? cause.l4 : (batch.l4[index] ?? 0)
    const six = kind === Kind.icmp6
    const type = bytes[l4] ?? 0
    if (!isIcmpError(type, six))
      return this.#decideQuery(batch, cause, host, flow, icmpRole(type, six), queryOf(bytes, l4))
    const l3 = whole ? 0 : (batch.l3[index] ?? 0)
    const end = whole ? bytes.length : (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
    const quote = relatedQuote(bytes, l3, l4, end, six)
    if (quote === undefined) return this.#except(batch, cause, host)
    if (quote.protocol !== icmpOf(six)) return this.#decideError(batch, cause, host, flow)
    const quotesAnswer = icmpRole(bytes[quote.l4] ?? 0, six) === IcmpRole.answer
    return this.#decideQueryError(batch, cause, host, flow, quotesAnswer, queryOf(bytes, quote.l4))
  }

  /** An ICMP error is related to the connection that it quotes, and does not change that connection. */
  #decideError(batch: PacketBatch, cause: number | Rebuilt, host: number, flow: number): number {
    const index = indexOf(cause)
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    if (!isAlive(table, base, batch.time[index] ?? 0)) return this.#except(batch, cause, host)
    const toServer = isToServer(table.words[base] ?? 0, batch.direction[index] ?? 0)
    return this.#ruled(batch, cause, host, table.words, base, toServer, true)
  }

  /** The same for an error about an ICMP query, or about its reply. */
  #decideQueryError(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    quotesAnswer: boolean,
    query: number,
  ): number {
    const index = indexOf(cause)
    const table = this.#hosts.table(host)
    const direction = batch.direction[index] ?? 0
    const key = Queries.key(flow, quotesAnswer ? direction : otherWay(direction), query)
    if (!table.queries.isAlive(key, batch.time[index] ?? 0)) return this.#except(batch, cause, host)
    return this.#ruled(batch, cause, host, table.words, table.touch(flow), quotesAnswer, true)
  }

  /** A reply needs its query: from the other side, of the matching type, with the same code and identifier. */
  #decideQuery(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    role: number,
    query: number,
  ): number {
    const index = indexOf(cause)
    const table = this.#hosts.table(host)
    const base = table.touch(flow)
    const now = batch.time[index] ?? 0
    const direction = batch.direction[index] ?? 0
    const asks = role === IcmpRole.query
    const key = Queries.key(flow, asks ? direction : otherWay(direction), query)
    const known = table.queries.isAlive(key, now)
    if (role === IcmpRole.untracked) return this.#except(batch, cause, host, false)
    if (role === IcmpRole.other || (!asks && !known)) return this.#except(batch, cause, host)
    if (table.isAbsent(base)) {
      if (!table.admits(base, now)) return Outcome.tableFull
      table.open(base, bareHead(direction), Family.icmp, now)
    }
    table.queries.live(key, now + this.#settings.icmp - 1, now, !asks)
    const outcome = this.#ruled(batch, cause, host, table.words, base, asks, !asks)
    if (!known && verdictOf(outcome) !== Verdict.forward) table.queries.forget(key)
    return outcome
  }

  /** The exception policy, for packets that are invalid or have no state at all: only TCP can be reset. */
  #except(batch: PacketBatch, cause: number | Rebuilt, host: number, invalid = true): number {
    if (batch.role[indexOf(cause)] !== Role.control) this.#counters.countException(host)
    const outcome = withoutReset(exceptional(invalid, this.#settings))
    if (outcome !== Outcome.forward) return outcome
    return this.#ruled(batch, cause, host, this.#hosts.table(host).words, -1, true, false)
  }

  /** After the rules: an entry created for the packet stays only if the packet is let through. */
  #keep(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    toServer: boolean,
    established: boolean,
    isFresh: boolean,
  ): number {
    const outcome = this.#ruled(batch, cause, host, table.words, base, toServer, established)
    if (isFresh && verdictOf(outcome) !== Verdict.forward) table.release(base)
    return outcome
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
    if (this.#rules === undefined) return Outcome.forward
    return this.#rules.apply(
      Outcome.forward,
      batch,
      cause,
      host,
      words,
      base,
      toServer,
      established,
      Delivery.none,
    )
  }
}

/** Whether a UDP flow is older than two seconds; it is then a stream once it was answered (nf_conntrack_proto_udp.c). */
function isLate(table: SessionTable, base: number, now: Nanos): boolean {
  return now > (table.times[(base >> 1) + STREAM_FROM] ?? 0)
}

function indexOf(cause: number | Rebuilt): number {
  return typeof cause === 'number' ? cause : cause.index
}

function otherWay(direction: number): number {
  return direction === Direction.c2s ? Direction.s2c : Direction.c2s
}
