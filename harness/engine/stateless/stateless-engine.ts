import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Role } from '../../model/codes.ts'
import type { Stateless, StatelessAction } from '../../model/setup.ts'
import { Protocol } from '../../wire/numbers.ts'
import { StatelessCounters } from './counters.ts'
import { StatelessMatcher } from './matcher.ts'
import { StatelessSubject } from './subject.ts'
import { type Step, Way } from './way.ts'

const WAYS = { 'aws:forward_to_sfe': Way.forward, 'aws:pass': Way.pass, 'aws:drop': Way.drop } as const
/** For a fragment of anything but UDP that no rule matches (developer guide, stateless default actions). */
const DROP_SILENTLY: Step = { way: Way.drop, customs: [] }

/**
 * The stateless engines of all hosts (AWS Network Firewall developer guide, how packets are filtered): each packet is evaluated alone,
 * in each direction, against the rules by priority, then the defaults. Packets other than IP are forwarded, since rules are about IP.
 */
export class StatelessEngine {
  readonly #matchers: readonly StatelessMatcher[]
  readonly #steps: readonly Step[]
  readonly #fallback: Step
  readonly #fragmentFallback: Step
  readonly #counters: StatelessCounters
  readonly #subject = new StatelessSubject()

  /** Rules are evaluated by priority, however they are ordered. Throws ERR_STATELESS for invalid addresses. */
  constructor(stateless: Stateless, hosts: number) {
    const rules = stateless.rules.toSorted((a, b) => a.priority - b.priority)
    const actions = [...rules.map(({ action }) => action), stateless.fallback, stateless.fragmentFallback]
    const customs = [...new Set(actions.flatMap((action) => action.customs))]
    const stepOf = ({ verdict, customs: counted }: StatelessAction): Step => ({
      way: WAYS[verdict],
      customs: counted.map((name) => customs.indexOf(name)),
    })
    this.#matchers = rules.map(({ match }) => new StatelessMatcher(match))
    this.#steps = rules.map(({ action }) => stepOf(action))
    this.#fallback = stepOf(stateless.fallback)
    this.#fragmentFallback = stepOf(stateless.fragmentFallback)
    this.#counters = new StatelessCounters(hosts, customs)
  }

  /** The `Way` of packet `index` at a host; counted there, unless it is a control. */
  decide(batch: PacketBatch, index: number, host: number): number {
    // Nobody can tell whether a rule matches it, so that the stateful engine says so.
    if (batch.kind[index] === Kind.cut) return Way.forward
    const step = this.#subject.read(batch, index) ? this.#stepFor(this.#subject) : this.#fallback
    if (batch.role[index] !== Role.control) this.#counters.count(batch, index, host, step)
    return step.way
  }

  /** The counters of a host: AWS's names prefixed `Stateless.`, those of custom actions prefixed `Stateless.Packets.`. */
  counters(host: number): Record<string, number> {
    return this.#counters.of(host)
  }

  clear(): void {
    this.#counters.clear()
  }

  #stepFor(subject: StatelessSubject): Step {
    const matchers = this.#matchers
    for (let rule = 0; rule < matchers.length; rule++)
      if (matchers[rule]?.matches(subject)) return this.#steps[rule] ?? this.#fallback
    if (!subject.isFragment) return this.#fallback
    return subject.protocol === Protocol.udp ? this.#fragmentFallback : DROP_SILENTLY
  }
}
