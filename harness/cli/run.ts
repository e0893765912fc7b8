import { randomInt } from 'node:crypto'
import { dirname, join } from 'node:path'
import { COLLECTED } from '../log/evidence.ts'
import { KeptEvents, type LinePlace } from '../log/kept.ts'
import { PortableEvents } from '../log/portable.ts'
import type { UnfinishedRun } from '../log/unfinished.ts'
import { type LogLine, RunLogWriter } from '../log/write.ts'
import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Target } from '../model/target.ts'
import type { Costs } from '../plan/division.ts'
import { planCases } from '../plan/plan.ts'
import { parseShard } from '../plan/shard.ts'
import { parseReporter, type ReporterChoice } from '../report/index.ts'
import { CaptureStore } from '../run/captures.ts'
import { inputsOf } from '../run/inputs.ts'
import { MochaHost } from '../run/mocha-host.ts'
import { mochaReporter } from '../run/mocha-reporter.ts'
import { modelWarnings } from '../run/model-warnings.ts'
import { runCases } from '../run/pipeline.ts'
import { checkPlaces } from '../run/places.ts'
import { withoutPassword } from '../run/queue/address.ts'
import { checkRules } from '../run/rules.ts'
import { steadOf } from '../run/stead.ts'
import { loadSuites } from '../run/suites.ts'
import { weakWarnings } from '../run/weak-warnings.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { parsed } from './command.ts'
import { type Configured, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { deliverReports } from './reports.ts'
import { evidenceChoiceOf, foldChoiceOf, heldBy } from './run-choices.ts'
import { type RunChoices, runCommand } from './run-command.ts'
import { runId } from './run-id.ts'
import { knownFailuresOf, pointless, unneeded } from './run-known-failures.ts'
import { printPlan } from './run-plan.ts'
import { progressOf } from './run-progress.ts'
import { checkWithQueue, mustered } from './run-queue.ts'
import { heldTargets } from './run-targets.ts'
import { openWatch, tracedCase, tracedSuite } from './run-watch.ts'
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
  const { targets, own } = await heldTargets(names, options.profile, named)
  const isCrewed = queue === undefined && !options.plan && options.trace === undefined
  await using crew = isCrewed
    ? crewOf(
        options.workers,
        targets.map(({ name, shared }, at) => ({ asked: names[at] ?? name, name, shared })),
        watch.told,
      )
    : undefined
  const known = knownFailuresOf(options.knownFailures)
  const held = heldBy(options.transparency)
  const costs =
    options.shardCosts === undefined
      ? undefined
      : (await import('./shard-costs.ts')).shardCostsOf(options.shardCosts, options.shard)
  const casesBy = new Map(
    targets.map((target) => [
      target,
      held(casesOf(suites, options, steadOf(target, own), costs?.costs), target),
    ]),
  )
  const cases = [...casesBy.values()].flat()
  const seed = unfinished?.started.seed ?? options.seed ?? randomInt(2 ** 31)
  const fold = foldChoiceOf(options.fold)
  const evidence = evidenceChoiceOf(options.evidence, options.output)
  if (options.plan) {
    await printPlan(casesBy, { seed, fold, repeat: options.repeat, json: options.json === true })
    return ExitCode.ok
  }

  const captures = new CaptureStore({ isShared: crew?.hasThreads ?? false })
  checkRules(cases)
  await checkPlaces(cases, captures)
  const inputs = inputsOf(cases, PLACES)
  unfinished?.checkSame(version(), inputs, costs?.digest)
  const run = unfinished?.started.run ?? runId()
  const file = unfinished?.log ?? join(options.output ?? 'reports/runs', run, 'run.ndjson')
  const folder = dirname(file)
  const log = new RunLogWriter(file)
  const traced = reporters.some(({ choice }) => choice !== undefined && TRACED.has(choice.name))
  // Metrics count packets of all cases.
  const asked = traced || watch.isOn
  const { repeat, retries = 0, bail = false } = options
  const spec = { seed, fold, repeat, retries, bail, evidence, traced: asked }
  crew?.assign(
    {
      config: options.config,
      profile: options.profile,
      secrets: config.secrets.all,
      ...{ ...spec, folder, watched: watch.isOn },
      knownFailures: known.entries,
    },
    await captures.shared(),
  )
  const away = await queue?.players(casesBy, signal, {
    ...{ run, folder },
    spec: { ...spec, known: known.entries },
  })
  const progress = await progressOf(casesBy, { seed, fold, repeat: options.repeat })
  const host = new MochaHost(
    casesBy.get(targets[0] as Target) ?? [],
    targets.map(({ name }) => name),
  )
  const events: RunEvent[] = []
  const kept = new KeptEvents(file, { traced })
  const portable = new PortableEvents(PLACES)
  const take = (event: RunEvent, place?: LinePlace): void => {
    events.push(place === undefined ? event : kept.keep(event, place))
    progress.take(event)
    if (event.type === 'case-finished' || event.type === 'case-skipped') host.settle(event)
  }
  const emit = (told: RunEvent, line?: LogLine): void => {
    const event = portable.of(config.secrets.hide(told))
    if (event.type === 'run-finished') for (const warning of unneeded(known, events)) emit(warning)
    watch.take(event)
    take(event, log.append(event, line))
  }
  const hosted = host.run(reporters.find(({ mocha }) => mocha !== undefined)?.mocha)
  try {
    for (const event of unfinished?.events ?? []) take(event)
    emit({
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
      ...(costs === undefined ? {} : { costs: costs.digest }),
    })
    if (unfinished === undefined) {
      for (const event of pointless(known, cases)) emit(event)
      for (const event of weakWarnings(cases)) emit(event)
      const modelled = targets.find(({ name }) => name === 'reference')
      if (modelled !== undefined) for (const event of modelWarnings(casesBy.get(modelled) ?? [])) emit(event)
    }
    const { exitCode } = await runCases({
      cases: (target) => {
        const planned = casesBy.get(target) ?? []
        return unfinished?.remaining(target.name, planned) ?? planned
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
      emit,
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
      events,
    )
  }
}

/** Reports that show every packet of every case. */
const TRACED: ReadonlySet<string> = new Set(['html', 'ndjson'])

/** One of flowbreak's reporters, or one of mocha's. Throws ERR_REPORTER. */
function readReporter(text: string): { readonly mocha?: string; readonly choice?: ReporterChoice } {
  return text.startsWith('mocha:') ? { mocha: mochaReporter(text.slice(6)) } : { choice: parseReporter(text) }
}

function casesOf(
  suites: readonly string[],
  options: RunChoices,
  stead: ProfileInStead,
  costs: Costs | undefined,
): readonly Case[] {
  const { cases, total } = planCases(loadSuites(suites, PLACES, stead), {
    grep: options.grep,
    tags: options.tag,
    policies: options.policy,
    shard: options.shard === undefined ? undefined : parseShard(options.shard),
    costs,
  })
  if (cases.length > 0) return tracedCase(cases, options.trace)
  throw new FlowbreakError(
    'ERR_NOTHING_MATCHED',
    `None of the ${total} cases is selected by --grep, --tag, --policy and --shard: flowbreak suite list names them.`,
  )
}
