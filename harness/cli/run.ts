import { randomInt } from 'node:crypto'
import type { UnfinishedRun } from '../log/unfinished.ts'
import { checkDestinations } from '../report/destinations.ts'
import { destinationOf, parseReporter } from '../report/index.ts'
import { mochaDestination, mochaReporter } from '../run/mocha-reporter.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { parsed } from './command.ts'
import { type Configured, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { playRun, type RunReporter } from './play-run.ts'
import { casesOfRun } from './run-cases.ts'
import { evidenceChoiceOf, foldChoiceOf } from './run-choices.ts'
import { type RunChoices, runCommand } from './run-command.ts'
import { knownFailuresOf } from './run-known-failures.ts'
import { printPlan } from './run-plan.ts'
import { checkWithQueue, mustered } from './run-queue.ts'
import { heldTargets } from './run-targets.ts'
import { openWatch, tracedSuite } from './run-watch.ts'
import { crewOf } from './run-workers.ts'

/** `flowbreak run [suite…]`: the exit code depends on the outcomes. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = runCommand()
  if (await parsed(command, args)) return ExitCode.ok
  const { resume } = command.opts<RunChoices>()
  // The readers of earlier logs are loaded only if one is to be read.
  const resumed =
    resume === undefined ? undefined : await (await import('./run-resume.ts')).resumedBy(command, resume)
  const { options, suites } = resumed ?? { options: command.opts<RunChoices>(), suites: command.args }
  const config = await configured(options.config)
  const asked = { ...config.settings, ...options }
  const named = suites.length > 0 ? suites : (tracedSuite(options.trace) ?? config.settings.suites ?? [])
  return config.guard(() =>
    runSuites(named, asked, config, { signal, args, unfinished: resumed?.unfinished }),
  )
}

/** The request for a run. */
interface Asked extends VerbContext {
  readonly args: readonly string[]
  /** The run to resume; absent: a new one. */
  readonly unfinished: UnfinishedRun | undefined
}

/** Plans what was asked for, with settings of the command line or the configuration, and plays it or prints the plan. */
async function runSuites(
  suites: readonly string[],
  options: RunChoices,
  config: Configured,
  { signal, args, unfinished }: Asked,
): Promise<ExitCode> {
  if (options.json === true && options.plan !== true && options.trace === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      '--json works only with --plan or --trace: give one of them, or --reporter json for the report.',
    )
  checkWithQueue(options)
  await using watch = await openWatch(options, config)
  const reporters = (options.reporter ?? (options.trace === undefined ? ['console'] : [])).map(readReporter)
  checkReporters(reporters, options)
  await using queue = options.queue === undefined ? undefined : await mustered(options.queue, config)
  const names = options.target ?? ['reference']
  const named = queue === undefined ? watch.target : (name: string) => queue.target(name, signal)
  const held = await heldTargets(names, options.profile, named)
  const { targets } = held
  const isCrewed = queue === undefined && !options.plan && options.trace === undefined
  await using crew = isCrewed
    ? crewOf(
        options.workers,
        targets.map(({ name, shared }, at) => ({ asked: names[at] ?? name, name, shared })),
        watch.told,
      )
    : undefined
  const known = knownFailuresOf(options.knownFailures)
  const planned = await casesOfRun(suites, options, held)
  const { casesBy } = planned
  const seed = unfinished?.started.seed ?? options.seed ?? randomInt(2 ** 31)
  const fold = foldChoiceOf(options.fold)
  const evidence = evidenceChoiceOf(options.evidence, options.output)
  const { repeat, retries = 0, bail = false } = options
  if (options.plan) {
    await printPlan(casesBy, { seed, fold, repeat, json: options.json === true })
    return ExitCode.ok
  }
  return await playRun({
    ...{ options, config, args, signal, unfinished, reporters, targets, planned, known, watch, crew, queue },
    choices: { seed, fold, repeat, retries, bail, evidence },
  })
}

/** Throws ERR_REPORTER for reports that would get in each other's way, or in that of the story of `--trace`. */
function checkReporters(reporters: readonly RunReporter[], { trace, json }: RunChoices): void {
  if (reporters.filter(({ mocha }) => mocha !== undefined).length > 1)
    throw new FlowbreakError('ERR_REPORTER', 'A run has only one reporter of mocha: leave the others out.')
  const story = { name: 'the story of --trace', alone: json === true, printedOnly: true }
  checkDestinations([
    ...(trace === undefined ? [] : [story]),
    ...reporters.flatMap(({ destination }) => destination ?? []),
  ])
}

/** One of flowbreak's reporters, or one of mocha's. Throws ERR_REPORTER. */
function readReporter(text: string): RunReporter {
  if (!text.startsWith('mocha:')) {
    const choice = parseReporter(text)
    return { choice, destination: destinationOf(choice) }
  }
  const name = text.slice('mocha:'.length)
  return { mocha: mochaReporter(name), destination: mochaDestination(name) }
}
