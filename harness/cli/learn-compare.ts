import type { KnobName } from '../author/learn/knob-values.ts'
import {
  type Difference,
  differencesOf,
  type KnownProfile,
  nearestOf,
  readKnownProfile,
} from '../author/learn/known-profile.ts'
import { aboutOf, meaningOf } from '../author/learn/sentences.ts'
import { terminalColumns } from '../report/screen.ts'
import { wrapLines } from '../report/wrap.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { print } from './output.ts'

/** Shipped profiles that are listed after the nearest one. */
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
  if (json)
    print(
      `${JSON.stringify({ from: one.name, to: other.name, differences: differencesOf(one, other) }, null, 2)}\n`,
    )
  else print(wrapLines(diffText(one, other, [first, second]), terminalColumns(process.stdout)))
  return ExitCode.ok
}

/** Each knob that differs, in a sentence; then the knobs of only one of them. `names`: as the user wrote them. */
export function diffText(
  one: KnownProfile,
  other: KnownProfile,
  names: readonly [string, string] = [one.name, other.name],
): string {
  const [first, second] = one.name === other.name ? names : [one.name, other.name]
  const differences = differencesOf(one, other)
  const told = differences.filter(({ from, to }) => from !== undefined && to !== undefined)
  const unknownOf = (name: string, is: (each: Difference) => boolean) => {
    const knobs = differences.filter(is).map(({ knob }) => knob)
    return knobs.length === 0 ? [] : [`${name} does not say: ${namesOf(knobs)}\n`]
  }
  return [
    told.length === 0
      ? `${first} and ${second} behave alike in all that is known of both\n`
      : `${first} → ${second}\n`,
    ...told.map((each) => `  ${sentenceOf(each)}\n`),
    ...unknownOf(first, ({ from }) => from === undefined),
    ...unknownOf(second, ({ to }) => to === undefined),
  ].join('')
}

/** Names of knobs; those of the load balancer, none of which a firewall shows, are summed up. */
function namesOf(knobs: readonly KnobName[]): string {
  const own = knobs.filter((knob) => !knob.startsWith('lb'))
  return [...own, ...(own.length < knobs.length ? ['what the load balancer before it does'] : [])].join(', ')
}

/** `learn --identify PROFILE`: the nearest shipped profile, and the differences from it. */
export function printIdentity(name: string, json: boolean): ExitCode {
  const profile = readKnownProfile(name)
  if (profile.values.size === 0)
    throw new FlowbreakError(
      'ERR_LEARN_EMPTY',
      `${name} has no known knob: learn it from a target that answers.`,
    )
  if (json) print(`${JSON.stringify({ profile: profile.name, nearest: nearestOf(profile) }, null, 2)}\n`)
  else print(wrapLines(identityText(profile), terminalColumns(process.stdout)))
  return ExitCode.ok
}

/** The nearest shipped profile with the differences, and the next ones; of equally near ones, the first in the list. */
export function identityText(profile: KnownProfile): string {
  const [nearest, ...rest] = nearestOf(profile)
  if (nearest === undefined) return ''
  const { compared, differences } = nearest
  return [
    `${profile.name} is nearest to ${nearest.name}: ${compared - differences.length} of ${compared} known knobs are the same\n`,
    ...differences.map((each) => `  ${sentenceOf(each)}\n`),
    `then ${rest
      .slice(0, OTHERS)
      .map(
        ({ name, differences: { length } }) => `${name} (${length} ${length === 1 ? 'differs' : 'differ'})`,
      )
      .join(', ')}\n`,
  ].join('')
}

/** "a FIN on a miss: forwarded → dropped". */
function sentenceOf({ knob, from, to }: Difference): string {
  const told = (value: Difference['from']) => (value === undefined ? 'not known' : meaningOf(knob, value))
  return `${aboutOf(knob)}: ${told(from)} → ${told(to)}`
}
