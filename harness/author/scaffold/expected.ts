import type { YAMLMap } from 'yaml'
import type { Answer, Line } from './condense.ts'
import { agreementOf, type Proposal, type Shot } from './propose.ts'
import { whyOf } from './reasons.ts'
import { blockMap, type Entry, inline } from './yaml-nodes.ts'

/** The keys of a case's `expect`: what each phase showed, by policy where policies differ, each line with its reason above it. */
export function expectedOf(proposal: Proposal): YAMLMap {
  const { shots, agreed } = proposal
  return blockMap([
    ...proposal.phases.flatMap((phase): Entry[] => {
      const values = shots.map((shot) => phaseOf(shot, phase, agreed))
      const value = byPolicy(shots, values)
      return value === undefined ? [] : [{ key: phase, value }]
    }),
    ...countersOf(proposal),
    ...expiryOf(proposal),
    ...impactOf(proposal),
  ])
}

/** One value for all policies where they agree, else a mapping; undefined where no policy says anything. */
function byPolicy(shots: readonly Shot[], values: readonly (YAMLMap | undefined)[]): YAMLMap | undefined {
  const [first] = values
  const texts = values.map((value) => JSON.stringify(value?.toJSON() ?? null))
  if (values.every((value) => value === undefined)) return undefined
  if (texts.every((text) => text === texts[0])) return first
  return blockMap([
    {
      key: 'policy',
      value: blockMap(
        shots.map(({ policy }, index) => ({ key: policy, value: values[index] ?? inline(null) })),
      ),
    },
  ])
}

function phaseOf(shot: Shot, phase: string, agreed: ReadonlySet<string>): YAMLMap | undefined {
  const condensed = shot.phases.get(phase)
  if (condensed === undefined) return undefined
  const { lines, left } = condensed
  if (lines.length === 0) return undefined
  const isAgreed = agreed.has(agreementOf(shot.policy, phase))
  const note =
    left === 0
      ? undefined
      : `${left} more packets met differing answers, and are not expected here: cut the case down.`
  const mark: Entry = { key: 'unreviewed', value: inline(!isAgreed), comment: note }
  const told = lines.map((line) => toldOf(line, shot, phase))
  const common = commonOf(told)
  const entries = [
    ...Object.entries(common).map(([key, value]): Entry => ({ key, value: inline(value) })),
    ...linesOf(lines, told, common),
  ]
  return blockMap(isAgreed && note === undefined ? entries : [...entries, mark])
}

/** What a line says: the keys of its answer, and why. */
export interface Told {
  readonly keys: Readonly<Record<string, unknown>>
  readonly why: string
}

export function toldOf(line: Line, { setup, trace, exceptions }: Shot, phase: string): Told {
  const { sentence, source } = whyOf(line, { setup, trace, exceptions })
  const keys = { ...answerKeys(line.answer, phase), ...(source === undefined ? {} : { source }) }
  return { keys, why: sentence }
}

/** Before anything is broken, who lets a flow pass is nobody's question. */
function answerKeys({ verdict, ...rest }: Answer, phase: string): Readonly<Record<string, unknown>> {
  return phase === 'before' && verdict === 'forward' ? { is: verdict } : { is: verdict, ...rest }
}

/** Who decides, and the source of most lines, which are said once for all of them where all lines say some. */
function commonOf(told: readonly Told[]): Readonly<Record<string, unknown>> {
  if (told.length < 2) return {}
  const common: Record<string, unknown> = {}
  for (const key of ['by', 'source']) {
    if (told.some(({ keys }) => keys[key] === undefined)) continue
    const texts = told.map(({ keys }) => JSON.stringify(keys[key]))
    const counts = texts.map((text) => texts.filter((other) => other === text).length)
    const most = counts.indexOf(Math.max(...counts))
    if ((counts[most] ?? 0) > 1) common[key] = told[most]?.keys[key]
  }
  return common
}

function linesOf(
  lines: readonly Line[],
  told: readonly Told[],
  common: Readonly<Record<string, unknown>>,
): readonly Entry[] {
  const entries: Entry[] = []
  let before: string | undefined
  for (const direction of [undefined, 'c2s', 's2c'] as const) {
    const made = lines.flatMap((line, index): Entry[] => {
      const { keys, why } = told[index] ?? { keys: {}, why: '' }
      if (line.direction !== direction) return []
      // What was said of the line above need not be said again.
      const comment = why === before ? undefined : why
      before = why
      const own = Object.entries(keys).filter(
        ([key, value]) => JSON.stringify(common[key]) !== JSON.stringify(value),
      )
      return [{ key: line.place, value: answerNode(Object.fromEntries(own)), comment }]
    })
    if (direction === undefined) entries.push(...made)
    else if (made.length > 0) entries.push({ key: direction, value: blockMap(made) })
  }
  return entries
}

/** A verdict alone, its keys in one line, or over several where a source is among them. */
function answerNode(keys: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(keys).length === 1) return inline(keys.is)
  if (keys.source === undefined) return inline(keys)
  return blockMap(Object.entries(keys).map(([key, value]) => ({ key, value: inline(value) })))
}

/** AWS's own counters, where the profile is of AWS. */
function countersOf(proposal: Proposal): readonly Entry[] {
  const { shots } = proposal
  if (shots.every(({ counters }) => Object.keys(counters).length === 0)) return []
  const maps = shots.map(({ policy, counters }) => numbersOf(proposal, policy, 'counters', counters))
  return entryOf('counters', byPolicy(shots, maps), 'As the reference counts, over all hosts and flows.')
}

function expiryOf(proposal: Proposal): readonly Entry[] {
  const { shots } = proposal
  if (shots.every(({ expiry }) => expiry.client + expiry.server === 0)) return []
  const maps = shots.map(({ policy, expiry }) => numbersOf(proposal, policy, 'resets-at-expiry', expiry))
  return entryOf('resets-at-expiry', byPolicy(shots, maps), 'A session expired, and a reset told of it.')
}

function impactOf({ shots, agreed }: Proposal): readonly Entry[] {
  const maps = shots.map(({ policy, impact }) => {
    if (impact === undefined) return undefined
    const is = { key: 'is', value: inline(impact) }
    const mark = { key: 'unreviewed', value: inline(true) }
    return blockMap(agreed.has(agreementOf(policy, 'impact')) ? [is] : [is, mark])
  })
  return entryOf('impact', byPolicy(shots, maps), 'What the user of the connection felt.')
}

function numbersOf(
  { agreed }: Proposal,
  policy: string,
  key: string,
  numbers: Readonly<Record<string, number>>,
): YAMLMap {
  const isAgreed = agreed.has(agreementOf(policy, key))
  return blockMap(
    Object.entries(numbers).map(([name, equals]) => ({
      key: name,
      value: inline(isAgreed ? equals : { equals, unreviewed: true }),
    })),
  )
}

function entryOf(key: string, value: YAMLMap | undefined, comment: string): readonly Entry[] {
  return value === undefined ? [] : [{ key, value, comment }]
}
