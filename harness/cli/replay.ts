import type { Setup } from '../model/setup.ts'
import type { Target } from '../model/target.ts'
import { terminalColumns } from '../report/screen.ts'
import { replayCapture } from '../run/replay.ts'
import { parseInjections } from '../suite/injection-text.ts'
import { makeSetup } from '../suite/setup.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { type ReferenceTaps, ReferenceTarget } from '../target/reference/reference.ts'
import { newCommand, parsed } from './command.ts'
import type { VerbContext } from './context.ts'
import { printerFor } from './replay-printers.ts'
import {
  type BreakOptions,
  breakOptions,
  endpointsOf,
  type SetupOptions,
  setupInputOf,
  setupOptions,
} from './setup-options.ts'
import { version } from './version.ts'
import { checkWhole } from './whole-capture.ts'

interface Options extends SetupOptions, BreakOptions {
  readonly config?: string
  readonly target: string
  readonly eve?: string
  readonly eveFormat?: string
  readonly json?: true
  readonly quiet?: true
  readonly ladder?: true
}

/** `flowbreak replay CAPTURE|-`: exit 0 if it ran, 2 if the capture is damaged or has frames that are not read (the rest was replayed). */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = newCommand(
    'replay',
    'Breaks the flows of one capture and shows what happens to each packet.',
  )
    .argument('<capture>', 'a pcap or pcapng file, or - for standard input')
    .option('--config <file>', 'the configuration that names targets (default: the nearest one)')
    .option('--target <name>', 'the target that the capture is replayed through', 'reference')
  breakOptions(setupOptions(command))
    .option('--eve <file>', "write alerts, drops and flows as JSON lines in the form of Suricata's EVE")
    .option(
      '--eve-format <format>',
      "the form of these lines: suricata, or aws for AWS Network Firewall's logs (default suricata)",
    )
    .option('--json', 'print one JSON object per packet')
    .option('--quiet', 'print one line of totals')
    .option('--ladder', 'print a ladder instead of the table')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  checkForm(options)
  const [capture = '-'] = command.args
  const setup = makeSetup(await setupInputOf(options))
  const injections = parseInjections(options.inject ?? [])
  const printer = printerFor(options, setup.topology.hosts, terminalColumns(process.stdout))
  using eve = await eveOf(options, setup)
  const { target, guard } = await targetOf(options, eve?.taps)
  const replaying = guard(() =>
    replayCapture({
      capture,
      target,
      setup,
      injections,
      flow: options.flow,
      endpoints: endpointsOf(options.endpoints),
      seed: options.seed,
      signal,
      observe: printer.observe,
    }),
  )
  // Interrupted: what was printed so far is complete lines, and stays.
  const { damage, unread, impact, crowding } = await replaying.catch((thrown: unknown) => {
    if (signal.aborted) printer.end(undefined, undefined)
    throw thrown
  })
  printer.end(impact, crowding)
  eve?.close()
  checkWhole({ capture, damage, unread }, 'replayed')
  return ExitCode.ok
}

/** Throws ERR_USAGE if two forms of output are asked for, of which only one would be printed. */
function checkForm({ json, quiet, ladder }: Options): void {
  const forms = [json && '--json', quiet && '--quiet', ladder && '--ladder'].filter((form) => form)
  if (forms.length > 1)
    throw new FlowbreakError(
      'ERR_USAGE',
      `${forms.join(' and ')} each say what a replay prints: give one of them.`,
    )
}

/** The target that the options name; configurations are loaded only for targets other than the reference. */
async function targetOf(
  { config, target }: Options,
  taps?: ReferenceTaps,
): Promise<{ readonly target: Target; readonly guard: <T>(work: () => Promise<T>) => Promise<T> }> {
  if (config === undefined && target === 'reference')
    return { target: new ReferenceTarget(version(), taps), guard: (work) => work() }
  const { configured } = await import('./configured.ts')
  const { target: named, guard } = await configured(config)
  return {
    target: target === 'reference' ? new ReferenceTarget(version(), taps) : await guard(() => named(target)),
    guard,
  }
}

/** The EVE file that the options ask for; its writer is loaded only if it is needed. */
async function eveOf(options: Options, setup: Setup) {
  if (options.eve === undefined && options.eveFormat === undefined) return undefined
  return (await import('./replay-eve.ts')).openEve(options, setup)
}
