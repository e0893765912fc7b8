import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'
import type { Case } from '../model/case.ts'
import { LOAD_BALANCER_COUNTERS } from '../model/counters.ts'
import type { Setup } from '../model/setup.ts'
import type { Capabilities, Folding, Limits } from '../model/target.ts'
import { profileOf } from '../profile/index.ts'
import { exceeded, type Load } from './load.ts'
import { longestTimeout } from './longest-timeout.ts'

/** What is known of a case once its timeline has been compiled. */
export interface FoldFacts {
  /** Why it is played alone whatever the target can do; absent: it may be folded. */
  readonly alone?: string
  /** Why its packets keep their addresses, so that only time separates them from those of others; absent: they can get others. */
  readonly apart?: string
  /** What happens to firewalls in it, in words that are equal if it can happen to the cases at once; empty: nothing. */
  readonly pattern: string
  /** When the first of these events happens; without any, when the case begins. */
  readonly anchor: Nanos
  /** When its first packet is offered, and its last. */
  readonly begin: Nanos
  readonly end: Nanos
  /** Number of packets, controls included, and bytes of their frames. */
  readonly packets: number
  readonly bytes: number
  /** Load by time since the anchor, if there are events, so that the loads of a fold add up as its cases are played. */
  readonly load: Load
}

/** A case that may be folded, and what is known of it. */
export interface Foldable {
  readonly test: Case
  readonly facts: FoldFacts
}

/** Cases of one setup that are played in one replay, in their order. */
export type Fold<T extends Foldable = Foldable> = readonly T[]

/** Seconds added to the longest time-out, for clocks that tick in whole seconds. */
const QUIET_MARGIN = 2

/** Limits of a fold, so that memory is bounded. */
const MOST_CASES = 1024
const MOST_PACKETS = 32_768
const MOST_BYTES = 32 << 20

/** Whether this exceeds the limits of a fold. */
export function isLarge(packets: number, bytes: number): boolean {
  return packets > MOST_PACKETS || bytes > MOST_BYTES
}

/** The contents of a fold so far, and whether one more case fits. */
class FoldRoom {
  readonly #limits: Limits | undefined
  #cases = 0
  #packets = 0
  #bytes = 0
  #load: Load | undefined

  constructor(limits: Limits | undefined) {
    this.#limits = limits
  }

