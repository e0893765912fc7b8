import { firstOf, type ProfileDocument } from '../author/learn/document.ts'
import { agreedShare, type TwinCheck } from '../author/learn/twin.ts'
import { GROUPS, KNOBS } from '../profile/schema.ts'
import { wrapLines } from '../report/wrap.ts'
import { columns } from './profile-text.ts'

/** The learned profile for people: knobs by group, what is unknown and why, and what was wrong with the target. */
export function learnedText(document: ProfileDocument, width = Number.POSITIVE_INFINITY): string {
  const { learned, knobs, unknown, troubles = [], unsteady, unexplained = [] } = document
  const { target, version, probes, replays, packets } = learned
  const head = [
    `target ${target}${version === '' ? '' : ` (${version})`}: ${probes} probes in ${replays} replays, ${packets} packets`,
    `${Object.keys(knobs).length} knobs known, ${Object.keys(unknown).length} unknown; nearest profile ${document.extends}`,
  ]
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const rows = Object.entries(knobs)
      .filter(([knob]) => KNOBS[knob as keyof typeof KNOBS].group === group)
      .map(([knob, { value, confidence, probes: by }]) => [
        `  ${knob}`,
        Array.isArray(value) ? value.join(', ') : String(value),
        confidence,
        by[0] ?? '',
      ])
    return rows.length === 0 ? [] : [`\n${title}\n${columns(rows, width)}`]
  })
  const why = Object.entries(unknown).map(([knob, reason]) => [`  ${knob}`, reason])
  return [
    wrapLines(`${head.join('\n')}\n`, width),
    ...groups,
    ...(why.length === 0 ? [] : [`\nUnknown\n${columns(why, width)}`]),
    ...listed('Answered in more than one way, or not at all', firstOf(unsteady), width),
    ...listed('Explained by nothing that the reference can be', unexplained, width),
    ...listed('What is wrong with the target', troubles, width),
  ].join('')
}

function listed(title: string, items: readonly string[], width: number): readonly string[] {
  const lines = items.map((item) => `  ${item}\n`).join('')
  return items.length === 0 ? [] : [wrapLines(`\n${title}\n${lines}`, width)]
}

/** How well the reference predicts the target, by class and verdict, and the first packets that it predicts wrongly. */
export function twinText(twin: TwinCheck, width = Number.POSITIVE_INFINITY): string {
  const { cases, packets, agreed, undecided, agreements, disagreements } = twin
  const rows = agreements.map((each) => [
    `  ${each.class}`,
    each.verdict,
    `${each.agreed} of ${each.packets}`,
  ])
  return [
    wrapLines(
      `\nHeld-out captures: ${cases} broken by chance, ${agreed} of ${packets} verdicts predicted (${agreedShare(twin)} %)${undecided === 0 ? '' : `, ${undecided} undecided`}\n`,
      width,
    ),
    columns(rows, width),
    ...listed(
      'Predicted otherwise',
      disagreements.map(
        (each) =>
          `${each.capture} ${each.broken.join(', ')}, policy ${each.policy}: packet ${each.packet} (${each.class}) ${each.target}, predicted ${each.twin}`,
      ),
      width,
    ),
  ].join('')
}
