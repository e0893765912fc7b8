import type { Comparison } from '../model/comparison.ts'
import { comparisonJson } from '../report/compare/json.ts'
import { comparisonLines } from '../report/compare/text.ts'
import { screenOf } from '../report/screen.ts'
import { type Contender, compareCapture } from '../run/compare/compare.ts'
import { parseInjections } from '../suite/injection-text.ts'
import { makeSetup } from '../suite/setup.ts'
import { listWords } from '../suite/words.ts'
import { Breath } from '../support/breath.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsed, repeatable } from './command.ts'
import { AXES, type ComparedAxis, combinations, readAxes, targetsAsked } from './compare-axes.ts'
import { type Configured, configOption, configuredFor, targetsOnce } from './configured.ts'
import type { VerbContext } from './context.ts'
import { BufferedOutput } from './output.ts'
import {
  type BreakOptions,
  breakOptions,
  endpointsOf,
  type SetupOptions,
  setupInputOf,
  setupOptions,
} from './setup-options.ts'
import { checkWhole } from './whole-capture.ts'

interface Options extends SetupOptions, BreakOptions {
  readonly config?: string
  readonly over?: readonly string[]
  readonly values?: string
  readonly target?: string
  readonly all?: true
  readonly json?: true
}

/**
 * `flowbreak compare CAPTURE`: exit 0 if it ran, 2 if nothing could be played or the capture is damaged (the part before the damage was
 * compared), 3 if the set-up of a value broke (the others were compared).
 */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = newCommand(
    'compare',
    'Breaks the flows of one capture in the same way under several values of an axis, and shows the results side by side.',
  )
    .argument('<capture>', 'a pcap or pcapng file')
    .option(
      '--over <axis[=values]>',
      `the axis to compare: ${listWords(AXES)}, with all its values or those after =, as in policy=drop,reject; may be given twice`,
      repeatable,
    )
    .option('--values <list>', 'the values of the only axis, separated by commas')
    .option('--target <name>', 'the target that the capture is replayed through (default reference)')
  breakOptions(setupOptions(configOption(command)))
    .option('--all', 'show every packet from the first on, without folding')
    .option('--json', 'print one JSON object (docs/compare.md)')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const [capture = ''] = command.args
  const config = await configuredFor(targetsAsked(options), options.config)
  const axes = await readAxes(options, config.targets)
  const { comparison, interrupted, unread, broken } = await config.guard(async () =>
    compareCapture({
      capture,
      axes: axes.map(({ name }) => name),
      contenders: await contendersOf(axes, options, config),
      broken: options.inject ?? [],
      injections: parseInjections(options.inject ?? []),
      flow: options.flow,
      endpoints: endpointsOf(options.endpoints),
      seed: options.seed,
      signal,
    }),
  )
  await print(comparison, interrupted, options, signal)
  if (interrupted) signal.throwIfAborted()
  if (broken !== undefined) throw broken
  checkWhole({ capture, damage: comparison.damage, unread }, 'compared')
  return ExitCode.ok
}

/** One replay for every combination of values. */
async function contendersOf(
  axes: readonly ComparedAxis[],
  options: Options,
  config: Configured,
): Promise<readonly Contender[]> {
  const input = await setupInputOf(options)
  const targetOf = targetsOnce(config)
  return Promise.all(
    combinations(axes).map(async (chosen): Promise<Contender> => {
      const byAxis = Object.fromEntries(axes.map(({ name }, at) => [name, chosen[at]?.value]))
      const { target = options.target ?? 'reference', ...setup } = byAxis
      return {
        values: chosen.map(({ word }) => word),
        target: await targetOf(String(target)),
        setup: () => makeSetup({ ...input, ...setup }),
      }
    }),
  )
}

/** Prints in parts, because there may be a line for each of millions of packets. */
async function print(
  comparison: Comparison,
  interrupted: boolean,
  { json, all }: Options,
  signal: AbortSignal,
): Promise<void> {
  const output = new BufferedOutput()
  const parts = json
    ? comparisonJson(comparison, interrupted)
    : comparisonLines(comparison, screenOf(process.stdout, process.env), all === true)
  const breath = new Breath()
  for (const part of parts) {
    output.write(json ? part : `${part}\n`)
    await breath.take()
    if (!interrupted) signal.throwIfAborted()
  }
  output.flush()
}
