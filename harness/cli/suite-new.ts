import type { Command } from 'commander'
import { draftCases, policiesOf, suiteNameOf } from '../author/scaffold/draft.ts'
import { type WrittenSuite, writeDraft } from '../author/scaffold.ts'
import { makeSetup } from '../suite/setup.ts'
import { type ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, repeatable } from './command.ts'
import type { VerbContext } from './context.ts'
import { endpointsOf, setupInputOf, setupOptions } from './setup-options.ts'
import { flowsOf, type NewOptions, printWritten, suiteFileOf, writtenWith } from './suite-new-options.ts'

/**
 * `flowbreak suite new CAPTURE`: asks on a terminal if --inject is not given; scripts give everything by options. `played`: called with
 * the exit code of a first run.
 */
export function newSuiteCommand({ signal }: VerbContext, played: (code: ExitCode) => void): Command {
  const command = newCommand(
    'new',
    'Drafts a suite that breaks the flows of a capture; the reference proposes what it expects, for you to review.',
  )
    .argument('<capture>', 'a pcap or pcapng file')
    .option('-o, --output <file>', 'the suite to write (default: named after the capture, in this folder)')
    .option(
      '--flow <n>',
      'the flow to break, numbered as by capture info --flows, or all; may be repeated (default: the flow with the most packets)',
      repeatable,
    )
    .option(
      '--inject <breaks>',
      'make a case with this injection, or with several: host-swap@12, "host-swap@12 path-return@20"; may be repeated',
      repeatable,
    )
  setupOptions(command)
    .option('--endpoints <kind>', 'recorded, or reactive to propose also what the user feels', 'recorded')
    .option('--name <name>', "the suite's name (default: that of the capture)")
    .option('--title <text>', "the suite's title")
    .option('--force', 'replace an existing file')
    .option('--json', 'print what was written as JSON')
    .option('--debug', 'show where an error comes from')
  const policy = command.options.find(({ long }) => long === '--policy')
  if (policy !== undefined)
    policy.description =
      'the stream exception policies, as in drop,reject (default: all that the profile has)'
  return command.action(async (capture: string, options: NewOptions) => {
    const asks = options.inject === undefined && process.stdin.isTTY === true && process.stdout.isTTY === true
    if (!asks) {
      printWritten(await writeSuiteOf(capture, options, signal), options.json === true)
      return
    }
    const file = await (await import('./suite-new-ask.ts')).askForSuite(capture, options, signal)
    if (file !== undefined) played(await (await import('./run.ts')).main([file], { signal }))
  })
}

/** Writes the suite that the options describe. */
export async function writeSuiteOf(
  capture: string,
  options: NewOptions,
  signal: AbortSignal,
): Promise<WrittenSuite> {
  if (options.inject === undefined)
    throw new FlowbreakError(
      'ERR_USAGE',
      'Nothing is said to break: give --inject, such as --inject host-swap@c2s:data#2, or run it on a terminal to be asked.',
    )
  const name = options.name ?? suiteNameOf(capture)
  const { policy: wanted, ...setup } = await setupInputOf(options)
  const policies = policiesOf(
    setup,
    wanted?.split(',').map((word) => word.trim()),
  )
  const flows = await flowsOf(capture, options.flow, makeSetup({ ...setup, policy: policies[0] }))
  const file = options.output ?? suiteFileOf(name)
  return writeDraft({
    ...writtenWith(options, file),
    draft: {
      suite: name,
      title: options.title ?? `What becomes of the connections of ${name} when they break`,
      capture,
      setup,
      policies,
      cases: draftCases(flows, options.inject),
      endpoints: endpointsOf(options.endpoints),
    },
    replace: options.force === true,
    signal,
  })
}
