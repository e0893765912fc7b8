import type { OwnProfile } from '../model/setup.ts'
import { getProfile, makeProfile, profileNames } from '../profile/index.ts'
import { asWord, listWords, notAWord, POLICIES, SHARINGS } from '../suite/words.ts'
import { FlowbreakError } from '../support/errors.ts'
import { TARGETS } from '../target/targets.ts'
import { profileNamed } from './profile-named.ts'

export const AXES = ['sharing', 'policy', 'profile', 'target'] as const
export type AxisName = (typeof AXES)[number]

/** Most axes: two make a table, three would be a maze. */
const MOST_AXES = 2

/** One value of an axis: as written, and as part of a setup. */
export interface AxisValue {
  readonly word: string
  readonly value: string | OwnProfile
}

export interface ComparedAxis {
  readonly name: AxisName
  readonly values: readonly AxisValue[]
}

/** What the command line says about axes, and the options that fix what an axis would vary. */
export interface AxisOptions {
  readonly over?: readonly string[]
  readonly values?: string
  readonly target?: string
  readonly policy?: string
  readonly profile?: string
  readonly sharing?: string
}

/**
 * The axes of a comparison, each with its values; `targets`: those that are configured; `most`: the most axes. Throws ERR_USAGE, and
 * errors of a user's own profile.
 */
export async function readAxes(
  options: AxisOptions,
  targets: readonly string[] = [],
  most = MOST_AXES,
): Promise<readonly ComparedAxis[]> {
  const { over = [] } = options
  const asked = over.map((text) => splitAxis(text))
  if (asked.length === 0 || asked.length > most) {
    const how = most === MOST_AXES ? 'Compare over one axis or two' : `Choose ${most} axes at most`
    throw usage(`${how}, such as --over policy: there are ${listWords(AXES)}.`)
  }
  if (new Set(asked.map(({ name }) => name)).size < asked.length)
    throw usage(`--over ${asked[0]?.name} is given twice: name its values in one, separated by commas.`)
  if (options.values !== undefined && (asked.length > 1 || asked[0]?.values !== undefined))
    throw usage('--values is for one --over without values: write --over policy=drop,reject for each axis.')
  const names = asked.map(({ name }) => name)
  return Promise.all(
    asked.map(async ({ name, values }) => {
      if (options[name] !== undefined)
        throw usage(`--${name} fixes what --over ${name} compares: leave one of them out.`)
      const written = values ?? options.values
      const words =
        written === undefined
          ? await valuesOf(name, names, options, targets)
          : splitValues(name, written, targets)
      const made = words.map(async (word) => ({
        word,
        value: name === 'profile' ? await profileNamed(word) : word,
      }))
      return { name, values: await Promise.all(made) }
    }),
  )
}

/** What `--target` and `--over target` name; an axis without values has all targets, those that are built in among them. */
export function targetsAsked({
  target = [],
  over = [],
}: {
  readonly target?: string | readonly string[]
  readonly over?: readonly string[]
}): readonly string[] {
  const axes = over.map(splitAxis).filter(({ name }) => name === 'target')
  return [target, axes.flatMap(({ values }) => (values === undefined ? TARGETS : separated(values)))].flat()
}

/** Every combination of values of the axes, the last axis varying fastest. */
export function combinations(axes: readonly ComparedAxis[]): readonly (readonly AxisValue[])[] {
  return axes.reduce<readonly (readonly AxisValue[])[]>(
    (made, { values }) => made.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  )
}

/** Splits `policy=drop,reject`. */
function splitAxis(text: string): { readonly name: AxisName; readonly values: string | undefined } {
  const at = text.indexOf('=')
  const word = at < 0 ? text : text.slice(0, at)
  const name = asWord(AXES, word)
  if (name === undefined) throw usage(`--over: ${notAWord(word, 'an axis', AXES)}`)
  return { name, values: at < 0 ? undefined : text.slice(at + 1) }
}

function splitValues(axis: AxisName, text: string, targets: readonly string[]): readonly string[] {
  const words = separated(text)
  for (const [index, word] of words.entries()) {
    if (word === '')
      throw usage(`--over ${axis} names an empty value: separate values by one comma, as in a,b.`)
    if (words.indexOf(word) < index) throw usage(`--over ${axis} names ${word} twice: leave one out.`)
    const known = axis === 'target' ? [...KNOWN.target, ...targets] : KNOWN[axis]
    // A sharing may have keys, and a user's own profile, or a target, may be a file: their readers check those.
    const name = axis === 'sharing' ? (word.split(':', 1)[0] ?? '') : word
    const isFile = (axis === 'profile' || axis === 'target') && /[/\\.]/.test(word)
    if (asWord(known, name) !== undefined || isFile) continue
    throw usage(`--over ${axis}: ${notAWord(name, `a ${axis}`, known)}`)
  }
  return words
}

/** Splits a list of values. `kind:key=value,key=value` is one value, although it contains commas. */
function separated(text: string): readonly string[] {
  const words: string[] = []
  for (const part of text.split(',').map((word) => word.trim())) {
    const before = words.at(-1)
    if (before?.includes(':') === true && /^[a-z-]+=/.test(part))
      words[words.length - 1] = `${before},${part}`
    else words.push(part)
  }
  return words
}

const KNOWN: Readonly<Record<AxisName, readonly string[]>> = {
  sharing: SHARINGS,
  policy: POLICIES,
  profile: profileNames(),
  target: TARGETS,
}

/** All values of an axis; for policies, those of the profile's system, its default first, if there is only one profile. */
async function valuesOf(
  axis: AxisName,
  axes: readonly AxisName[],
  { profile = 'aws-nfw' }: AxisOptions,
  targets: readonly string[],
): Promise<readonly string[]> {
  if (axis === 'target') return [...KNOWN.target, ...targets]
  if (axis !== 'policy' || axes.includes('profile')) return KNOWN[axis]
  const named = await profileNamed(profile)
  return (typeof named === 'string' ? getProfile(named) : makeProfile(named)).knobs.policies.value
}

function usage(sentence: string): FlowbreakError {
  return new FlowbreakError('ERR_USAGE', sentence)
}
