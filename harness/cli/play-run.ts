import { dirname, join } from 'node:path'
import { COLLECTED, EVIDENCE, removeUnnamed } from '../log/evidence.ts'
import { KeptEvents } from '../log/kept.ts'
import type { UnfinishedRun } from '../log/unfinished.ts'
import { RunLogWriter } from '../log/write.ts'
import type { Target } from '../model/target.ts'
import type { KnownFailures } from '../plan/known-failures.ts'
import type { Destination } from '../report/destinations.ts'
import type { ReporterChoice } from '../report/index.ts'
import { CaptureStore } from '../run/captures.ts'
import { inputsOf } from '../run/inputs.ts'
import { MochaHost } from '../run/mocha-host.ts'
import { runCases } from '../run/pipeline.ts'
import { checkPlaces } from '../run/places.ts'
import { withoutPassword } from '../run/queue/address.ts'
import type { RunSpec } from '../run/queue/messages.ts'
import { checkRules } from '../run/rules.ts'
import type { LotPlayer } from '../run/work/lot.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { Awaited } from './awaited.ts'
import type { Configured } from './configured.ts'
import { told } from './process.ts'
import { deliverReports } from './reports.ts'
import type { RunCases } from './run-cases.ts'
import type { RunChoices } from './run-command.ts'
import { RunEvents } from './run-events.ts'
import { runId } from './run-id.ts'
import { progressOf } from './run-progress.ts'
import type { RunQueue } from './run-queue.ts'
import { openingWarnings } from './run-warnings.ts'
import type { RunWatch } from './run-watch.ts'
import type { Crew } from './run-workers.ts'
import { Uncaught } from './uncaught.ts'
import { PLACES, version } from './version.ts'

/** Reports that show every packet of every case. */
const TRACED: ReadonlySet<string> = new Set(['html', 'ndjson'])

/** A reporter of flowbreak's, or one of mocha's. */
export interface RunReporter {
  readonly mocha?: string
  readonly choice?: ReporterChoice
  /** Undefined: not known. */
  readonly destination: Destination | undefined
}

/** A run that is planned, and who takes part in it. */
export interface PlannedRun {
  readonly options: RunChoices
  readonly config: Configured
  /** Of the command, for the log. */
  readonly args: readonly string[]
  readonly signal: AbortSignal
  /** The run to resume; absent: a new one. */
  readonly unfinished: UnfinishedRun | undefined
  readonly targets: readonly Target[]
  readonly planned: RunCases
  readonly choices: Omit<RunSpec, 'known' | 'traced' | 'places'>
  readonly known: KnownFailures
  readonly reporters: readonly RunReporter[]
  readonly watch: RunWatch
  /** Workers of this machine, or elsewhere; neither: this process plays. */
  readonly crew: Crew | undefined
  readonly queue: RunQueue | undefined
}

/** Plays a run, writes its log, and its reports when it has ended, however it did. */
export async function playRun(run: PlannedRun): Promise<ExitCode> {
  using uncaught = new Uncaught((error) => told(error, process.argv.includes('--debug')))
  const signal = AbortSignal.any([run.signal, uncaught.signal])
  let playing: readonly string[] = []
  using _ = new Awaited(() => (playing.length === 0 ? undefined : `${nouns(playing)} to stop`))
  const watch: RunWatch = {
    ...run.watch,
    told: (doing) => {
      if (doing.kind === 'lots') playing = doing.targets
      uncaught.told(doing)
      run.watch.told(doing)
    },
  }
  const code = await playUntil(signal, { ...run, watch })
  return uncaught.signal.aborted ? ExitCode.broken : code
}

function nouns(targets: readonly string[]): string {
  return `${targets.length === 1 ? 'target' : 'targets'} ${targets.join(', ')}`
}

