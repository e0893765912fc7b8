import { checkEmpty } from '../author/folder.ts'
import { type Shrunk, shrink } from '../author/shrink/shrink.ts'
import { sizeWords, type Written, writeShrunk } from '../author/shrink/write.ts'
import { pathWord } from '../report/publish/publish.ts'
import { CaptureStore } from '../run/captures.ts'
import { checkPlaces } from '../run/places.ts'
import { checkRules } from '../run/rules.ts'
import { steadOf } from '../run/stead.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'
import { type Configured, configOption, configured } from './configured.ts'
import type { VerbContext } from './context.ts'
import { print } from './output.ts'
import { RUN_WORDS } from './report-find.ts'
import { heldBy } from './run-choices.ts'
import { caseOf, type LoggedCase, loggedCase } from './shrink-case.ts'
import { version } from './version.ts'

interface Options {
  readonly config?: string
  readonly target?: readonly string[]
  readonly run?: string
  readonly suite?: readonly string[]
  readonly seed?: number
  readonly output?: string
  readonly json?: true
}

/** `flowbreak shrink CASE` */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = configOption(
    newCommand(
      'shrink',
      'Finds the smallest part of a case that still shows its failure, or a disagreement of two targets.',
    ),
  )
    .argument('<case>', 'the name of a case, or a part of it that no other case has')
    .option('--run <run>', `take the case from a run: ${RUN_WORDS}`)
    .option(
      '--target <name>',
      'the target on which it fails (default: reference, or that of the run); given twice: two targets that disagree about it',
      repeatable,
    )
    .option('--suite <suite>', 'a file, folder or name of suites with the case; may be repeated', repeatable)
    .option(
      '--seed <n>',
      'the seed for ports and sequence numbers of new connections (default: 1, or that of the run)',
      wholeNumber('--seed', 0),
    )
    .option(
      '-o, --output <dir>',
      'the folder to write, which must not exist (default: shrunk- and the name of the case)',
    )
    .option('--json', 'print what was found and written as JSON')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const config = await configured(options.config)
  const [name = ''] = command.args
  return config.guard(() => shrinkCase(name, options, config, signal))
}

async function shrinkCase(
  name: string,
  options: Options,
  config: Configured,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { target: asked = [], run } = options
  if (asked.length > 2 || new Set(asked).size < asked.length)
    throw new FlowbreakError('ERR_USAGE', 'shrink takes one --target, or two that are not the same.')
  const logged =
    run === undefined
      ? undefined
      : await loggedCase(name, run, asked.length > 1 ? undefined : asked[0], options.config)
  const names = asked.length > 0 ? asked : [logged?.target ?? 'reference']
  const targets = await Promise.all(names.map((each) => config.target(each)))
  const { test, setup } = written(name, logged, options, config, targets)
  const folder = options.output ?? `shrunk-${pathWord(test.name)}`
  checkEmpty(folder)
  const captures = new CaptureStore()
  checkRules([test])
  await checkPlaces([test], captures)
  const seed = options.seed ?? logged?.seed ?? 1
  const recorded = await captures.load(test.capture, test.setup)
  const began = performance.now()
  const shrunk = await shrink({ test, recorded, targets, seed, signal })
  const seconds = (performance.now() - began) / 1000
  const files = await writeShrunk({
    folder,
    shrunk,
    whole: test,
    setup,
    targets: names,
    seed,
    options: options.config === undefined ? [] : ['--config', options.config],
    flowbreak: version(),
    signal,
  })
  print(
    options.json
      ? jsonOf(folder, test.name, shrunk, files)
      : textOf(folder, test.name, shrunk, files, seconds),
  )
  return ExitCode.ok
}

/** The case in the form in which `run` would play it on the first of the targets. */
function written(
  name: string,
  logged: LoggedCase | undefined,
  options: Options,
  config: Configured,
  [target]: readonly Parameters<typeof steadOf>[0][],
) {
  const suites = logged === undefined ? (options.suite ?? config.settings.suites ?? []) : [logged.suite]
  const found = caseOf(logged?.name ?? name, suites, target && steadOf(target))
  const [held] = target === undefined ? [] : heldBy(undefined)([found.test], target)
  return { ...found, test: held ?? found.test }
}

function textOf(
  folder: string,
  name: string,
  shrunk: Shrunk,
  { files, rerun }: Written,
  seconds: number,
): string {
  return [
    `${name}: ${sizeWords(shrunk)} still show ${shrunk.difference.words}.`,
    `${shrunk.trials} cases were played in ${seconds.toFixed(1)} s.`,
    `${folder}: ${files.join(', ')}`,
    rerun,
    '',
  ].join('\n')
}

function jsonOf(folder: string, name: string, shrunk: Shrunk, { files, rerun }: Written): string {
  const { before, after, trials, difference } = shrunk
  return `${JSON.stringify({ folder, case: name, shows: difference.words, before, after, trials, files, rerun }, null, 2)}\n`
}
