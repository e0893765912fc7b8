import { sweepCapture } from '../author/sweep/sweep.ts'
import { isPlayed, type SweepMap } from '../model/sweep.ts'
import { screenOf } from '../report/screen.ts'
import { sweepJson, sweepLines } from '../report/sweep/json.ts'
import { sweepText } from '../report/sweep/text.ts'
import { writeReport } from '../report/write-report.ts'
import { listWords } from '../suite/words.ts'
import { Breath } from '../support/breath.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { newCommand, parsed, repeatable, wholeNumber } from './command.ts'
import { AXES, targetsAsked } from './compare-axes.ts'
import { configOption, configuredFor } from './configured.ts'
import type { VerbContext } from './context.ts'
import { BufferedOutput } from './output.ts'
import { endpointsOf, setupOptions } from './setup-options.ts'
import { type ColumnOptions, contestantsOf, sweepAxes } from './sweep-columns.ts'

interface Options extends ColumnOptions {
  readonly break?: readonly string[]
  readonly flow?: number
  readonly endpoints: string
  readonly seed: number
  readonly json?: true
  readonly ndjson?: true
  readonly html?: string
  readonly coverage?: true
}

/**
 * `flowbreak sweep CAPTURE`: exit 0 if it ran, 2 if nothing could be played, 3 if a target or a set-up broke or was undecided (the
 * rest was swept).
 */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = newCommand(
    'sweep',
    'Breaks one flow of a capture before each of its packets and draws a map of the results; or shows what suites cover.',
  )
    .argument(
      '[capture...]',
      'a pcap or pcapng file; with --coverage: suites (default: as configured, or all)',
    )
    .option(
      '--break <injection>',
      'what breaks: an injection as for replay --inject, without its place: host-swap:crash, idle-gap:400s; join several at one place with +; may be repeated (default: host swap, crash, idle gap, each direction by another host)',
      repeatable,
    )
    .option('--flow <n>', 'the flow to break, if the capture has several', wholeNumber('--flow', 0))
    .option(
      '--over <axis[=values]>',
      `an axis of the columns: ${listWords(AXES)}, with all its values or those after =; may be repeated (default: sharing, policy)`,
      repeatable,
    )
    .option(
      '--target <name>',
      'the target that the flow is played through; may be repeated (default reference)',
      repeatable,
    )
  setupOptions(configOption(command))
    .option('--endpoints <kind>', 'recorded, or reactive to show what users feel', 'recorded')
    .option(
      '--seed <n>',
      'the seed for ports and sequence numbers of new connections',
      wholeNumber('--seed', 0),
      1,
    )
    .option('--html <file>', 'write the map as an HTML page')
    .option('--json', 'print one JSON object (docs/sweep.md)')
    .option('--ndjson', 'print one JSON object per cell')
    .option(
      '--coverage',
      'show which cells of event, policy, sharing, protocol and family the cases of suites cover, and which are empty',
    )
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const options = command.opts<Options>()
  if (options.coverage) return (await import('./sweep-coverage.ts')).coverage(command)
  const [capture, more] = command.args
  if (capture === undefined || more !== undefined)
    throw new FlowbreakError('ERR_USAGE', 'Name one capture to sweep: see flowbreak sweep --help.')
  if (options.json && options.ndjson)
    throw new FlowbreakError('ERR_USAGE', '--json and --ndjson print the same: leave one of them out.')
  const config = await configuredFor(targetsAsked(options), options.config)
  const axes = await sweepAxes(options, config.targets)
  const { map, interrupted, broken } = await config.guard(async () =>
    sweepCapture({
      ...{ capture, flow: options.flow, axes: axes.map(({ name }) => name), breaks: options.break, signal },
      contestants: await contestantsOf(axes, options, command, config),
      endpoints: endpointsOf(options.endpoints),
      seed: options.seed,
    }),
  )
  if (options.html !== undefined) await writePage(options.html, map)
  await print(map, options)
  if (interrupted) signal.throwIfAborted()
  if (broken !== undefined) throw broken
  const doubt = map.cells
    .flat(2)
    .find((cell) => !isPlayed(cell) && (cell.why === 'doubt' || cell.why === 'error'))
  return doubt === undefined ? ExitCode.ok : ExitCode.broken
}

async function writePage(file: string, map: SweepMap): Promise<void> {
  const { sweepPage } = await import('../report/sweep/html.ts')
  writeReport(file, sweepPage(map))
}

/** Prints in parts, because there may be a line for each of millions of cells. */
async function print(map: SweepMap, { json, ndjson }: Options): Promise<void> {
  const output = new BufferedOutput()
  const breath = new Breath()
  if (json || ndjson) {
    for (const part of json ? sweepJson(map) : sweepLines(map)) {
      output.write(part)
      await breath.take()
    }
  } else for (const line of sweepText(map, screenOf(process.stdout, process.env))) output.write(`${line}\n`)
  output.flush()
}
