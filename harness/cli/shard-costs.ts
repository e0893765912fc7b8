import { costsOf } from '../log/costs.ts'
import { contentName } from '../log/evidence.ts'
import { streamRunLog } from '../log/read.ts'
import { costsText, readCosts, roundedCosts } from '../plan/costs.ts'
import type { Costs } from '../plan/division.ts'
import { FlowbreakError } from '../support/errors.ts'
import { findLog } from './report-find.ts'

/** The costs by which a run is divided. */
export interface ShardCosts {
  readonly costs: Costs
  /** Identifies the costs: all parts of a run must be divided by the same. */
  readonly digest: string
}

/** The costs in a file (`*.json`), or those of an earlier run. Throws ERR_COSTS, ERR_RUN_NOT_FOUND, and ERR_USAGE without --shard. */
export async function shardCostsOf(
  word: string,
  shard: string | undefined,
  config: string | undefined,
): Promise<ShardCosts> {
  if (shard === undefined)
    throw new FlowbreakError('ERR_USAGE', '--shard-costs balances the parts of a run: give --shard i/n too.')
  const costs = roundedCosts(
    word.endsWith('.json') ? readCosts(word) : costsOf(streamRunLog(await findLog(word, config))),
  )
  return { costs, digest: contentName(costsText(costs)) }
}
