import { firstOf, type ProfileDocument } from '../author/learn/document.ts'
import { agreedShare, type TwinCheck } from '../author/learn/twin.ts'
import { GROUPS, KNOBS } from '../profile/schema.ts'
import { columns } from './profile-text.ts'

/** The learned profile for people: knobs by group, what is unknown and why, and what was wrong with the target. */
export function learnedText(document: ProfileDocument): string {
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
    return rows.length === 0 ? [] : [`\n${title}\n${columns(rows)}`]
  })
  const why = Object.entries(unknown).map(([knob, reason]) => [`  ${knob}`, reason])
  return [
    `${head.join('\n')}\n`,
    ...groups,
    ...(why.length === 0 ? [] : [`\nUnknown\n${columns(why)}`]),
    ...listed('Answered in more than one way, or not at all', firstOf(unsteady)),
    ...listed('Explained by nothing that the reference can be', unexplained),
    ...listed('What is wrong with the target', troubles),
  ].join('')
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`\n${title}\n${items.map((item) => `  ${item}\n`).join('')}`]
}

/** How well the reference predicts the target, by class and verdict, and the first packets that it predicts wrongly. */
export function twinText(twin: TwinCheck): string {
  const { cases, packets, agreed, undecided, agreements, disagreements } = twin
  const rows = agreements.map((each) => [
    `  ${each.class}`,
    each.verdict,
    `${each.agreed} of ${each.packets}`,
  ])
  return [
    `\nHeld-out captures: ${cases} broken by chance, ${agreed} of ${packets} verdicts predicted (${agreedShare(twin)} %)${undecided === 0 ? '' : `, ${undecided} undecided`}\n`,
    columns(rows),
    ...listed(
      'Predicted otherwise',
      disagreements.map(
        (each) =>
          `${each.capture} ${each.broken.join(', ')}, policy ${each.policy}: packet ${each.packet} (${each.class}) ${each.target}, predicted ${each.twin}`,
      ),
    ),
  ].join('')
}