  /** Takes a case if it fits or is the first; returns whether it did. */
  takes({ packets, bytes, load }: FoldFacts): boolean {
    const all = this.#limits === undefined ? undefined : (this.#load?.with(load) ?? load)
    if (this.#cases > 0) {
      if (this.#cases === MOST_CASES) return false
      if (isLarge(this.#packets + packets, this.#bytes + bytes)) return false
      if (all !== undefined && exceeded(all, this.#limits ?? {}) !== undefined) return false
    }
    this.#cases++
    this.#packets += packets
    this.#bytes += bytes
    this.#load = all
    return true
  }
}

/**
 * Puts cases of one setup together into folds: cases to which nothing happens, and cases to which the same happens at the same time,
 * as far as the target's `folding` and its limits allow. Folds are in the order of their first case.
 */
export function foldCases<T extends Foldable>(
  cases: readonly T[],
  folding: Folding,
  limits?: Limits,
): readonly Fold<T>[] {
  const folds: T[][] = []
  const open = new Map<string, { readonly fold: T[]; readonly room: FoldRoom }>()
  for (const entry of cases) {
    const { facts } = entry
    if (aloneOn(folding, facts) !== undefined) {
      folds.push([entry])
      continue
    }
    const current = open.get(facts.pattern)
    if (current?.room.takes(facts) === true) {
      current.fold.push(entry)
      continue
    }
    const fresh = { fold: [entry], room: new FoldRoom(limits) }
    fresh.room.takes(facts)
    folds.push(fresh.fold)
    open.set(facts.pattern, fresh)
  }
  return folds
}

/**
 * How much later than compiled each case of a fold is played: so that the same events happen to firewalls at once, and so that
 * cases which keep their addresses follow one another when nothing is left of the one before.
 */
export function offsetsOf(fold: Fold): readonly Nanos[] {
  const last = fold.reduce((latest, { facts }) => Math.max(latest, facts.anchor), Number.NEGATIVE_INFINITY)
  let forgotten = Number.NEGATIVE_INFINITY
  return fold.map(({ test, facts: { pattern, anchor, apart, begin, end } }) => {
    if (apart === undefined) return pattern === '' ? 0 : last - anchor
    const offset = Math.ceil(Math.max(0, forgotten - begin) / NANOS_PER_SECOND) * NANOS_PER_SECOND
    forgotten = end + offset + (longestTimeout(test.setup) + QUIET_MARGIN) * NANOS_PER_SECOND
    return offset
  })
}

/** The duration of a fold on its timeline. */
export function durationOf(fold: Fold): Nanos {
  const offsets = offsetsOf(fold)
  let begin = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const [index, { facts }] of fold.entries()) {
    const offset = offsets[index] ?? 0
    begin = Math.min(begin, facts.begin + offset)
    end = Math.max(end, facts.end + offset)
  }
  return Math.max(0, end - begin)
}

/** Why a case is played alone on a target with that folding; undefined: it need not be. */
export function aloneOn(folding: Folding, { alone, apart, pattern }: FoldFacts): string | undefined {
  if (folding === 'one') return 'the target plays one case at a time'
  if (alone !== undefined) return alone
  if (apart !== undefined && (folding !== 'consecutive' || pattern !== '')) return apart
  return folding === 'isolated' && pattern !== '' ? 'something happens to a firewall' : undefined
}

/** Why the packets of a case depend on what happened to earlier ones; undefined: they do not. */
export function dependsOnAnswers({ endpoints, injections }: Case): string | undefined {
  if (endpoints === 'reactive') return 'reactive endpoints'
  return injections.some((each) => each.kind === 'reconnect' && each.when !== undefined)
    ? 'guards'
    : undefined
}

/**
 * Why a case is never folded, as far as the suite tells; undefined: it may be. Counters of the load balancer are no reason, because
 * each case has its own load balancer. A case that depends on answers is folded if these are found in rounds, unless they decide
 * when something happens to a firewall.
 */
export function aloneBySuite(
  test: Case,
  { observes, reactive }: Pick<Capabilities, 'observes' | 'reactive'>,
): string | undefined {
  const { expectations, setup } = test
  const answers = dependsOnAnswers(test)
  if (answers !== undefined && (reactive || touchesHosts(test))) return answers
  const counted = expectations.some(
    (each) => each.kind === 'counter' && !LOAD_BALANCER_COUNTERS.includes(each.counter),
  )
  if (counted && observes.includes('counters') && !observes.includes('packet-counters'))
    return 'counters are of all cases together'
  const { sharing } = setup.topology
  return sharing.kind === 'sync' && sharing.lose > 0 ? 'every so-manieth update of all is lost' : undefined
}

/** Whether something may happen to a firewall in a case. */
function touchesHosts({ setup, injections }: Case): boolean {
  if (setup.topology.sharing.kind !== 'none') return true
  return injections.some((each) => {
    if (each.kind === 'host-swap') return each.cause === 'crash'
    return (each.kind === 'timeout-change' || each.kind === 'table-full') && each.scope === 'hosts'
  })
}

/** Why packets cannot get other addresses under a setup; undefined: they can. */
export function addressedBySetup(setup: Setup): string | undefined {
  const { topology, rules, stateless } = setup
  const matches = stateless?.rules.map(({ match }) => match) ?? []
  if (
    rules.some(namesAddresses) ||
    matches.some(({ sources, destinations }) => sources.length + destinations.length > 0)
  )
    return 'rules name addresses'
  if (topology.sharing.kind === 'cluster') return 'a cluster gives roles by addresses'
  if (profileOf(setup).knobs.ftpHelper?.value === true) return 'addresses in payloads are read'
  return undefined
}

/** Clients get no lower ports: those may stand for a service. */
const FIRST_CLIENT_PORT = 1024

/** Whether rules of a setup may distinguish client ports, so that these must not change. */
export function namesClientPorts({ rules, stateless }: Setup): boolean {
  const named = rules.flatMap((rule) => [headOf(rule)[3] ?? '', headOf(rule)[6] ?? ''])
  const written = named.flatMap((text) => (text.match(/\d+/g) ?? []).map(Number))
  const matched = (stateless?.rules ?? []).flatMap(({ match }) =>
    [...match.sourcePorts, ...match.destinationPorts].flat(),
  )
  return [...written, ...matched].some((port) => port >= FIRST_CLIENT_PORT && port < 65_535)
}

/** Whether a rule in Suricata's language names addresses: its third and sixth word. */
function namesAddresses(rule: string): boolean {
  if (/^\s*(#|$)/.test(rule)) return false
  const [, , source, , , destination] = headOf(rule)
  return source !== 'any' || destination !== 'any'
}

/** The words before the options; a list in brackets is one word. */
function headOf(rule: string): readonly string[] {
  return rule.slice(0, rule.indexOf('(')).match(/!?\[[^\]]*\]|\S+/g) ?? []
}
