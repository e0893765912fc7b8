import { destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { DefaultDrop } from './default-actions.ts'
import { matchesFlags } from './flag-match.ts'
import { hasPort } from './ports.ts'
import type { Rule, RuleAction } from './rule.ts'

/** What the rules see of a packet. One object is filled again for each. */
export class RuleSubject {
  bytes: Uint8Array = new Uint8Array(0)
  /** Offset of the IP header. */
  l3 = 0
  /** -1: not known, as in fragments. */
  protocol = -1
  /** -1: none. */
  sourcePort = -1
  destinationPort = -1
  flags = 0
  /** False of a fragment: only rules about flows are asked about it; the others and default actions wait for the datagram. */
  wholeDatagram = true
  /** Packets without flow go neither way. */
  hasFlow = false
  toServer = true
  /** Before this packet. */
  established = false
  /** The first packet of its flow in this direction, or it has no flow. */
  first = true
}

const ORDER: readonly RuleAction[] = ['pass', 'drop', 'reject', 'alert']

/** Rules in the order in which they decide, and the default actions after them. */
export class RuleSet {
  readonly #rules: readonly Rule[]
  readonly #defaultDrop: DefaultDrop

  /** Action order: pass before drop before reject before alert, each by priority; strict order: as written. */
  constructor(rules: readonly Rule[], order: 'action' | 'strict', defaultDrop: DefaultDrop) {
    this.#rules =
      order === 'strict'
        ? rules
        : rules.toSorted(
            (a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action) || a.priority - b.priority,
          )
    this.#defaultDrop = defaultDrop
  }

  /** The first rule that matches and is not an alert. */
  decide(subject: RuleSubject): Rule | undefined {
    for (const rule of this.#rules) {
      const asked = rule.ofFlow ? subject.first : subject.wholeDatagram
      if (asked && rule.action !== 'alert' && matches(rule, subject)) return rule
    }
    return undefined
  }

  /**
   * Whether the default actions drop a packet that no rule decided: every one, or those from the client of established
   * connections and everything that is not TCP.
   */
  dropsByDefault(subject: RuleSubject): boolean {
    if (!subject.wholeDatagram) return false
    if (this.#defaultDrop !== 'established') return this.#defaultDrop === 'all'
    return subject.protocol !== Protocol.tcp || (subject.established && subject.hasFlow && subject.toServer)
  }
}

function matches(rule: Rule, subject: RuleSubject): boolean {
  if (!matchesProtocol(rule.protocol, subject.protocol)) return false
  if (rule.established !== undefined && rule.established !== subject.established) return false
  if (rule.toServer !== undefined && !(subject.hasFlow && rule.toServer === subject.toServer)) return false
  if (
    rule.flags !== undefined &&
    !(subject.protocol === Protocol.tcp && matchesFlags(rule.flags, subject.flags))
  )
    return false
  return matchesEnds(rule, subject, false) || (rule.bothWays && matchesEnds(rule, subject, true))
}

function matchesProtocol(wanted: Rule['protocol'], protocol: number): boolean {
  if (wanted === 'ip') return true
  if (wanted === 'tcp') return protocol === Protocol.tcp
  if (wanted === 'udp') return protocol === Protocol.udp
  return protocol === Protocol.icmp || protocol === Protocol.icmp6
}

function matchesEnds(rule: Rule, subject: RuleSubject, turned: boolean): boolean {
  const { bytes, l3 } = subject
  const size = isIpv6(bytes, l3) ? 16 : 4
  const source = turned ? destinationAt(bytes, l3) : sourceAt(bytes, l3)
  const destination = turned ? sourceAt(bytes, l3) : destinationAt(bytes, l3)
  const sourcePort = turned ? subject.destinationPort : subject.sourcePort
  const destinationPort = turned ? subject.sourcePort : subject.destinationPort
  return (
    (rule.sourcePorts === undefined || (sourcePort >= 0 && hasPort(rule.sourcePorts, sourcePort))) &&
    (rule.destinationPorts === undefined ||
      (destinationPort >= 0 && hasPort(rule.destinationPorts, destinationPort))) &&
    rule.source.has(bytes, source, size) &&
    rule.destination.has(bytes, destination, size)
  )
}
