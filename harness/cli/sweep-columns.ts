import type { Command } from 'commander'
import type { Contestant } from '../author/sweep/sweep.ts'
import { makeSetup } from '../suite/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type AxisName, type ComparedAxis, combinations, readAxes } from './compare-axes.ts'
import { type Configured, targetsOnce } from './configured.ts'
import { type SetupOptions, setupInputOf } from './setup-options.ts'

/** What the command line says about the columns. */
export interface ColumnOptions extends SetupOptions {
  readonly over?: readonly string[]
  readonly target?: readonly string[]
  readonly config?: string
}

/** The default axes of a map, except those that an option fixes. */
const USUAL: readonly AxisName[] = ['sharing', 'policy']
/** Targets may be a further axis. */
const MOST_AXES = 3
const REFERENCE = 'reference'

/** The axes of a map, targets first. Throws ERR_USAGE. */
export async function sweepAxes(
  options: ColumnOptions,
  targets: readonly string[],
): Promise<readonly ComparedAxis[]> {
  const { target: named = [], over, policy, profile, sharing } = options
  const fixed = { policy, profile, sharing }
  const usual = USUAL.filter((axis) => axis !== 'profile' && fixed[axis as keyof typeof fixed] === undefined)
  const asked = over ?? usual
  const several = named.length > 1 ? [`target=${named.join(',')}`] : []
  if (named.length > 0 && asked.some((axis) => /^target(=|$)/.test(axis)))
    throw new FlowbreakError(
      'ERR_USAGE',
      '--target and --over target name the same axis: leave one of them out.',
    )
  if (several.length + asked.length === 0) return []
  return readAxes({ ...only(fixed), over: [...several, ...asked] }, targets, MOST_AXES)
}

/** A column for every combination of values. */
export async function contestantsOf(
  axes: readonly ComparedAxis[],
  options: ColumnOptions,
  command: Command,
  config: Configured,
): Promise<readonly Contestant[]> {
  const input = await setupInputOf(options)
  const given = givenOptions(command)
  const targetOf = targetsOnce(config)
  return Promise.all(
    combinations(axes).map(async (chosen): Promise<Contestant> => {
      const byAxis = Object.fromEntries(axes.map(({ name }, at) => [name, chosen[at]?.value]))
      const { target = options.target?.[0] ?? REFERENCE, ...setup } = byAxis
      const words = axes.flatMap(({ name }, at) =>
        name === 'target' ? [] : [`--${name}`, chosen[at]?.word ?? ''],
      )
      return {
        values: chosen.map(({ word }) => word),
        target: await targetOf(String(target)),
        setup: () => makeSetup({ ...input, ...setup }),
        options: [...(target === REFERENCE ? [] : ['--target', String(target)]), ...given, ...words],
      }
    }),
  )
}

/** What the command line says about setups, endpoints and seeds, as arguments for `replay`. */
function givenOptions(command: Command): readonly string[] {
  const own = new Set([
    'over',
    'target',
    'break',
    'flow',
    'json',
    'ndjson',
    'html',
    'debug',
    'coverage',
    'help',
  ])
  return command.options.flatMap((option) => {
    const name = option.attributeName()
    if (own.has(name) || command.getOptionValueSource(name) !== 'cli') return []
    const value: unknown = command.getOptionValue(name)
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [option.long ?? '', String(one)])
  })
}

function only<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}
