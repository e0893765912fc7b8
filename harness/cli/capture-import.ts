import { basename } from 'node:path'
import type { Command } from 'commander'
import { type Found, type ImportReport, importCapture } from '../author/import.ts'
import { parseRanges } from '../author/slice/ranges.ts'
import { factsText, printTranscribed } from './capture-text.ts'
import { newCommand, wholeNumber } from './command.ts'
import { version } from './version.ts'

interface ImportFlags {
  readonly output: string
  readonly flow?: string
  readonly mend?: true
  readonly keepDuplicates?: true
  readonly mtu: number
  readonly title?: string
  readonly json?: true
}

/** `flowbreak capture import FILE -o OUT`. */
export function importCommand(signal: AbortSignal): Command {
  return newCommand(
    'import',
    'Imports a capture: selects flows, removes duplicates, reports or mends what is wrong, and writes a manifest.',
  )
    .argument('<file>', 'a pcap or pcapng file, or - for standard input')
    .requiredOption(
      '-o, --output <file>',
      'the file to write: pcapng if its name ends in .pcapng, else pcap; the manifest has the same name with .json',
    )
    .option('--flow <numbers>', 'import only these flows, numbered as by capture info --flows: 0,3-5')
    .option('--mend', 'correct wrong checksums, and cut TCP super-frames into segments')
    .option('--mtu <bytes>', 'the largest IP datagram that the link carried', wholeNumber('--mtu', 68), 1500)
    .option('--keep-duplicates', 'keep packets that a mirror port showed twice within 10 ms')
    .option('--title <text>', 'a title for the manifest: what the capture shows')
    .option('--json', 'print the report as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (file: string, flags: ImportFlags) => {
      const { flow, mend, keepDuplicates, mtu, title } = flags
      const done = await importCapture({
        file,
        out: flags.output,
        signal,
        mend: mend === true,
        keepDuplicates: keepDuplicates === true,
        mtu,
        title: title ?? `Imported from ${basename(file)}`,
        by: 'flowbreak capture import',
        with: { flowbreak: version() },
        ...(flow === undefined ? {} : { flows: parseRanges('--flow', flow) }),
      })
      printTranscribed(
        done,
        flags.json === true,
        reportText(done, { kept: keepDuplicates === true, mended: mend === true }),
      )
    })
}

function reportText(report: ImportReport, { kept, mended }: Record<'kept' | 'mended', boolean>): string {
  const { duplicates, superFrames, segmented, offloadedChecksums, wrongChecksums, mendedChecksums } = report
  const toMend = superFrames.count + offloadedChecksums.count + wrongChecksums.count
  return factsText({
    duplicates: `${named(duplicates)}${kept ? ', kept' : ''}`,
    'super-frames': `${named(superFrames)}, ${segmented} segmented`,
    checksums: `left to a network card: ${named(offloadedChecksums)}; wrong: ${named(wrongChecksums)}; ${mendedChecksums} mended`,
    ...(mended || toMend === 0
      ? {}
      : { 'to mend': 'a firewall may drop these packets: --mend computes checksums, and cuts super-frames' }),
    'cut short': named(report.cutShort),
    manifest: report.manifest,
  })
}

/** How many there are, and the numbers of the first ones. */
function named({ count, first }: Found): string {
  if (count === 0) return 'none'
  return `${count} (${count === 1 ? 'packet' : 'packets'} ${first.join(', ')}${count > first.length ? ', …' : ''})`
}
