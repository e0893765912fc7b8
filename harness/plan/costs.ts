import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import type { Costs } from './division.ts'

/** Version of the files that costs are kept in. */
const COSTS_SCHEMA = 1

const grammar = z.strictObject({
  schema: z.literal(COSTS_SCHEMA),
  /** Milliseconds by the name of the case. */
  cases: z.record(z.string(), z.number().nonnegative()),
})

/** Reads a file of costs, as `costsText` writes them. Throws ERR_COSTS. */
export function readCosts(file: string): Costs {
  try {
    return new Map(Object.entries(grammar.parse(JSON.parse(readFileSync(file, 'utf8'))).cases))
  } catch (thrown) {
    const why =
      thrown instanceof z.ZodError ? z.prettifyError(thrown).replaceAll(/\s+/g, ' ') : messageOf(thrown)
    throw new FlowbreakError(
      'ERR_COSTS',
      `${file} holds no costs of cases (${why}): make it with flowbreak report costs RUN.`,
      { cause: thrown },
    )
  }
}

/** Costs as a file of them has them: by name, in two digits, so that one under version control changes where a cost does. */
export function roundedCosts(costs: Costs): Costs {
  const sorted = [...costs].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(sorted.map(([name, cost]) => [name, Number(cost.toPrecision(2))]))
}

/** The file of such costs, a line a case. */
export function costsText(costs: Costs): string {
  return `${JSON.stringify({ schema: COSTS_SCHEMA, cases: Object.fromEntries(costs) }, null, 2)}\n`
}
