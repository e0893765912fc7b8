import {
  type Difference,
  differencesOf,
  type KnownProfile,
  nearestOf,
  readKnownProfile,
} from '../author/learn/known-profile.ts'
import { aboutOf, meaningOf } from '../author/learn/sentences.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { print } from './output.ts'

/** Shipped profiles that are named beside the nearest. */
const OTHERS = 3

/** `learn --diff A B`: release notes of behaviour. Exit 0, whether there is a difference or not. */
export function printDiff(names: readonly string[], json: boolean): ExitCode {
  const [first, second] = names
  if (first === undefined || second === undefined || names.length > 2)
    throw new FlowbreakError(
      'ERR_USAGE',
      'learn --diff takes two profiles, by name or file: learn --diff A B.',
    )
  const one = readKnownProfile(first)
  const other = readKnownProfile(second)
  const differences = differencesOf(one, other)
  if (json) print(`${JSON.stringify({ from: one.name, to: other.name, differences }, null, 2)}\n`)
  else print(diffText(one, other, differences))
  return ExitCode.ok
}

function diffText(one: KnownProfile, other: KnownProfile, differences: readonly Difference[]): string {
  const told = differences.filter(({ from, to }) => from !== undefined && to !== undefined)
  const unknown = differences.filter((each) => !told.includes(each)).map(({ knob }) => knob)
  return [
    told.length === 0
      ? `${one.name} and ${other.name} behave alike in all that is known of both\n`
      : `${one.name} → ${other.name}\n`,
    ...told.map((each) => `  ${sentenceOf(each)}\n`),
    ...(unknown.length === 0 ? [] : [`known of one of them alone: ${unknown.join(', ')}\n`]),
  ].join('')
}

/** `learn --identify PROFILE`: the shipped profile that is nearest, and what differs. */
export function printIdentity(name: string, json: boolean): ExitCode {
  const profile = readKnownProfile(name)
  if (profile.values.size === 0)
    throw new FlowbreakError('ERR_LEARN_EMPTY', `${name} knows no knob: learn it from a target that answers.`)
  const found = nearestOf(profile)
  if (json) print(`${JSON.stringify({ profile: profile.name, nearest: found }, null, 2)}\n`)
  else print(identityText(profile, found))
  return ExitCode.ok
}

function identityText(profile: KnownProfile, found: ReturnType<typeof nearestOf>): string {
  const [nearest, ...rest] = found
  if (nearest === undefined) return ''
  const { compared, differences } = nearest
  return [
    `${profile.name} is nearest to ${nearest.name}: ${compared - differences.length} of ${compared} known knobs are the same\n`,
    ...differences.map((each) => `  ${sentenceOf(each)}\n`),
    `then ${rest
      .slice(0, OTHERS)
      .map((each) => `${each.name} (${each.differences.length} differ)`)
      .join(', ')}\n`,
  ].join('')
}

/** "a FIN on a miss: forwarded → dropped". */
function sentenceOf({ knob, from, to }: Difference): string {
  const told = (value: Difference['from']) => (value === undefined ? 'not known' : meaningOf(knob, value))
  return `${aboutOf(knob)}: ${told(from)} → ${told(to)}`
}
