import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { COLLECTED } from '../log/evidence.ts'
import { portableEvent } from '../log/portable.ts'
import { untraced } from '../log/untraced.ts'
import { RunLogWriter } from '../log/write.ts'
import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { OwnProfile } from '../model/setup.ts'
import type { Target } from '../model/target.ts'
import { type KnownFailures, loadKnownFailures, NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { planCases } from '../plan/plan.ts'
import { parseShard } from '../plan/shard.ts'
import { profileNames } from '../profile/index.ts'
import { parseReporter, REPORTERS, type ReporterChoice } from '../report/index.ts'
import { CaptureStore } from '../run/captures.ts'
import { EVIDENCE_CHOICES } from '../run/evidence/evidence.ts'
import { inputsOf } from '../run/inputs.ts'
import { MochaHost } from '../run/mocha-host.ts'
import { modelWarnings } from '../run/model-warnings.ts'
import { runCases } from '../run/pipeline.ts'
import { checkPlaces } from '../run/places.ts'
import { checkRules } from '../run/rules.ts'
import { heldTo, steadOf } from '../run/stead.ts'
import { loadSuites } from '../run/suites.ts'
import { FOLD_CHOICES } from '../run/target-plan.ts'
import { weakWarnings } from '../run/weak-warnings.ts'
import type { ProfileInStead } from '../suite/case-setup.ts'
import { asWord, notAWord } from '../suite/words.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'
import { type Configured, configOption, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { profileNamed } from './profile-named.ts'
import { deliverReports } from './reports.ts'
import { evidenceChoiceOf, foldChoiceOf, heldBy } from './run-choices.ts'
import { runId } from './run-id.ts'
import { printPlan } from './run-plan.ts'
import { progressOf } from './run-progress.ts'
import { PLACES, version } from './version.ts'

interface Options {
  readonly config?: string
  readonly target?: readonly string[]
  readonly profile?: string
  readonly grep?: readonly string[]
  readonly tag?: readonly string[]
  readonly policy?: readonly string[]
  readonly reporter?: readonly string[] | undefined
  readonly output?: string | undefined
  readonly evidence?: string
  readonly transparency?: string
  readonly shard?: string
  readonly bail?: true
  readonly knownFailures?: string | undefined
  readonly seed?: number | undefined
  readonly repeat: number
  readonly retries?: number | undefined
  readonly fold: string
  readonly plan?: true
  readonly json?: true
}

/** `flowbreak run [suite…]`: the exit code says what the outcomes come to. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = configOption(
    newCommand('run', 'Plays suites through a target, grades every packet, reports.'),
  )
    .argument('[suite...]', 'files, folders or names of suites (default: as configured, or all)')
    .option(
      '--target <name>',
      'what the cases are played through: a name, or a module by path or package; may be repeated (default reference)',
      repeatable,
    )
    .option(
      '--profile <name>',
      'the system, or a file with a profile, that suites about any firewall are held to, and no others are played (default: what cases name)',
    )
    .option(
      '--grep <pattern>',
      'only cases whose name holds this, or fits it where it has a *; may be repeated',
      repeatable,
    )
    .option('--tag <tag>', 'only cases with this tag; may be repeated', repeatable)
    .option('--policy <policy>', 'only cases under this policy; may be repeated', repeatable)
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}, or mocha:<name> for one of mocha's own; may be repeated (default console)`,
      repeatable,
    )
    .option('--output <dir>', 'where the run log goes (default reports/runs)')
    .option(
      '--transparency <kind>',
      `strict: packets must come out unaltered, where cases do not say otherwise; or translated (default: as targets say)`,
    )
    .option(
      '--evidence <of>',
      `every frame that was sent and seen, as pcapng beside the run log, of which cases: ${EVIDENCE_CHOICES.join(', ')} (default failed with --output, else none)`,
    )
    .option('--shard <i/n>', 'only the i-th of n parts')
    .option('--bail', 'stop at the first case that fails')
    .option('--known-failures <file>', 'cases that are known to fail, each with its reason')
    .option(
      '--seed <n>',
      'for ports and sequence numbers of new connections, and on a real clock for the addresses of all (default: drawn and printed)',
      wholeNumber('--seed', 0),
    )
    .option('--repeat <n>', 'play each case so many times', wholeNumber('--repeat', 1), 1)
    .option(
      '--retries <n>',
      'further attempts at a case that does not pass; one that differs is flaky (default 0)',
      wholeNumber('--retries', 0),
    )
    .option(
      '--fold <when>',
      `cases of one setup in one replay: ${FOLD_CHOICES.join(', ')} (auto: on a real clock, and where a replay is costly)`,
      'auto',
    )
    .option(
      '--plan',
      'say what would be played, in how many replays, with which peaks and how long, and play nothing',
    )
    .option('--json', 'with --plan: as JSON')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const config = await configured(options.config)
  const asked = { ...config.settings, ...options }
  const suites = command.args.length > 0 ? command.args : (config.settings.suites ?? [])
  return config.guard(() => runSuites(suites, asked, config, { signal, args }))
}

/** Runs what was asked for, where the command line or the configuration said so. */
async function runSuites(
  suites: readonly string[],
  options: Options,
  config: Configured,
  { signal, args }: VerbContext & { readonly args: readonly string[] },
): Promise<ExitCode> {
  const reporters = (options.reporter ?? ['console']).map(readReporter)
  const { targets, own } = await targetsOf(options, config)
  const known = knownFailuresOf(options.knownFailures)
  const held = heldBy(options.transparency)
  const casesBy = new Map(
    targets.map((target) => [target, held(casesOf(suites, options, steadOf(target, own)), target)]),
  )
  const cases = [...casesBy.values()].flat()
  const seed = options.seed ?? randomInt(2 ** 31)
  const fold = foldChoiceOf(options.fold)
  const evidence = evidenceChoiceOf(options.evidence, options.output)
  if (options.plan) {
    await printPlan(casesBy, { seed, fold, repeat: options.repeat, json: options.json === true })
    return ExitCode.ok
  }

  const captures = new CaptureStore()
  checkRules(cases)
  await checkPlaces(cases, captures)
  const run = runId()
  const folder = join(options.output ?? 'reports/runs', run)
  const log = new RunLogWriter(join(folder, 'run.ndjson'))
  const progress = await progressOf(casesBy, { seed, fold, repeat: options.repeat })
  const host = new MochaHost(
    casesBy.get(targets[0] as Target) ?? [],
    targets.map(({ name }) => name),
  )
  const events: RunEvent[] = []
  const traced = reporters.some(({ choice }) => choice !== undefined && TRACED.has(choice.name))
  const emit = (told: RunEvent): void => {
    const event = portableEvent(config.secrets.hide(told), PLACES)
    events.push(traced ? event : untraced(event))
    log.append(event)
    progress.take(event)
    if (event.type === 'case-finished' || event.type === 'case-skipped') host.settle(event)
  }
  const hosted = host.run(reporters.find(({ mocha }) => mocha !== undefined)?.mocha)
  try {
    emit({
      type: 'run-started',
      schema: 1,
      run,
      flowbreak: version(),
      node: process.versions.node,
      startedAt: new Date().toISOString(),
      planned: cases.length,
      seed,
      command: ['flowbreak', 'run', ...args],
      ...inputsOf(cases, PLACES),
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    })
    for (const event of warnings(known, cases)) emit(event)
    for (const event of weakWarnings(cases)) emit(event)
    const modelled = targets.find(({ name }) => name === 'reference')
    if (modelled !== undefined) for (const event of modelWarnings(casesBy.get(modelled) ?? [])) emit(event)
    const { exitCode } = await runCases({
      cases: (target) => casesBy.get(target) ?? [],
      captures,
      targets,
      seed,
      fold,
      repeat: options.repeat,
      retries: options.retries ?? 0,
      bail: options.bail === true,
      knownFailures: known,
      collect: { folder: join(folder, COLLECTED), redact: (text) => config.secrets.hide(text) },
      evidence: evidence === 'none' ? undefined : { of: evidence, folder: join(folder, 'evidence') },
      signal,
      emit,
    })
    if (exitCode === ExitCode.usage)
      process.stderr.write(
        'flowbreak: Every case was skipped, for what the targets lack: nothing was shown.\n',
      )
    return exitCode as ExitCode
  } finally {
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

/** One of ours, or one of mocha's. */
function readReporter(text: string): { readonly mocha?: string; readonly choice?: ReporterChoice } {
  return text.startsWith('mocha:') ? { mocha: text.slice(6) } : { choice: parseReporter(text) }
}

/** The targets of the run, and the profile of one's own that they are held to. */
async function targetsOf(
  options: Options,
  config: Configured,
): Promise<{ readonly targets: readonly Target[]; readonly own?: OwnProfile }> {
  const targets = await Promise.all((options.target ?? ['reference']).map((name) => config.target(name)))
  const profile = await profileNamed(options.profile)
  if (profile === undefined) return { targets }
  const own = typeof profile === 'string' ? undefined : profile
  const name = own?.name ?? asWord(profileNames(), profile)
  if (name === undefined)
    throw new FlowbreakError('ERR_USAGE', `--profile: ${notAWord(profile, 'a profile', profileNames())}`)
  const held = targets.map((target) => heldTo(target, name))
  return own === undefined ? { targets: held } : { targets: held, own }
}

function casesOf(suites: readonly string[], options: Options, stead: ProfileInStead): readonly Case[] {
  const { cases, total } = planCases(loadSuites(suites, PLACES, stead), {
    grep: options.grep,
    tags: options.tag,
    policies: options.policy,
    shard: options.shard === undefined ? undefined : parseShard(options.shard),
  })
  if (cases.length > 0) return cases
  throw new FlowbreakError(
    'ERR_NOTHING_MATCHED',
    `None of the ${total} cases is selected by --grep, --tag, --policy and --shard: flowbreak suite list names them.`,
  )
}

function knownFailuresOf(file: string | undefined): KnownFailures {
  return file === undefined
    ? NO_KNOWN_FAILURES
    : loadKnownFailures(file, new Date().toISOString().slice(0, 10))
}

/** A list of known failures must not rot: entries that name nothing, or whose time is over, are told. */
function* warnings(known: KnownFailures, cases: readonly Case[]): Generator<RunEvent> {
  for (const { pattern } of known.unmatched(cases.map(({ name }) => name)))
    yield {
      type: 'warning',
      code: 'WARN_KNOWN_FAILURE_UNMATCHED',
      message: `The known failure ${pattern} names no case of this run.`,
    }
  for (const { pattern, expires } of known.expired)
    yield {
      type: 'warning',
      code: 'WARN_KNOWN_FAILURE_EXPIRED',
      message: `The known failure ${pattern} was excused until ${expires} and is no more.`,
    }
}
