import type { Nanos } from '../model/batch.ts'
import type { Case } from '../model/case.ts'
import type { Setup } from '../model/setup.ts'
import type { Folding } from '../model/target.ts'
import { profileOf } from '../profile/index.ts'

/** What is known of a case once its timeline has been compiled. */
export interface FoldFacts {
  /** Why it is played alone whatever the target can; absent: it may be folded. */
  readonly alone?: string
  /** What happens to firewalls in it, in words that are equal where it can happen to all cases at once; empty: nothing. */
  readonly pattern: string
  /** When the first of that happens, else when the case begins. */
  readonly anchor: Nanos
  /** From the first packet to the last. */
  readonly duration: Nanos
  /** Packets, controls among them, and the bytes of their frames. */
  readonly packets: number
  readonly bytes: number
  /** Flows, each of which takes an entry in a session table. */
  readonly sessions: number
}

/** A case that may be folded, and what is known of it. */
export interface Foldable {
  readonly test: Case
  readonly facts: FoldFacts
}

/** Cases of one setup that are played in one replay, in their order. */
export type Fold<T extends Foldable = Foldable> = readonly T[]

/** What a fold may hold at most, so that memory is bounded. */
const MOST_CASES = 1024
const MOST_PACKETS = 32_768
const MOST_BYTES = 32 << 20

/** The room that is left in a fold; `takes` answers whether one more case fits, and takes it in if so. */
export interface FoldRoom {
  takes(facts: FoldFacts): boolean
}

/** Room within the bounds of memory alone. */
export function memoryRoom(): FoldRoom {
  let cases = 0
  let packets = 0
  let bytes = 0
  return {
    takes(facts) {
      const first = cases === 0
      if (!first && cases + 1 > MOST_CASES) return false
      if (!first && packets + facts.packets > MOST_PACKETS) return false
      if (!first && bytes + facts.bytes > MOST_BYTES) return false
      cases++
      packets += facts.packets
      bytes += facts.bytes
      return true
    },
  }
}

/**
 * Puts cases of one setup together into folds: those that nothing happens to, and those to which the same happens at the same time,
 * as far as the target's `folding` goes. Folds are in the order of their first case. `room` makes the room of a new fold.
 */
export function foldCases<T extends Foldable>(
  cases: readonly T[],
  folding: Folding,
  room: () => FoldRoom = memoryRoom,
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
    const fresh = { fold: [entry], room: room() }
    fresh.room.takes(facts)
    folds.push(fresh.fold)
    open.set(facts.pattern, fresh)
  }
  return folds
}

/** How much later than it was compiled each case of a fold is played, so that what happens to firewalls happens at once. */
export function offsetsOf(fold: Fold): readonly Nanos[] {
  const last = fold.reduce((latest, { facts }) => Math.max(latest, facts.anchor), Number.NEGATIVE_INFINITY)
  return fold.map(({ facts }) => (facts.pattern === '' ? 0 : last - facts.anchor))
}

/** Why a case is played alone on a target that folds so; undefined: it is not. */
export function aloneOn(folding: Folding, { alone, pattern }: FoldFacts): string | undefined {
  if (folding === 'one') return 'the target plays one case at a time'
  if (alone !== undefined) return alone
  return folding === 'isolated' && pattern !== '' ? 'something happens to a firewall' : undefined
}

/** Why a case is never folded, as far as the suite tells; undefined: nothing speaks against it there. */
export function aloneBySuite({ endpoints, injections, expectations, setup }: Case): string | undefined {
  if (endpoints === 'reactive') return 'reactive endpoints'
  if (injections.some((each) => each.kind === 'reconnect' && each.when !== undefined)) return 'guards'
  if (expectations.some(({ kind }) => kind === 'counter')) return 'counters are of all cases together'
  return aloneBySetup(setup)
}

/** The same of a setup: what would not be the same with other addresses, or what cases would have in common. */
function aloneBySetup(setup: Setup): string | undefined {
  const { topology, rules, stateless } = setup
  const { sharing } = topology
  if (rules.some(namesAddresses) || stateless?.rules.some(({ match }) => match.sources.length + match.destinations.length > 0))
    return 'rules name addresses'
  if (sharing.kind === 'cluster') return 'a cluster gives roles by addresses'
  if (sharing.kind === 'sync' && sharing.lose > 0) return 'every so-manieth update of all is lost'
  const { knobs } = profileOf(setup)
  if (knobs.ftpHelper?.value === true) return 'addresses in payloads are read'
  return undefined
}

/** Whether a rule in Suricata's language is about certain addresses: the words in third and sixth place. */
function namesAddresses(rule: string): boolean {
  if (/^\s*(#|$)/.test(rule)) return false
  const [, , source, , , destination] = headOf(rule)
  return source !== 'any' || destination !== 'any'
}

/** The words before the options, lists in brackets being one word. */
function headOf(rule: string): readonly string[] {
  return rule.slice(0, rule.indexOf('(')).match(/!?\[[^\]]*\]|\S+/g) ?? []
}
