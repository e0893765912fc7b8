import type { Case } from '../model/case.ts'
import type { Target } from '../model/target.ts'
import type { Costs } from '../plan/division.ts'
import { planCases } from '../plan/plan.ts'
import { parseShard } from '../plan/shard.ts'
import { steadOf } from '../run/stead.ts'
import { loadSuites } from '../run/suites.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { heldBy } from './run-choices.ts'
import type { RunChoices } from './run-command.ts'
import type { heldTargets } from './run-targets.ts'
import { tracedCase } from './run-watch.ts'
import { PLACES } from './version.ts'

/** What a run plays. */
export interface RunCases {
  readonly casesBy: ReadonlyMap<Target, readonly Case[]>
  /** The cases of all targets. */
  readonly cases: readonly Case[]
  /** Digest of the file by whose costs shards are balanced. */
  readonly costs?: string
}

/** The cases of the suites that the options select, for each target. Throws ERR_SUITE, ERR_NOTHING_MATCHED, ERR_USAGE and what the options name. */
export async function casesOfRun(
  suites: readonly string[],
  options: RunChoices,
  { targets, own }: Awaited<ReturnType<typeof heldTargets>>,
): Promise<RunCases> {
  const held = heldBy(options.transparency)
  const costs =
    options.shardCosts === undefined
      ? undefined
      : await (await import('./shard-costs.ts')).shardCostsOf(
          options.shardCosts,
          options.shard,
          options.config,
        )
  const casesBy = new Map(
    targets.map((target) => [
      target,
      held(casesOf(suites, options, steadOf(target, own), costs?.costs), target),
    ]),
  )
  const cases = [...casesBy.values()].flat()
  return costs === undefined ? { casesBy, cases } : { casesBy, cases, costs: costs.digest }
}

function casesOf(
  suites: readonly string[],
  options: RunChoices,
  stead: ProfileInStead,
  costs: Costs | undefined,
): readonly Case[] {
  const { cases, total } = planCases(loadSuites(suites, PLACES, stead), {
    grep: options.grep,
    tags: options.tag,
    policies: options.policy,
    shard: options.shard === undefined ? undefined : parseShard(options.shard),
    costs,
  })
  if (cases.length > 0) return tracedCase(cases, options.trace)
  const given = (['grep', 'tag', 'policy', 'shard'] as const).filter((name) => options[name] !== undefined)
  throw new FlowbreakError(
    'ERR_NOTHING_MATCHED',
    `None of the ${total} cases is selected by ${given.map((name) => `--${name}`).join(' and ')}: flowbreak suite list names them.`,
  )
}
