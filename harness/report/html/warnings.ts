import { figure, type Markup, markup } from './client/markup.ts'
import type { ShownRun } from './sides.ts'

/** The warnings of the runs, folded under a line with their number. */
export function warningsOf(runs: readonly ShownRun[]): Markup | undefined {
  const all = runs.flatMap(({ summary }) => summary.warnings)
  if (all.length === 0) return undefined
  const items = all.map(
    ({ message, where }) =>
      markup`<li>${message}${where !== undefined && markup` <span class="quiet">${where}</span>`}</li>`,
  )
  return markup`<details class="warnings"><summary>${figure(all.length)} ${all.length === 1 ? 'warning' : 'warnings'}</summary><ul>${items}</ul></details>`
}
