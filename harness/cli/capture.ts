import { openCapture } from '../capture/open.ts'
import { FlowStats } from '../flow/stats.ts'
import { FlowTable } from '../flow/table.ts'
import { Breath } from '../support/breath.ts'
import { ExitCode, FlowbreakError } from '../support/errors.ts'
import { readPackets } from '../timeline/recorded.ts'
import { newCommand, parsed } from './command.ts'
import type { VerbContext } from './context.ts'

/** `flowbreak capture info FILE|-`: exit 2 when the capture is damaged, after what could be read was told. */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok
  const command = newCommand('capture', 'Looks at captures.')
  const info = newCommand('info', 'Says what is in a capture.')
    .argument('<file>', 'a pcap or pcapng file, or - for standard input')
    .option('--json', 'as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (file: string, options: { json?: true }) => {
      exitCode = await captureInfo(file, options.json === true, signal)
    })
  command.addCommand(info)
  if (await parsed(command, args.length === 0 ? ['--help'] : args)) return ExitCode.ok
  return exitCode
}

async function captureInfo(file: string, json: boolean, signal: AbortSignal): Promise<ExitCode> {
  await using source = await openCapture(file)
  const stats = new FlowStats()
  const breath = new Breath()
  for await (const batch of readPackets(source, new FlowTable())) {
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
    ...(damage === undefined ? {} : { damage }),
  }
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : text(found))
  if (damage === undefined) return ExitCode.ok
  throw new FlowbreakError(
    'ERR_CAPTURE_DAMAGED',
    `${file} is damaged at byte ${damage.offset} (${damage.reason}): what comes before it was read.`,
  )
}

/** A line a fact; facts with parts on one line. */
function text(found: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(found).map(([name, value]) => {
    const words =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
            .map(([part, number]) => `${part} ${number}`)
            .join(', ')
        : String(value)
    return `${`${name}:`.padEnd(14)} ${words}\n`
  })
  return lines.join('')
}
