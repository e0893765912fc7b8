import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import type { Policy } from '../../model/setup.ts'
import { u16 } from '../../wire/bytes.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { optionsFit } from '../../wire/ipv4.ts'
import { Protocol } from '../../wire/numbers.ts'
import { mayAnswer, sendReset, sendUnreachable } from '../emit.ts'
import { Outcome } from '../outcome.ts'
import { ASKED_TO_CLIENT, ASKED_TO_SERVER, EXTRA, Flag, PASSED } from '../record.ts'
import type { Settings } from '../settings.ts'
import { parseDefaultActions } from './default-actions.ts'
import { parseRule } from './parse.ts'
import { RuleSet, RuleSubject } from './rule-set.ts'

/** Rules and default actions, after tracking and policy have let a packet pass. */
export class RuleStage {
  readonly #set: RuleSet
  readonly #settings: Settings
  readonly #subject = new RuleSubject()

  private constructor(set: RuleSet, settings: Settings) {
    this.#set = set
    this.#settings = settings
  }

  /** The stage for a policy; undefined where there are no rules and no default actions, so that nothing is paid for them. */
  static of(rules: readonly string[], policy: Policy, settings: Settings): RuleStage | undefined {
    const defaultDrop = parseDefaultActions(policy.defaultActions, policy.ruleOrder)
    if (rules.length === 0 && defaultDrop === 'none') return undefined
    const parsed = rules.map((text, index) => parseRule(text, index + 1))
    return new RuleStage(new RuleSet(parsed, policy.ruleOrder, defaultDrop), settings)
  }

  /**
   * The outcome of a packet, or of the datagram that its fragment completed, after the rules. An error of the stream stays
   * one, but rules about the flow are asked all the same.
   */
  apply(
    outcome: number,
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    words: Int32Array,
    base: number,
    toServer: boolean,
    established: boolean,
  ): number {
    if (outcome !== Outcome.forward && outcome !== Outcome.streamError) return outcome
    const extra = base < 0 ? 0 : (words[base + EXTRA] ?? 0)
    const subject = this.#subject
    if ((extra & PASSED) !== 0 || !fill(subject, batch, cause)) return outcome
    const asked = toServer ? ASKED_TO_SERVER : ASKED_TO_CLIENT
    subject.hasFlow = base >= 0
    subject.toServer = toServer
    subject.established = established
    subject.first = (extra & asked) === 0
    if (base >= 0) words[base + EXTRA] = extra | asked

    const rule = this.#set.decide(subject)
    if (rule === undefined)
      return outcome === Outcome.forward && this.#set.dropsByDefault(subject) ? Outcome.defaultDrop : outcome
    if (rule.action === 'pass') {
      const ofFlow = rule.ofFlow || this.#settings.passOfFlow
      if (base >= 0 && ofFlow) words[base + EXTRA] = extra | asked | PASSED
      return outcome
    }
    if (base >= 0 && rule.ofFlow) words[base] = (words[base] ?? 0) | Flag.marked
    if (outcome !== Outcome.forward) return outcome
    return rule.action === 'reject' && this.#reject(batch, cause, host)
      ? Outcome.ruleReject
      : Outcome.ruleDrop
  }

  /** Sends what a rule's `reject` sends: a reset to the sender, or an ICMP error where the product has that. */
  #reject(batch: PacketBatch, cause: number | Rebuilt, host: number): boolean {
    const { rejectsAnything, rstStyle } = this.#settings
    if (!mayAnswer(batch, cause, this.#settings)) return false
    if (this.#subject.protocol === Protocol.tcp) return sendReset(batch, cause, 'sender', host, rstStyle)
    const index = typeof cause === 'number' ? cause : cause.index
    return rejectsAnything && sendUnreachable(batch, index, host)
  }
}

/** Fills in what the rules see of the packet itself; false for what is not IP. */
function fill(subject: RuleSubject, batch: PacketBatch, cause: number | Rebuilt): boolean {
  const whole = typeof cause !== 'number'
  const kind = whole ? cause.kind : (batch.kind[cause] ?? Kind.other)
  const l3 = whole ? 0 : (batch.l3[cause] ?? -1)
  if (l3 < 0) return false
  const l4 = whole ? cause.l4 : (batch.l4[cause] ?? -1)
  subject.bytes = whole ? cause.bytes : batch.bytes
  subject.l3 = l3
  subject.protocol = PROTOCOL_OF_KIND[kind] ?? plainProtocol(subject.bytes, l3, kind)
  subject.flags = whole ? cause.flags : (batch.flags[cause] ?? 0)
  const fragment = kind === Kind.fragment4 || kind === Kind.fragment6
  subject.wholeDatagram = !fragment
  const ports =
    l4 >= 0 && !fragment && (subject.protocol === Protocol.tcp || subject.protocol === Protocol.udp)
  subject.sourcePort = ports ? u16(subject.bytes, l4) : -1
  subject.destinationPort = ports ? u16(subject.bytes, l4 + 2) : -1
  return true
}

/**
 * The protocol that a packet says it is of whose transport is not read; -1 where that is not in plain sight, or the header
 * before it is not in order.
 */
function plainProtocol(bytes: Uint8Array, l3: number, kind: number): number {
  const six = isIpv6(bytes, l3)
  if (kind === Kind.fragment6) return bytes[l3 + 6] === Protocol.fragment ? (bytes[l3 + 40] ?? -1) : -1
  if (kind === Kind.malformed && six) return bytes[l3 + 6] ?? -1
  return six || !optionsFit(bytes, l3, bytes.length) ? -1 : (bytes[l3 + 9] ?? -1)
}

const PROTOCOL_OF_KIND: Readonly<Record<number, number>> = {
  [Kind.tcp4]: Protocol.tcp,
  [Kind.tcp6]: Protocol.tcp,
  [Kind.udp4]: Protocol.udp,
  [Kind.udp6]: Protocol.udp,
  [Kind.icmp4]: Protocol.icmp,
  [Kind.icmp6]: Protocol.icmp6,
}
