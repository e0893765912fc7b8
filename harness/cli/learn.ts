import { decisiveProbes, documentOf, documentText, type ProfileDocument } from '../author/learn/document.ts'
import { captureNames } from '../author/learn/evidence-files.ts'
import { type Learned, learn } from '../author/learn/learn.ts'
import {
  isProfilePath,
  type LearnedFolder,
  publishLearned,
  requirePublished,
  writeLearnedFile,
  writeLearnedFolder,
} from '../author/learn/learned-folder.ts'
import { renderSheet } from '../author/learn/sheet.ts'
import { Subject } from '../author/learn/subject.ts'
import { capturesIn, checkTwin, type TwinCheck } from '../author/learn/twin.ts'
import type { Target } from '../model/target.ts'
import { terminalColumns } from '../report/screen.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'
import { configOption, configuredFor } from './configured.ts'
import type { VerbContext } from './context.ts'
import { printDiff, printIdentity } from './learn-compare.ts'
import { learnedText, twinText } from './learn-text.ts'
import { print } from './output.ts'
import { profileNamed } from './profile-named.ts'

interface Options {
  readonly config?: string
  readonly profile?: string
  readonly name?: string
  readonly policy?: readonly string[]
  readonly output?: string
  readonly publish?: string
  readonly html?: string
  readonly twin?: readonly string[]
  readonly twinCases: number
  readonly diff?: true
  readonly identify?: string
  readonly seed: number
  readonly repeat: number
  readonly longest?: number
  readonly flows?: number
  readonly without?: readonly string[]
  readonly json?: true
}

/** Longest waits in seconds: on a virtual clock 30 days, on a real one 5 minutes of real time. */
const LONGEST = { virtual: 2_592_000, real: 300 } as const
/** Most flows that a table is asked to hold, likewise. */
const FLOWS = { virtual: 16_384, real: 4096 } as const
/** Kinds of sharing that can be excluded. */
const WITHOUT = ['sync', 'replication']
/** Seconds of silence in captures kept for verification, likewise. */
const SILENCE = { virtual: 900, real: 10 } as const

/**
 * `flowbreak learn TARGET`: exit 0 if the target was learned, however much of it is unknown; 1 if its answers vary, if nothing that
 * the reference can be explains them, or if predictions were wrong; 3, and nothing written, if it answered nothing.
 */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = configOption(
    newCommand('learn', "Measures a firewall's profile by experiment, with the packets that show each knob."),
  )
    .argument('[target...]', 'the target: a name, or a module by path or package; with --diff: two profiles')
    .option(
      '--profile <name>',
      'set the target to this profile, a name or a file (default: the first that it names; for the reference aws-nfw)',
    )
    .option(
      '--name <name>',
      'the name of the learned profile, and with --publish also of its folder in learned/ (default learned-TARGET)',
    )
    .option(
      '--policy <policy>',
      'set the target only to this exception policy; may be repeated (default: every policy that it can be set to)',
      repeatable,
    )
    .option(
      '-o, --output <path>',
      'a .yaml file for the profile, or a folder for the profile, its datasheet, and captures of the packets that show each knob',
    )
    .option(
      '--publish <report>',
      'write the same into learned/ of this folder, which holds the published report of that system',
    )
    .option('--html <file>', 'write a datasheet as an HTML page')
    .option(
      '--twin <captures>',
      'a capture or a folder of captures: break them at random, predict every verdict, and play them to the target; may be repeated',
      repeatable,
    )
    .option('--twin-cases <n>', 'how many such cases to play', wholeNumber('--twin-cases', 1), 60)
    .option('--diff', 'say in sentences how two profiles differ, each a name or a file')
    .option('--identify <profile>', 'say which shipped profile is nearest to this one, and what differs')
    .option('--seed <n>', 'the seed for addresses, ports and sequence numbers', wholeNumber('--seed', 0), 1)
    .option(
      '--repeat <n>',
      'play each probe this many times, between different addresses',
      wholeNumber('--repeat', 1),
      2,
    )
    .option(
      '--longest <seconds>',
      'the longest wait to try (default 30 days, on a real clock 5 minutes of real time)',
      wholeNumber('--longest', 60),
    )
    .option(
      '--flows <n>',
      'the largest number of flows to fill a table with (default 16384, on a real clock 4096)',
      wholeNumber('--flows', 16),
    )
    .option(
      '--without <what>',
      'leave out a kind of sharing, sync or replication; may be repeated',
      repeatable,
    )
    .option('--json', 'print the profile as JSON')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  const json = options.json === true
  if (options.diff) return printDiff(command.args, json)
  if (options.identify !== undefined) return printIdentity(options.identify, json)
  const [name] = command.args
  if (name === undefined || command.args.length > 1)
    throw new FlowbreakError('ERR_USAGE', 'learn takes one target: flowbreak learn reference.')
  const config = await configuredFor([name], options.config)
  return config.guard(async () => learnTarget(await config.target(name), options, signal))
}

