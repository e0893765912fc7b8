import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { draftCases, policiesOf, suiteNameOf } from '../author/scaffold/draft.ts'
import { flowSizes } from '../author/scaffold/propose.ts'
import { type WrittenSuite, writeDraft } from '../author/scaffold.ts'
import { readingOf } from '../profile/reading.ts'
import { makeSetup } from '../suite/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { loadRecorded } from '../timeline/recorded.ts'
import { newCommand, repeatable } from './command.ts'
import type { VerbContext } from './context.ts'
import { endpointsOf, type SetupOptions, setupInputOf, setupOptions } from './setup-options.ts'
import { PACKAGE_ROOT, version } from './version.ts'

export interface NewOptions extends SetupOptions {
  readonly output?: string
  readonly flow?: readonly string[]
  readonly inject?: readonly string[]
  readonly name?: string
  readonly title?: string
  readonly endpoints: string
  readonly force?: true
  readonly json?: true
}

/** `flowbreak suite new CAPTURE`: asks on a terminal where --inject is not given; scripts say all by options. */
export function newSuiteCommand({ signal }: VerbContext): Command {
  const command = newCommand(
    'new',
    'Writes a suite about breaking the flows of a capture; what it expects is proposed by the reference, to be reviewed.',
  )
    .argument('<capture>', 'a pcap or pcapng file')
    .option('-o, --output <file>', 'the suite to write (default: named after the capture, in this folder)')
    .option(
      '--flow <n>',
      'a flow to break, as capture info --flows lists them, or all; may be repeated (default: the one with most packets)',
      repeatable,
    )
    .option(
      '--inject <breaks>',
      'a case: what breaks in it, such as host-swap@12 or "host-swap@12 path-return@20"; may be repeated',
      repeatable,
    )
  setupOptions(command)
    .option(
      '--endpoints <kind>',
      'recorded, or reactive, which also proposes what the user feels',
      'recorded',
    )
    .option('--name <name>', "the suite's name (default: the capture's)")
    .option('--title <text>', "the suite's title")
    .option('--force', 'replace a file of that name')
    .option('--json', 'what was written, as JSON')
    .option('--debug', 'show where an error comes from')
  const policy = command.options.find(({ long }) => long === '--policy')
  if (policy !== undefined)
    policy.description = 'stream exception policies, as in drop,reject (default: all that the profile has)'
  return command.action(async (capture: string, options: NewOptions) => {
    const asks = options.inject === undefined && process.stdin.isTTY === true && process.stdout.isTTY === true
    if (asks) {
      const { askForSuite } = await import('./suite-new-ask.ts')
      await askForSuite(capture, options, signal)
      return
    }
    print(await writeSuiteOf(capture, options, signal), options.json === true)
  })
}

/** Writes the suite that options describe. */
export async function writeSuiteOf(
  capture: string,
  options: NewOptions,
  signal: AbortSignal,
): Promise<WrittenSuite> {
  if (options.inject === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      'Nothing says what breaks: give --inject, such as --inject host-swap@c2s:data#2, or run it on a terminal, which asks.',
    )
  const name = options.name ?? suiteNameOf(capture)
  const { policy: wanted, ...setup } = await setupInputOf(options)
  const policies = policiesOf(
    setup,
    wanted?.split(',').map((word) => word.trim()),
  )
  const flows = await flowsOf(capture, options.flow, makeSetup({ ...setup, policy: policies[0] }))
  return writeDraft({
    draft: {
      suite: name,
      title: options.title ?? `What becomes of the connections of ${name} when they break`,
      capture,
      setup,
      policies,
      cases: draftCases(flows, options.inject),
      endpoints: endpointsOf(options.endpoints),
    },
    file: options.output ?? `${name.replaceAll('/', '-')}.yaml`,
    replace: options.force === true,
    schema: join(PACKAGE_ROOT, 'suites/suite.schema.json'),
    version: version(),
    profileFile: options.profile !== undefined && existsSync(options.profile) ? options.profile : undefined,
    signal,
  })
}

/** Flows by number, -1 for all of them together; the one with most packets where none is named. */
async function flowsOf(
  capture: string,
  written: readonly string[] | undefined,
  setup: ReturnType<typeof makeSetup>,
): Promise<readonly number[]> {
  if (written === undefined) {
    const sizes = flowSizes(await loadRecorded(capture, readingOf(setup)))
    return [Math.max(0, sizes.indexOf(Math.max(...sizes)))]
  }
  const words = written.flatMap((text) => text.split(',')).map((text) => text.trim())
  return words.map((word) => {
    if (word === 'all') return -1
    if (/^\d{1,9}$/.test(word)) return Number(word)
    throw new FlowbreakError('ERR_USAGE', `--flow takes numbers of flows from 0, or all, not ${word}.`)
  })
}

/** What was written, and what comes next. */
export function print(written: WrittenSuite, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(written)}\n`)
    return
  }
  const { file, cases, expectations, unreviewed } = written
  const left = unreviewed === 0 ? 'all of them reviewed' : `${unreviewed} of them to be reviewed`
  process.stdout.write(
    [
      `${file}: ${counted(cases, 'case')} with ${counted(expectations, 'expectation')}, ${left}.`,
      ...(unreviewed === 0
        ? []
        : [
            'Hold each against what the firewall is to do, and delete its "unreviewed: true" where',
            'you agree. Until then it fails nothing, and suite check names its line.',
          ]),
      '',
      `  flowbreak run ${file}`,
      `  flowbreak suite check ${file}`,
      '',
    ].join('\n'),
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
