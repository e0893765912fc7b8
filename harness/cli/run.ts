import { randomInt } from 'node:crypto'
import { dirname, join } from 'node:path'
import { COLLECTED } from '../log/evidence.ts'
import { KeptEvents } from '../log/kept.ts'
import type { UnfinishedRun } from '../log/unfinished.ts'
import { RunLogWriter } from '../log/write.ts'
import type { Target } from '../model/target.ts'
import { parseReporter, type ReporterChoice } from '../report/index.ts'
import { CaptureStore } from '../run/captures.ts'
import { inputsOf } from '../run/inputs.ts'
import { MochaHost } from '../run/mocha-host.ts'
import { mochaReporter } from '../run/mocha-reporter.ts'
import { runCases } from '../run/pipeline.ts'
import { checkPlaces } from '../run/places.ts'
import { withoutPassword } from '../run/queue/address.ts'
import { checkRules } from '../run/rules.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { parsed } from './command.ts'
import { type Configured, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { deliverReports } from './reports.ts'
import { casesOfRun } from './run-cases.ts'
import { evidenceChoiceOf, foldChoiceOf } from './run-choices.ts'
import { type RunChoices, runCommand } from './run-command.ts'
import { RunEvents } from './run-events.ts'
import { runId } from './run-id.ts'
import { knownFailuresOf } from './run-known-failures.ts'
import { printPlan } from './run-plan.ts'
import { progressOf } from './run-progress.ts'
import { checkWithQueue, mustered } from './run-queue.ts'
import { heldTargets } from './run-targets.ts'
import { openingWarnings } from './run-warnings.ts'
import { openWatch, tracedSuite } from './run-watch.ts'
import { crewOf } from './run-workers.ts'
import { PLACES, version } from './version.ts'

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

/** Runs what was asked for, with settings of the command line or the configuration. */
async function runSuites(
  suites: readonly string[],
  options: RunChoices,
  config: Configured,
  { signal, args, unfinished }: Asked,
): Promise<ExitCode> {
  if (options.json === true && options.plan !== true && options.trace === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      '--json is how --plan and --trace are printed: give one of them, or --reporter json for the report.',
    )
  checkWithQueue(options)
  await using watch = await openWatch(options, config)
  const reporters = (options.reporter ?? (options.trace === undefined ? ['console'] : [])).map(readReporter)
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
  const { casesBy, cases } = planned
  const seed = unfinished?.started.seed ?? options.seed ?? randomInt(2 ** 31)
  const fold = foldChoiceOf(options.fold)
  const evidence = evidenceChoiceOf(options.evidence, options.output)
  const { repeat, retries = 0, bail = false } = options
  if (options.plan) {
    await printPlan(casesBy, { seed, fold, repeat, json: options.json === true })
    return ExitCode.ok
  }

  const captures = new CaptureStore({ isShared: crew?.hasThreads ?? false })
  checkRules(cases)
  await checkPlaces(cases, captures)
  const inputs = inputsOf(cases, PLACES)
  unfinished?.checkSame(version(), inputs, planned.costs)
  const run = unfinished?.started.run ?? runId()
  const file = unfinished?.log ?? join(options.output ?? 'reports/runs', run, 'run.ndjson')
  const folder = dirname(file)
  const log = new RunLogWriter(file)
  const traced = reporters.some(({ choice }) => choice !== undefined && TRACED.has(choice.name))
  // Metrics count packets of all cases.
  const asked = traced || watch.isOn
  const spec = { seed, fold, repeat, retries, bail, evidence, traced: asked }
  crew?.assign(
    {
      config: options.config,
      profile: options.profile,
      secrets: config.secrets.all,
      ...spec,
      folder,
      watched: watch.isOn,
      knownFailures: known.entries,
    },
    await captures.shared(),
  )
  const away = await queue?.players(casesBy, signal, { run, folder, spec: { ...spec, known: known.entries } })
  const progress = await progressOf(casesBy, { seed, fold, repeat })
  const host = new MochaHost(
    casesBy.get(targets[0] as Target) ?? [],
    targets.map(({ name }) => name),
  )
  const events = new RunEvents(
    { log, kept: new KeptEvents(file, { traced }), watch, progress, host },
    known,
    (event) => config.secrets.hide(event),
  )
  const hosted = host.run(reporters.find(({ mocha }) => mocha !== undefined)?.mocha)
  try {
    for (const event of unfinished?.events ?? []) events.recall(event)
    events.emit({
      type: 'run-started',
      schema: 1,
      run,
      flowbreak: version(),
      node: process.versions.node,
      startedAt: new Date().toISOString(),
      planned: cases.length,
      seed,
      command: ['flowbreak', 'run', ...args.map(withoutPassword)],
      ...inputs,
      ...(options.shard === undefined ? {} : { shard: options.shard }),
      ...(planned.costs === undefined ? {} : { costs: planned.costs }),
    })
    if (unfinished === undefined) for (const warning of openingWarnings(known, planned)) events.emit(warning)
    const { exitCode } = await runCases({
      cases: (target) => {
        const all = casesBy.get(target) ?? []
        return unfinished?.remaining(target.name, all) ?? all
      },
      before: unfinished?.events ?? [],
      captures,
      targets,
      seed,
      fold,
      repeat,
      retries,
      bail,
      players: away ?? crew?.players,
      knownFailures: known,
      collect: { folder: join(folder, COLLECTED), redact: (text) => config.secrets.hide(text) },
      evidence: evidence === 'none' ? undefined : { of: evidence, folder: join(folder, 'evidence') },
      signal,
      emit: events.emit,
      told: watch.told,
    })
    if (exitCode === ExitCode.usage)
      process.stderr.write(
        'flowbreak: Every case was skipped, for what the targets lack: nothing was shown.\n',
      )
    return exitCode as ExitCode
  } finally {
    // Workers end while the reports are made.
    void crew?.[Symbol.asyncDispose]()
    host.abandon()
    await hosted
    progress.clear()
    await log.close()
    deliverReports(
      reporters.flatMap(({ choice }) => (choice === undefined ? [] : [choice])),
      events.all,
    )
  }
}

/** Reports that show every packet of every case. */
const TRACED: ReadonlySet<string> = new Set(['html', 'ndjson'])

/** One of flowbreak's reporters, or one of mocha's. Throws ERR_REPORTER. */
function readReporter(text: string): { readonly mocha?: string; readonly choice?: ReporterChoice } {
  return text.startsWith('mocha:') ? { mocha: mochaReporter(text.slice(6)) } : { choice: parseReporter(text) }
}