async function learnTarget(target: Target, options: Options, signal: AbortSignal): Promise<ExitCode> {
  if (options.publish !== undefined) requirePublished(options.publish)
  // Before the target is asked anything, which may take an hour.
  const captures = options.twin?.flatMap(capturesIn)
  const { profiles } = target.capabilities
  const asked = options.profile ?? (profiles === 'any' ? 'aws-nfw' : (profiles[0] ?? 'aws-nfw'))
  const without = [...withoutOf(options.without), ...policiesBut(target, options.policy)]
  const subject = new Subject(target, await profileNamed(asked), signal, without)
  const { seed, repeat } = options
  const { clock, clockScale } = target.capabilities
  const longest = options.longest ?? LONGEST[clock] * clockScale
  const learned = await learn(subject, {
    seed,
    repeat,
    longest,
    mostFlows: options.flows ?? FLOWS[clock],
    signal,
    progress: (sentence) => {
      if (process.stderr.isTTY) process.stderr.write(`flowbreak: learn ${sentence} …\n`)
    },
  })
  const twin = captures === undefined ? undefined : await twinOf(captures, options, subject, learned)
  const { document, write } = documented(learned, options, twin)
  // Printed before files are written: an hour's work is not lost if a file cannot be written.
  if (options.json)
    print(`${JSON.stringify({ ...document, ...(twin === undefined ? {} : { twin }) }, null, 2)}\n`)
  else {
    const columns = terminalColumns(process.stdout)
    print(`${learnedText(document, columns)}${twin === undefined ? '' : twinText(twin, columns)}`)
  }
  if (Object.keys(document.knobs).length === 0) throw nothingLearned(learned)
  write()
  const steady =
    learned.troubles.length === 0 && learned.unsteady.size === 0 && learned.unexplained.length === 0
  return steady && (twin === undefined || twin.agreed === twin.packets) ? ExitCode.ok : ExitCode.failed
}

function nothingLearned({ target, troubles }: Learned): FlowbreakError {
  const why = troubles.length === 0 ? 'flowbreak doctor says whether it can be reached' : troubles.join('; ')
  return new FlowbreakError(
    'ERR_LEARN_NOTHING',
    `Nothing was learned of ${target}, so nothing is written: ${why.replace(/\.$/, '')}.`,
    { exitCode: ExitCode.broken },
  )
}

/** The learned document, and a function that writes it to where it was asked for. */
function documented(
  learned: Learned,
  { name, seed, output, publish, html }: Options,
  twin: TwinCheck | undefined,
): { readonly document: ProfileDocument; readonly write: () => void } {
  const called = name ?? `learned-${nameOf(learned.target)}`
  const captures = captureNames(decisiveProbes(learned))
  const bare = documentOf(learned, called, seed)
  const document = documentOf(learned, called, seed, captures)
  const folder: LearnedFolder = {
    document,
    twin,
    captures,
    recorded: learned.recorded,
    command: ['flowbreak', ...withoutOutput(process.argv.slice(2))],
  }
  const write = () => {
    if (publish !== undefined) publishLearned(publish, folder, name)
    if (output !== undefined && isProfilePath(output)) writeLearnedFile(output, documentText(bare))
    else if (output !== undefined) writeLearnedFolder(output, folder)
    if (html !== undefined) writeLearnedFile(html, renderSheet(bare, twin))
  }
  return { document: output === undefined || isProfilePath(output) ? bare : document, write }
}

/** The words of a command, except where its output goes. */
function withoutOutput(words: readonly string[]): readonly string[] {
  const OUTPUT = /^--(output|publish|html)(=|$)/
  return words.filter(
    (word, at) => !OUTPUT.test(word) && !(OUTPUT.test(words[at - 1] ?? '') && !words[at - 1]?.includes('=')),
  )
}

/** Policies that the target is not to be set to. Throws ERR_USAGE if it cannot be set to one that is asked for. */
function policiesBut(target: Target, asked: readonly string[] | undefined): readonly string[] {
  const { policies } = target.capabilities
  const strange = asked?.find((word) => !policies.some((policy) => policy === word))
  if (strange !== undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      `--policy takes one that the target can be set to, ${policies.join(', ')}, not ${strange}.`,
    )
  return policies.filter((policy) => asked !== undefined && !asked.includes(policy))
}

/** Throws ERR_USAGE. */
function withoutOf(without: readonly string[] = []): readonly string[] {
  const wrong = without.find((each) => !WITHOUT.includes(each))
  if (wrong === undefined) return without
  throw new FlowbreakError('ERR_USAGE', `--without takes one of ${WITHOUT.join(', ')}, not ${wrong}.`)
}

function twinOf(
  captures: readonly string[],
  { twinCases, seed }: Options,
  subject: Subject,
  learned: Learned,
) {
  const { model, values } = learned
  const { clock, clockScale } = subject.target.capabilities
  return checkTwin({
    subject,
    model,
    values,
    captures,
    cases: twinCases,
    seed,
    longest: SILENCE[clock] * clockScale,
  })
}

function nameOf(target: string): string {
  return target.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
}
