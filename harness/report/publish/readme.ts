import { counted } from '../../support/counted.ts'
import { mdCode, mdTable, mdText } from '../markdown-text.ts'
import type { Card } from './card.ts'
import { LEGEND, LEVELS, levelWords, STANDING_MARKS, shareWords } from './words.ts'

/** The page of a published report: its results, how they are known, and how to reproduce them. `report`: the Markdown report of the run. */
export function readmePage(card: Card, report: string, files: readonly string[]): string {
  return `${[
    `# ${mdText(card.implementation)} ${mdText(card.version)}`,
    'A conformance report of flowbreak: what this firewall does to connections that break midstream. Everything in this folder was written by `flowbreak report publish` from the log of one run; edit nothing.',
    mdTable(
      [
        ['', 'standing', 'cases', 'as expected', 'verdicts', 'as expected'],
        ...LEVELS.map((level) => {
          const { standing, cases, passed, checked, met } = card[level]
          const word = level === 'provisional' ? 'fails nothing' : `${STANDING_MARKS[standing]} ${standing}`
          return [level, word, ...[cases, passed, checked, met].map(String)]
        }),
      ],
      2,
    ),
    `How the verdicts of packets are known: ${shareWords(card.known)}. *wire*: seen; *log*: the device's own record; *self*: the word of a plug-in, which alone makes nothing conformant.`,
    knownFailures(card),
    lacks(card),
    '## Reproduce',
    'In a folder with flowbreak of this version, and the same configuration if the run had one:',
    ['```sh', ...commandLines(card), '```'].join('\n'),
    facts(card).join('\n'),
    '`sha256sum -c SHA256SUMS` holds the files of this folder against their hashes; `flowbreak report verify` on this folder grades every case again from what was observed.',
    mdTable([['file'], ...files.map((file) => [mdCode(file)])]),
    '## Suites',
    mdTable(
      [
        ['suite', ...LEVELS, 'known by'],
        ...card.suites.map((suite) => [
          mdCode(suite.name),
          ...LEVELS.map((level) => levelWords(suite[level], level)),
          shareWords(suite.known),
        ]),
      ],
      5,
    ),
    LEGEND.map(([standing, words]) => `- ${STANDING_MARKS[standing]} ${standing}: ${words}`).join('\n'),
    '## Inputs',
    mdTable(
      [
        ['file', 'SHA-256'],
        ...[...card.inputs.suites, ...card.inputs.captures].map(({ file, sha256 }) => [
          mdCode(file),
          mdCode(sha256),
        ]),
      ],
      2,
    ),
    '## The run',
    report.replaceAll(/^##/gm, '###').trimEnd(),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function knownFailures({ knownFailures: known = [] }: Card): string {
  if (known.length === 0) return ''
  const items = known.map(
    ({ reason, cases }) => `- ${mdText(reason)} (${cases === 1 ? '1 case' : `${cases} cases`})`,
  )
  return ['It is known to fail in:', '', ...items].join('\n')
}

function lacks({ lacks: missing }: Card): string {
  if (missing.length === 0) return ''
  const items = missing.map(({ capability, cases }) => `- ${mdText(capability)} (${counted(cases, 'case')})`)
  return ['It lacks, and was not asked:', '', ...items].join('\n')
}

/** The command as it was typed, without its output options, and with the seed that was drawn. */
function commandLines({ run: { command, seed } }: Card): readonly string[] {
  const kept = command.filter(
    (word, at) => !OUTPUT.test(word) && !OUTPUT_ALONE.has(word) && !OUTPUT_ALONE.has(command[at - 1] ?? ''),
  )
  const words = kept.map(shellWord)
  if (command.length > 0 && !command.some((word) => /^--seed(=|$)/.test(word)))
    words.push('--seed', `${seed}`)
  return [words.join(' ')]
}

const OUTPUT = /^(--(reporter|output)=|-o.)/
const OUTPUT_ALONE = new Set(['--reporter', '--output', '-o'])

/** A word for a shell; characters that could steer a terminal are left out. */
function shellWord(word: string): string {
  const clean = word.replaceAll(/\p{Cc}/gu, ' ')
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`
}

function facts({ run, target, version }: Card): readonly string[] {
  return [
    `- target ${mdCode(target)}, version ${mdText(version)}`,
    `- flowbreak ${mdText(run.flowbreak)}, Node ${mdText(run.node)}`,
    `- run ${mdCode(run.id)}, ${mdText(run.startedAt)}, seed ${run.seed}`,
  ]
}
