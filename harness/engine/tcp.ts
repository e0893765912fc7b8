import type { Nanos, PacketBatch, Rebuilt } from '../model/batch.ts'
import { Direction, Role } from '../model/codes.ts'
import { u32 } from '../wire/bytes.ts'
import { Delivery } from './app/app-view.ts'
import { hearPickUp, noteAskedBefore, noteProbing } from './application.ts'
import type { Counters } from './counters.ts'
import { mayAnswer, type ResetTarget, sendReset } from './emit.ts'
import { bareHead, enterFlow, isToServer, NO_ROOM } from './entry.ts'
import { WindowCheck } from './established.ts'
import { Family } from './expiry.ts'
import { applyException, classifyMiss, Miss } from './miss.ts'
import { Outcome } from './outcome.ts'
import { openPlainly } from './plain/opening.ts'
import { trackWindows } from './plain/tracker.ts'
import { CLIENT, EXPIRED, EXTRA, Flag, KEPT_C2S, KEPT_S2C, NEXT, STATE_MASK, State } from './record.ts'
import { hasClosed, mayOpen, startsAnew } from './reuse.ts'
import type { RuleStage } from './rules/stage.ts'
import type { Segment } from './segment.ts'
import type { Settings } from './settings.ts'
import { openSession } from './syns.ts'
import type { SessionTable } from './table.ts'
import { noteProbes } from './telling.ts'
import { track } from './tracker.ts'

const PICKED_UP = Flag.pickedUp | Flag.pickedUpBySynAck

/** Decides about TCP: Suricata's tracker, or another system's. */
export interface TcpDecider {
  /** The outcome of a TCP packet, or of the datagram that its fragment completed; `segment` holds its header. */
  decide(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
  ): number
}

/** Decides about TCP: a fresh SYN, a mark, a miss, or a hit; then the rules. */
export class TcpStage implements TcpDecider {
  readonly #settings: Settings
  readonly #counters: Counters
  readonly #rules: RuleStage | undefined

  constructor(settings: Settings, counters: Counters, rules: RuleStage | undefined) {
    this.#settings = settings
    this.#counters = counters
    this.#rules = rules
  }

  /** The outcome of a TCP packet, or of the datagram that its fragment completed; `segment` holds its header. */
  decide(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    direction: number,
    now: Nanos,
    segment: Segment,
  ): number {
    const settings = this.#settings
    let head = enterFlow(table, base, Family.tcp, direction, now, settings)
    if (head === NO_ROOM) return Outcome.tableFull
    segment.toServer = isToServer(head, direction)
    if (mayOpen(segment) && startsAnew(table, base, segment, settings)) {
      if (settings.synRemovesClosed && hasClosed(head & STATE_MASK)) {
        table.end(base, now)
        return Outcome.streamError
      }
      head = bareHead(direction)
      table.open(base, head, Family.tcp, now)
      segment.toServer = true
    }
    if ((head & Flag.marked) !== 0) return Outcome.flowDrop

    const state = head & STATE_MASK
    // With Fast Open the flow is established at the SYN-ACK, its session later.
    const flowState = table.timedState(base)
    const ending = mayEndHandshakeWithData(table.words, base, state, segment)
    const outcome =
      state === State.bare
        ? this.#decideMiss(batch, cause, host, table, base, direction, segment)
        : this.#decideHit(table, base, state, segment)
    if (this.#rules === undefined) return outcome
    const established =
      state >= State.established ||
      flowState === State.established ||
      (ending && ((table.words[base] ?? 0) & STATE_MASK) === State.established)
    const delivery = !segment.delivered
      ? Delivery.none
      : state === State.bare
        ? Delivery.opening
        : Delivery.taken
    const { toServer } = segment
    return this.#rules.apply(outcome, batch, cause, host, table.words, base, toServer, established, delivery)
  }

  /** The flow has a session. */
  #decideHit(table: SessionTable, base: number, state: number, segment: Segment): number {
    const settings = this.#settings
    const { synOnLive, dropsErrors } = settings
    if (synOnLive === 'ignore' && state >= State.established && segment.opens()) return Outcome.forward
    let right: boolean
    if (settings.plainWindows) {
      right = trackWindows(table, base, segment, settings)
      segment.delivered = right
    } else right = track(table, base, segment, settings)
    return right || !dropsErrors ? Outcome.forward : Outcome.streamError
  }

  /** The flow has no session: opens one, applies the exception policy, drops an error, or leaves it to the rules. */
  #decideMiss(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    direction: number,
    segment: Segment,
  ): number {
    const outcome = this.#settleMiss(batch, cause, host, table, base, segment)
    const { words } = table
    if (((words[base] ?? 0) & STATE_MASK) === State.bare)
      words[base + EXTRA] = (words[base + EXTRA] ?? 0) | (direction === Direction.c2s ? KEPT_C2S : KEPT_S2C)
    else if (!this.#settings.plainWindows) this.#noteBeginning(batch, cause, table, base, segment)
    return outcome
  }

  /** A session has begun with this packet. */
  #noteBeginning(
    batch: PacketBatch,
    cause: number | Rebuilt,
    table: SessionTable,
    base: number,
    segment: Segment,
  ): void {
    const { words } = table
    const { pickUp, windowCheck } = this.#settings
    const ports = typeof cause === 'number' ? (batch.ports[cause] ?? 0) : u32(cause.bytes, cause.l4)
    const [source, destination] = [ports >>> 16, ports & 0xffff]
    const { toServer } = segment
    noteProbes(words, base, toServer ? source : destination, toServer ? destination : source, pickUp)
    noteAskedBefore(table, base)
    if (windowCheck === WindowCheck.eventOnly) noteProbing(table, base, pickUp)
    if (windowCheck === WindowCheck.eventOnly && ((words[base] ?? 0) & PICKED_UP) === Flag.pickedUp)
      hearPickUp(table, base, segment, pickUp)
  }

  #settleMiss(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    segment: Segment,
  ): number {
    const settings = this.#settings
    const miss = classifyMiss(segment, settings)
    if (miss === Miss.error) return settings.dropsErrors ? Outcome.streamError : Outcome.forward
    if (miss === Miss.open) {
      if (settings.plainWindows) openPlainly(table.words, base, segment)
      else openSession(table, base, segment, settings.asyncOneside)
    }
    if (miss !== Miss.policy) return Outcome.forward
    if (settings.dropsExpired && ((table.words[base + EXTRA] ?? 0) & EXPIRED) !== 0)
      return Outcome.streamError
    const index = typeof cause === 'number' ? cause : cause.index
    if (batch.role[index] !== Role.control) this.#counters.countException(host)
    const outcome = applyException(table, base, segment, settings)
    if (outcome !== Outcome.midstreamReject) return outcome
    const target = resetTarget(settings.rejectTarget, segment.toServer)
    const sent = mayAnswer(batch, cause, settings) && sendReset(batch, cause, target, host, settings.rstStyle)
    return sent ? outcome : Outcome.midstreamDrop
  }
}

/** Client data that completes the handshake counts as established at once if it comes next, since the ACK before it was lost. */
function mayEndHandshakeWithData(words: Int32Array, base: number, state: number, segment: Segment): boolean {
  const { toServer, length, seq } = segment
  return state === State.synReceived && toServer && length > 0 && seq === words[base + CLIENT + NEXT]
}

/** Who gets a reset, given the profile and the packet's direction. */
export function resetTarget(target: Settings['rejectTarget'], toServer: boolean): ResetTarget {
  if (target === 'client') return toServer ? 'sender' : 'receiver'
  return target === 'both' ? 'both' : 'sender'
}
