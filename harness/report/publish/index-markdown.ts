import { mdCode, mdTable, mdText } from '../markdown-text.ts'
import { figuresOfSystem, type Published, systemsOf } from './index-rows.ts'
import { LEGEND, LEVELS, levelWords, STANDING_MARKS, shareWords } from './words.ts'

/** `README.md` of the folder of published reports: implementations by suites and levels. */
export function indexMarkdown(published: readonly Published[]): string {
  return `${[
    '# Conformance reports',
    'Unmodified output of flowbreak, one folder an implementation and version; each says how to reproduce it. This page and `index.html` are written by `flowbreak report publish`.',
    ...(published.length === 0
      ? ['No report has been published yet.']
      : [
          mdTable(
            [
              ['implementation', 'core', 'extended', 'provisional', 'known by', 'flowbreak', 'run'],
              ...published.map(({ folder, card }) => [
                `[${mdText(card.implementation)} ${mdText(card.version)}](${encodeURI(folder)}/README.md)`,
                ...LEVELS.map((level) => levelWords(card[level], level)),
                shareWords(card.known),
                mdText(card.run.flowbreak),
                mdText(card.run.startedAt.slice(0, 10)),
              ]),
            ],
            7,
          ),
          '## By suites',
          'Cases as expected of all cases: core, extended, provisional.',
          mdTable(
            [
              [
                'suites',
                ...published.map(({ card }) => `${mdText(card.implementation)} ${mdText(card.version)}`),
              ],
              ...systemsOf(published).map((system) => [
                mdCode(system),
                ...published.map((report) => {
                  const figures = figuresOfSystem(report, system)
                  return figures === undefined
                    ? 'not run'
                    : LEVELS.map((level) => levelWords(figures[level], level)).join(' · ')
                }),
              ]),
            ],
            published.length + 1,
          ),
        ]),
    LEGEND.map(([standing, words]) => `- ${STANDING_MARKS[standing]} ${standing}: ${words}`).join('\n'),
  ].join('\n\n')}\n`
}
