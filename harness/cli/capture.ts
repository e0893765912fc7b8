import { openCapture } from '../capture/open.ts'
import { FlowStats } from '../flow/stats.ts'
import { FlowTable } from '../flow/table.ts'
import type { FlowInfo } from '../model/capture.ts'
import { PLAIN_READING, type Reading } from '../model/reading.ts'
import { Breath } from '../support/breath.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { readPackets } from '../timeline/recorded.ts'
import { anonymiseCommand } from './capture-anonymise.ts'
import { importCommand } from './capture-import.ts'
import { recordCommand } from './capture-record.ts'
import { sliceCommand } from './capture-slice.ts'
import { factsText } from './capture-text.ts'
import { newCommand, parsedGroup } from './command.ts'
import type { VerbContext } from './context.ts'

/** `flowbreak capture`: exit 2 if a capture is damaged, after its readable part was reported or written. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok
  const command = newCommand('capture', 'Inspects, records, imports, cuts and anonymises captures.')
  const info = newCommand('info', 'Says what is in a capture.')
    .argument('<file>', 'a pcap or pcapng file, or - for standard input')
    .option('--flows', 'list the flows, with the client of each and how it is known')
    .option(
      '--tunnels <side>',
      'list the flows inside tunnels (inner) or those of the tunnels themselves (outer)',
      'outer',
    )
    .option('--json', 'print JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (file: string, options: InfoOptions) => {
      exitCode = await captureInfo(file, options, signal)
    })
  command.addCommand(info)
  command.addCommand(recordCommand(signal))
  command.addCommand(importCommand(signal))
  command.addCommand(sliceCommand(signal))
  command.addCommand(anonymiseCommand(signal))
  return (await parsedGroup(command, args)) ? exitCode : ExitCode.usage
}

interface InfoOptions {
  readonly flows?: true
  readonly json?: true
  readonly tunnels: string
}

async function captureInfo(file: string, options: InfoOptions, signal: AbortSignal): Promise<ExitCode> {
  await using source = await openCapture(file, { signal })
  const stats = new FlowStats()
  const breath = new Breath()
  const table = new FlowTable({ ...PLAIN_READING, tunnels: sideOf(options.tunnels) })
  for await (const batch of readPackets(source, table)) {
    await breath.take()
    signal.throwIfAborted()
    stats.add(batch)
  }
  const { damage, header } = source
  const found = {
    file,
    format: header.format,
    links: [...source.links],
    ...stats.summary(),
    ...(options.flows && table.forgotten > 0 ? { notListed: table.forgotten } : {}),
    ...(damage === undefined ? {} : { damage }),
  }
  const flows = options.flows ? [...table.known()] : undefined
  if (options.json) process.stdout.write(`${JSON.stringify({ ...found, flowList: flows }, null, 2)}\n`)
  else process.stdout.write(`${factsText(worded(found))}${(flows ?? []).map(flowLine).join('')}`)
  if (damage === undefined) return ExitCode.ok
  throw new FlowbreakError(
    'ERR_CAPTURE_DAMAGED',
    `${file} is damaged at byte ${damage.offset} (${damage.reason}): what comes before it was read.`,
  )
}

/** The facts in words, where the JSON has the names of fields. */
function worded(found: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      WORDS[name] ?? name,
      name === 'duration' ? `${Number(Number(value).toFixed(6))} s` : value,
    ]),
  )
}

const WORDS: Readonly<Record<string, string>> = {
  tcpStarts: 'TCP starts',
  notIp: 'not IP',
  notListed: 'not listed',
}

function sideOf(word: string): Reading['tunnels'] {
  if (word === 'inner' || word === 'outer') return word
  throw new FlowbreakError('ERR_USAGE', `--tunnels takes inner or outer, not ${word}.`)
}

function flowLine({ id, protocol, client, server, opens, orientation }: FlowInfo): string {
  const how = opens === 'n/a' ? '' : `, opens ${opens}`
  return `flow ${id}: ${protocol} ${client} -> ${server} (client by ${orientation}${how})\n`
}
