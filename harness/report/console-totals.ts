import { groupBy } from '../log/group.ts'
import { MARKS } from '../log/marks.ts'
import type { RunSummary } from '../log/summary.ts'
import type { RunEvent } from '../model/run-log.ts'
import { counted } from '../support/counted.ts'
import { OUTCOME_ORDER, STYLES } from './outcomes.ts'
import type { Paint } from './paint.ts'
import { plain } from './plain.ts'
import { wrap } from './wrap.ts'

const LABEL = 14
/** Most warnings of one kind that are listed. */
const OF_A_KIND = 3

/** The last lines of the console report: outcomes, levels, provenance, targets and what they lack, warnings, exit code. */
export function totalLines(
  events: readonly RunEvent[],
  summary: RunSummary,
  width: number,
  paint: Paint,
): string {
  const line = (label: string, text: string | readonly string[]): string =>
    wrap(text, width, ' '.repeat(LABEL)).replace(' '.repeat(LABEL), paint('dim', label.padEnd(LABEL)))
  const { tally, marks, targets, warnings, reason, exitCode } = summary
  const { checked, met } = tally.provisional
  const rests = MARKS.filter((mark) => marks[mark] > 0).map((mark) => `${mark} ${marks[mark]}`)
  const graded = tally.core.checked + tally.extended.checked
  return [
    line('cases', outcomeWords(summary, paint)),
    line('verdicts', `${tally.core.met + tally.extended.met} of ${graded} as expected`),
    ...(checked === 0 ? [] : [line('provisional', `${met} of ${checked} agree; they fail nothing`)]),
    ...(rests.length === 0 ? [] : [line('rest on', rests.join('   '))]),
    ...targets.flatMap(({ name, version, lacks, problems }) => [
      line('target', `${plain(name)}${version === undefined ? ', never ready' : ` ${plain(version)}`}`),
      ...lacks.map(({ capability, cases }) =>
        line('  lacks', `${plain(capability)} (${counted(cases, 'case')})`),
      ),
      ...problems.map((problem) => line('  problem', paint('red', plain(problem)))),
    ]),
    ...warningTexts(warnings).map((text) => line('warning', plain(text))),
    line('run', `${reason}, exit code ${exitCode}`),
    line('log', plain(startOf(events))),
  ].join('\n')
}

/** The first warnings of each kind, and how many more of it there are. */
function warningTexts(warnings: RunSummary['warnings']): readonly string[] {
  const kinds = groupBy(warnings, ({ code }) => code)
  return [...kinds.values()].flatMap((all) => {
    const listed = all.length > OF_A_KIND + 1 ? all.slice(0, OF_A_KIND) : all
    const texts = listed.map(({ message, where }) => (where === undefined ? message : `${where}: ${message}`))
    const left = all.length - listed.length
    return left === 0 ? texts : [...texts, `… ${left} more like these: the html and json reports have all.`]
  })
}

/** `15: 6 passed, 1 failed`, as words that must not be broken over lines. */
function outcomeWords({ cases, totals }: RunSummary, paint: Paint): readonly string[] {
  const present = OUTCOME_ORDER.filter((outcome) => totals[outcome] > 0)
  return [
    cases === 0 ? 'none' : `${cases}:`,
    ...present.map((outcome, index) => {
      const { colour, word } = STYLES[outcome]
      return `${paint(colour, `${totals[outcome]} ${word}`)}${index < present.length - 1 ? ',' : ''}`
    }),
  ]
}

function startOf(events: readonly RunEvent[]): string {
  const start = events.find((event) => event.type === 'run-started')
  if (start === undefined) return 'not started'
  return `${start.run}, ${start.startedAt}, seed ${start.seed}, flowbreak ${start.flowbreak}`
}
