import type { Case } from '../model/case.ts'
import type { Capabilities, Folding, Target } from '../model/target.ts'
import { lacks } from '../plan/capabilities.ts'
import { foldCases } from '../plan/folding.ts'
import { exceeded } from '../plan/load.ts'
import { withoutUnseen } from '../plan/unseen.ts'
import type { Strangers } from './calibrate.ts'
import type { CaptureStore } from './captures.ts'
import type { FoldEntry } from './fold/playing.ts'
import { surveyCase } from './fold/survey.ts'
import type { Offers } from './offer.ts'

/** Whether cases are folded: if it helps, whenever possible, or never. */
export const FOLD_CHOICES = ['auto', 'always', 'never'] as const
export type FoldChoice = (typeof FOLD_CHOICES)[number]

export interface SkippedCase {
  readonly test: Case
  readonly lacks: string
}

/** A case of a replay; a case that may be folded has been surveyed. */
export type ReplayEntry = { readonly test: Case } | FoldEntry

/** What is played at once: a case as it is, or a fold of cases, each with its own addresses. */
export type Replay = readonly ReplayEntry[]

export interface SetupPlan<T extends ReplayEntry = ReplayEntry> {
  readonly skipped: readonly SkippedCase[]
  readonly replays: readonly (readonly T[])[]
}

/** Stands for the ends of connections that serve as controls, while the real ones are unknown. */
const SOMEBODY: Strangers = {
  client: { address: Uint8Array.of(198, 18, 0, 1), port: 40_404 },
  server: { address: Uint8Array.of(198, 19, 0, 1), port: 7 },
  initial: [0, 0],
}

/** What plans are made with. */
export interface Planning {
  readonly captures: CaptureStore
  readonly offers: Offers
  readonly fold: FoldChoice
}

/** Cases that the target can play, as far as it sees, grouped by setup in the order of their first case, and those that it cannot. */
export function bySetup(
  cases: readonly Case[],
  target: Target,
): { readonly groups: readonly (readonly Case[])[]; readonly skipped: readonly SkippedCase[] } {
  const groups = new Map<string, Case[]>()
  const skipped: SkippedCase[] = []
  for (const test of cases) {
    const lacking = lacks(test, target.capabilities) ?? target.lacks?.(test)
    if (lacking !== undefined) {
      skipped.push({ test, lacks: lacking })
      continue
    }
    const seen = withoutUnseen(test, target.capabilities)
    const group = groups.get(test.setup.key)
    if (group === undefined) groups.set(test.setup.key, [seen])
    else group.push(seen)
  }
  return { groups: [...groups.values()], skipped }
}

/**
 * How cases of one setup are played on a target: in folds if that is chosen and possible, within the target's limits. Cases are
 * surveyed only if something depends on it.
 */
export async function planSetup(
  cases: readonly Case[],
  target: Target,
  planning: Planning,
): Promise<SetupPlan> {
  if (surveysCases(target, planning.fold)) return surveySetup(cases, target, planning)
  return { skipped: [], replays: cases.map((test) => [{ test }]) }
}

/** Whether the plan for a target depends on what its cases offer. */
export function surveysCases({ capabilities, limits }: Target, fold: FoldChoice): boolean {
  const isPlain = capabilities.clock === 'virtual' && limits === undefined
  return !isPlain || foldingOf(capabilities, fold) !== 'one'
}

/** The same, with every case surveyed. A case that alone exceeds the limits is skipped. The target is not touched. */
export async function surveySetup(
  cases: readonly Case[],
  { capabilities, limits }: Target,
  { captures, offers, fold }: Planning,
): Promise<SetupPlan<FoldEntry>> {
  // Their real ends are known only once the target has been calibrated; here it matters only that there are some.
  offers.opening = capabilities.clock === 'real' ? () => SOMEBODY : undefined
  const entries: FoldEntry[] = []
  const skipped: SkippedCase[] = []
  for (const test of cases) {
    const recorded = await captures.load(test.capture, test.setup)
    const facts = await surveyCase(offers, test, recorded, capabilities)
    const over = limits === undefined ? undefined : exceeded(facts.load, limits)
    if (over === undefined) entries.push({ test, recorded, facts })
    else skipped.push({ test, lacks: over })
  }
  return { skipped, replays: foldCases(entries, foldingOf(capabilities, fold), limits) }
}

/**
 * How far a target's cases are folded. A target on virtual time that answers each chunk before it takes the next gains nothing; on
 * a real clock gaps overlap, and a target that plays a whole timeline at once starts less often.
 */
export function foldingOf({ clock, reactive, folding }: Capabilities, choice: FoldChoice): Folding {
  return choice === 'always' || (choice === 'auto' && (clock === 'real' || !reactive)) ? folding : 'one'
}

/**
 * Whether a replay is played as a fold: always with several cases, and on a real clock also with one, to give it other addresses,
 * unless the packets of the case depend on answers.
 */
export function isFold(replay: Replay, { clock }: Capabilities): replay is readonly FoldEntry[] {
  const [first] = replay
  if (first === undefined || !('facts' in first)) return false
  return replay.length > 1 || (clock === 'real' && first.facts.alone === undefined)
}