async function playUntil(signal: AbortSignal, run: PlannedRun): Promise<ExitCode> {
  const { options, config, unfinished, known, crew, queue, watch } = run
  const { casesBy, cases, costs } = run.planned
  const captures = new CaptureStore({ isShared: crew?.hasThreads ?? false })
  checkRules(cases)
  await checkPlaces(cases, captures)
  const inputs = inputsOf(cases, PLACES)
  unfinished?.checkSame(version(), inputs, costs)
  const id = unfinished?.started.run ?? runId()
  const file = unfinished?.log ?? join(options.output ?? 'reports/runs', id, 'run.ndjson')
  const folder = dirname(file)
  const log = new RunLogWriter(file)
  try {
    // From here on nobody else continues it.
    unfinished?.checkUnchanged(log.written)
  } catch (thrown) {
    await log.close()
    throw thrown
  }
  const traced = run.reporters.some(({ choice }) => choice !== undefined && TRACED.has(choice.name))
  // Metrics count packets of all cases.
  const spec = { ...run.choices, traced: traced || watch.isOn }
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
  const away = await queue?.players(casesBy, signal, {
    run: id,
    folder,
    spec: { ...spec, known: known.entries },
  })
  const progress = await progressOf(casesBy, spec)
  const host = new MochaHost(
    casesBy.get(run.targets[0] as Target) ?? [],
    run.targets.map(({ name }) => name),
  )
  const events = new RunEvents(
    { log, kept: new KeptEvents(file, { traced }), watch, progress, host, traced: spec.traced },
    known,
    (event) => config.secrets.hide(event),
  )
  const hosted = host.run(run.reporters.find(({ mocha }) => mocha !== undefined)?.mocha)
  try {
    for (const event of unfinished?.events ?? []) events.recall(event)
    events.emit({
      type: 'run-started',
      schema: 1,
      run: id,
      flowbreak: version(),
      node: process.versions.node,
      startedAt: new Date().toISOString(),
      planned: cases.length,
      seed: spec.seed,
      command: ['flowbreak', 'run', ...run.args.map(withoutPassword)],
      ...inputs,
      ...(options.shard === undefined ? {} : { shard: options.shard }),
      ...(costs === undefined ? {} : { costs }),
    })
    if (unfinished === undefined)
      for (const warning of openingWarnings(known, run.planned)) events.emit(warning)
    const code = await played({ ...run, signal }, captures, events, folder, away ?? crew?.players)
    // Workers that were ahead of the log, or lost, leave files that nothing names.
    for (const place of [EVIDENCE, COLLECTED]) removeUnnamed(join(folder, place), events.all)
    return code
  } finally {
    // Workers end while the reports are made.
    void crew?.[Symbol.asyncDispose]()
    host.abandon()
    await hosted
    progress.clear()
    await log.close()
    deliverReports(
      run.reporters.flatMap(({ choice }) => (choice === undefined ? [] : [choice])),
      events.all,
    )
  }
}

/** Plays the cases that are left to play; the exit code depends on the outcomes of all. Throws ERR_NOTHING_PLAYED if all were skipped. */
async function played(
  { planned, choices, config, unfinished, targets, known, watch, signal }: PlannedRun,
  captures: CaptureStore,
  { emit }: RunEvents,
  folder: string,
  players: readonly LotPlayer[] | undefined,
): Promise<ExitCode> {
  const { evidence, ...rest } = choices
  const { exitCode } = await runCases({
    ...rest,
    cases: (target) => {
      const all = planned.casesBy.get(target) ?? []
      return unfinished?.remaining(target.name, all) ?? all
    },
    before: unfinished?.events ?? [],
    captures,
    targets,
    players,
    knownFailures: known,
    collect: { folder: join(folder, COLLECTED), redact: (text) => config.secrets.hide(text) },
    evidence: evidence === 'none' ? undefined : { of: evidence, folder: join(folder, EVIDENCE) },
    signal,
    emit,
    told: watch.told,
  })
  if (exitCode === ExitCode.usage)
    throw new FlowbreakError(
      'ERR_NOTHING_PLAYED',
      'Every case was skipped, for what the targets lack: choose other cases, or a target that can play them.',
    )
  return exitCode as ExitCode
}
