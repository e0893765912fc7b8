import { toldOf } from './expected.ts'
import { agreementOf, type Proposal, type Shot } from './propose.ts'

/** One thing to agree with: what a phase showed, or what was counted, under the policies in which it is the same. */
export interface Item {
  readonly proposal: Proposal
  readonly title: string
  readonly lines: readonly { readonly what: string; readonly why: string }[]
  /** Names by `agreementOf`. */
  readonly names: readonly string[]
}

/** Everything that is proposed, case by case in the order of its phases. */
export function reviewItems(proposals: readonly Proposal[]): readonly Item[] {
  return proposals.flatMap((proposal) => [
    ...proposal.phases.flatMap((phase) => itemsOf(proposal, phase, (shot) => phaseLines(shot, phase))),
    ...itemsOf(proposal, 'counters', counterLines),
    ...itemsOf(proposal, 'resets-at-expiry', expiryLines),
    ...itemsOf(proposal, 'impact', ({ impact }) =>
      impact === undefined ? [] : [{ what: `The user of the connection felt: ${impact}`, why: '' }],
    ),
  ])
}

/** An item for each answer that policies gave. */
function itemsOf(proposal: Proposal, key: string, linesOf: (shot: Shot) => Item['lines']): readonly Item[] {
  const groups = new Map<string, { readonly lines: Item['lines']; readonly policies: string[] }>()
  for (const shot of proposal.shots) {
    const lines = linesOf(shot)
    if (lines.length === 0) continue
    const text = JSON.stringify(lines)
    const group = groups.get(text) ?? { lines, policies: [] }
    group.policies.push(shot.policy)
    groups.set(text, group)
  }
  return [...groups.values()].map(({ lines, policies }) => ({
    proposal,
    title: `${proposal.draft.name}, ${key}, policy ${policies.join(', ')}`,
    lines,
    names: policies.map((policy) => agreementOf(policy, key)),
  }))
}

function phaseLines(shot: Shot, phase: string): Item['lines'] {
  const lines: { places: string[]; readonly answer: string; readonly why: string }[] = []
  for (const line of shot.phases.get(phase)?.lines ?? []) {
    const { keys, why } = toldOf(line, shot, phase)
    const { is, by, reason, towards } = keys
    const answer = [
      `${is}`,
      by === undefined ? '' : ` by ${by}`,
      reason === undefined ? '' : ` for ${reason}`,
      towards === undefined ? '' : ` towards ${towards}`,
    ].join('')
    const place = line.direction === undefined ? line.place : `${line.direction} ${line.place}`
    const last = lines.at(-1)
    if (last?.answer === answer && last.why === why) last.places.push(place)
    else lines.push({ places: [place], answer, why })
  }
  return lines.map(({ places, answer, why }) => ({
    what: `${places.length > 2 ? `${places[0]} to ${places.at(-1)}` : places.join(', ')}: ${answer}`,
    why,
  }))
}

function counterLines(shot: Shot): Item['lines'] {
  return Object.entries(shot.counters).map(([name, value]) => ({ what: `${name}: ${value}`, why: '' }))
}

function expiryLines({ expiry: { client, server } }: Shot): Item['lines'] {
  return client + server === 0
    ? []
    : [{ what: `client: ${client}, server: ${server}`, why: 'A session expired, and a reset told of it.' }]
}
