import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import type { Costs } from './division.ts'

/** Schema version of cost files. */
const COSTS_SCHEMA = 1

const grammar = z.strictObject({
  schema: z.literal(COSTS_SCHEMA),
  /** Milliseconds by the name of the case. */
  cases: z.record(z.string(), z.number().nonnegative()),
})

/** Reads a file of costs, as written by `costsText`. Throws ERR_COSTS. */
export function readCosts(file: string): Costs {
  try {
    return new Map(Object.entries(grammar.parse(JSON.parse(readFileSync(file, 'utf8'))).cases))
  } catch (thrown) {
    const why =
      thrown instanceof z.ZodError ? z.prettifyError(thrown).replaceAll(/\s+/g, ' ') : messageOf(thrown)
    throw new FlowbreakError(
      'ERR_COSTS',
      `${file} does not contain the costs of cases (${why}): make it with flowbreak report costs RUN.`,
      { cause: thrown },
    )
  }
}

/** Costs as they are stored: sorted by name, with two digits, so that a file under version control changes only where a cost does. */
export function roundedCosts(costs: Costs): Costs {
  const sorted = [...costs].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(sorted.map(([name, cost]) => [name, Number(cost.toPrecision(2))]))
}

/** The text of a cost file, with one line for each case. */
export function costsText(costs: Costs): string {
  return `${JSON.stringify({ schema: COSTS_SCHEMA, cases: Object.fromEntries(costs) }, null, 2)}\n`
}
