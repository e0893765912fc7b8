import type { Command } from 'commander'
import { parseFilter } from '../author/slice/filter.ts'
import { parseRanges } from '../author/slice/ranges.ts'
import { slice } from '../author/slice.ts'
import type { Nanos } from '../model/batch.ts'
import { parseDuration } from '../support/duration.ts'
import { FlowbreakError } from '../support/errors.ts'
import { printTranscribed } from './capture-text.ts'
import { newCommand } from './command.ts'

interface SliceFlags {
  readonly output: string
  readonly flow?: string
  readonly filter?: string
  readonly packets?: string
  readonly time?: string
  readonly tunnels: string
  readonly json?: true
}

/** `flowbreak capture slice FILE -o OUT`. */
export function sliceCommand(signal: AbortSignal): Command {
  return newCommand('slice', 'Writes the packets of a capture that every given option selects.')
    .argument('<file>', 'a pcap or pcapng file, or - for standard input')
    .requiredOption('-o, --output <file>', 'the file to write: pcapng if its name ends in .pcapng, else pcap')
    .option('--flow <numbers>', 'packets of these flows, numbered as by capture info --flows: 0,3-5')
    .option(
      '--filter <expression>',
      'packets with these addresses, ports and protocols: "tcp and host 192.0.2.10 and not port 22"',
    )
    .option('--packets <numbers>', 'packets with these numbers, counted from 1: 5,8-20,30-')
    .option('--time <range>', 'packets of this time since the first packet: 1.5s-3s, 200ms-, -10s')
    .option(
      '--tunnels <side>',
      'whether --flow and --filter apply to the packets inside tunnels (inner) or to the tunnels themselves (outer)',
      'outer',
    )
    .option('--json', 'print the report as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (file: string, flags: SliceFlags) => {
      const { flow, filter, packets, time, tunnels } = flags
      if (tunnels !== 'inner' && tunnels !== 'outer')
        throw new FlowbreakError('ERR_USAGE', `--tunnels takes inner or outer, not ${tunnels}.`)
      if ([flow, filter, packets, time].every((choice) => choice === undefined))
        throw new FlowbreakError(
          'ERR_USAGE',
          'Nothing says what to cut out: give --flow, --filter, --packets or --time.',
        )
      const done = await slice({
        file,
        out: flags.output,
        signal,
        tunnels,
        ...(flow === undefined ? {} : { flows: parseRanges('--flow', flow) }),
        ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
        ...(packets === undefined ? {} : { packets: parseRanges('--packets', packets) }),
        ...(time === undefined ? {} : { time: timeRange(time) }),
      })
      printTranscribed(done, flags.json === true, '')
    })
}

function timeRange(text: string): { readonly from: Nanos; readonly to: Nanos } {
  const [, from, to] = /^([^-]*)-([^-]*)$/.exec(text.trim()) ?? []
  if (from === undefined || to === undefined || (from === '' && to === ''))
    throw new FlowbreakError('ERR_USAGE', `--time takes a range as in 1.5s-3s, 200ms- or -10s, not ${text}.`)
  return {
    from: from === '' ? 0 : parseDuration(from),
    to: to === '' ? Number.POSITIVE_INFINITY : parseDuration(to),
  }
}
