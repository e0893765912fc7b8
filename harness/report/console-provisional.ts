import type { CaseResult } from '../log/cases.ts'
import { groupBy } from '../log/group.ts'
import type { Paint } from './paint.ts'
import { plain } from './plain.ts'
import { wrap } from './wrap.ts'

/** Most disagreements that are listed; the other reports have all. */
const WRITTEN = 10

/** Disagreements with expectations that are only inferred or remembered; they fail no case. */
export function disagreements(results: readonly CaseResult[], width: number, paint: Paint): string {
  const found = results.flatMap(({ case: test, finished }) =>
    (finished?.mismatches ?? []).flatMap(({ level, message, provenance: { mark } }) =>
      level === 'provisional' ? [{ name: test.name, text: `${mark}: ${message}` }] : [],
    ),
  )
  if (found.length === 0) return ''
  const byCase = groupBy(found.slice(0, WRITTEN), ({ name }) => name)
  const left = found.length - WRITTEN
  return [
    paint('bold', 'Provisional expectations that were not met'),
    ...[...byCase].flatMap(([name, group]) => [
      `  ${plain(name)}`,
      ...group.map(({ text }) => wrap(plain(text), width, '    ')),
    ]),
    ...(left > 0 ? [paint('dim', `  … ${left} more`)] : []),
  ].join('\n')
}
