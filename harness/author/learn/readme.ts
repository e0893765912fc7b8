import { mdCode, mdTable, mdText } from '../../report/markdown-text.ts'
import { firstOf, type ProfileDocument } from './document.ts'
import { valueText } from './knob-values.ts'
import { agreedShare, type TwinCheck } from './twin.ts'

export interface LearnedReadme {
  readonly document: ProfileDocument
  readonly twin: TwinCheck | undefined
  readonly command: readonly string[]
}

/** The page of what was learned of a system: its knobs, what is not known of it, and how to learn it again. */
export function learnedReadme({ document, twin, command }: LearnedReadme): string {
  const { learned, knobs, unknown, troubles = [], unsteady, unexplained = [] } = document
  const { target, version, probes, replays, packets, seed } = learned
  return `${[
    `# ${mdText(document.title)}`,
    'What this system is, measured by experiment (docs/learning.md): `profile.yaml` is taken by `--profile` everywhere, `datasheet.html` says in words what it means, and `evidence/` holds the packets that show each knob, with what became of every one. `flowbreak learn` wrote this folder; edit nothing.',
    [
      `- target ${mdCode(target)}${version === '' ? '' : `, version ${mdText(version)}`}`,
      `- ${probes} probes in ${replays} replays, ${packets} packets, seed ${seed}`,
      `- ${Object.keys(knobs).length} knobs known, ${Object.keys(unknown).length} unknown; nearest shipped profile ${mdCode(document.extends)}`,
    ].join('\n'),
    '## Reproduce',
    'In a folder with flowbreak of this version, and the same configuration if there was one:',
    ['```sh', command.map(shellWord).join(' '), '```'].join('\n'),
    ...listed('Wrong with the target', troubles),
    ...listed('Answered in more than one way, or not at all', firstOf(unsteady)),
    ...listed('Explained by nothing that the reference can be', unexplained),
    '## Known',
    mdTable(
      [
        ['knob', 'value', 'confidence', 'packets'],
        ...Object.entries(knobs).map(([knob, { value, confidence, evidence }]) => [
          mdCode(knob),
          mdText(valueText(value as never)),
          confidence,
          evidence
            .flatMap(({ packets: file }, at) =>
              file === undefined ? [] : [`[${at + 1}](${encodeURI(file)})`],
            )
            .join(' '),
        ]),
      ],
      4,
    ),
    '## Not known',
    mdTable(
      [['knob', 'why'], ...Object.entries(unknown).map(([knob, why]) => [mdCode(knob), mdText(why)])],
      2,
    ),
    ...(twin === undefined ? [] : twinParts(twin)),
  ].join('\n\n')}\n`
}

function twinParts(twin: TwinCheck): readonly string[] {
  const { cases, packets, agreed, undecided, agreements } = twin
  return [
    '## On captures that it was not learned from',
    `${cases} captures broken by chance: of ${packets} packets the reference with these knobs predicts ${agreed} (${agreedShare(twin)} %)${undecided === 0 ? '' : `; ${undecided} were undecided`}.`,
    mdTable(
      [
        ['packets', 'verdict', 'played', 'predicted'],
        ...agreements.map((each) => [
          mdText(each.class),
          each.verdict,
          String(each.packets),
          String(each.agreed),
        ]),
      ],
      2,
    ),
  ]
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${mdText(item)}`).join('\n')]
}

/** A word as a shell takes it. */
function shellWord(word: string): string {
  const clean = word.replaceAll(/\p{Cc}/gu, ' ')
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`
}
