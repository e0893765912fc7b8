import { painter } from '../paint.ts'
import { plain } from '../plain.ts'
import { PLAIN_SCREEN, type Screen } from '../screen.ts'
import { wrap, wrapLines, wrapName } from '../wrap.ts'
import type { Change, Changes, Lone, Timing } from './changes.ts'
import { byOutcome, headline, milliseconds } from './words.ts'

/** Most changes and names of each kind that are listed; the JSON has all. */
const WRITTEN = 40

/** The comparison of two runs for people at a terminal. */
export function changesConsole(changes: Changes, screen: Screen = PLAIN_SCREEN): string {
  const paint = painter(screen.colour)
  const width = Math.min(screen.columns, 132)
  // What is piped is read by the line.
  const columns = screen.live ? screen.columns : Number.POSITIVE_INFINITY
  const left = (all: readonly unknown[]) =>
    all.length > WRITTEN ? [paint('dim', `  … ${all.length - WRITTEN} more: --reporter json has all.`)] : []
  const list = (title: string, colour: 'red' | 'green' | 'yellow', all: readonly Change[]) =>
    all.length === 0
      ? []
      : [
          [
            paint(['bold', colour], `${title} (${all.length})`),
            ...all
              .slice(0, WRITTEN)
              .flatMap(({ name, file, line, before, after, reason }) => [
                wrapName(`  ${plain(name)}`, `  ${before} → ${paint(colour, after)}`, columns),
                ...(reason === undefined ? [] : [wrap(plain(reason), width, '    ')]),
                paint('dim', wrapName(`    ${plain(file)}:${line}`, '', columns)),
              ]),
            ...left(all),
          ].join('\n'),
        ]
  const lone = (title: string, all: readonly Lone[]) =>
    all.length === 0
      ? []
      : [
          [
            paint('bold', `${title} (${all.length}: ${byOutcome(all)})`),
            ...all
              .slice(0, WRITTEN)
              .map(({ name, outcome }) => wrapName(`  ${plain(name)}`, `  ${outcome}`, columns)),
            ...left(all),
          ].join('\n'),
        ]
  const { timing } = changes
  const times = (all: Timing) =>
    [
      `${paint('dim', 'time'.padEnd(6))}${milliseconds(all.before)} → ${milliseconds(all.after)}`,
      ...all.slower.map(({ name, before, after }) =>
        wrapName(`  slower  ${plain(name)}`, `  ${milliseconds(before)} → ${milliseconds(after)}`, columns),
      ),
    ].join('\n')
  return `${[
    ...list('Regressions', 'red', changes.regressions),
    ...list('Repairs', 'green', changes.repairs),
    ...list('Other changes', 'yellow', changes.others),
    ...lone('New cases', changes.added),
    ...lone('Vanished cases', changes.vanished),
    ...(timing === undefined ? [] : [times(timing)]),
    [
      `${paint('dim', 'old'.padEnd(6))}${plain(changes.old.id)}, ${plain(changes.old.startedAt)}`,
      `${paint('dim', 'new'.padEnd(6))}${plain(changes.new.id)}, ${plain(changes.new.startedAt)}`,
      headline(changes),
    ]
      .map((line) => wrapLines(line, columns))
      .join('\n'),
  ].join('\n\n')}\n`
}
