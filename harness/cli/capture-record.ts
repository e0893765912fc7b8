import type { Command } from 'commander'
import type { Progress } from '../author/record/messages.ts'
import { recordCapture } from '../author/record.ts'
import { parseDuration } from '../support/duration.ts'
import { factsText } from './capture-text.ts'
import { newCommand, wholeNumber } from './command.ts'
import { print } from './output.ts'
import { version } from './version.ts'

interface RecordFlags {
  readonly output: string
  readonly filter: string
  readonly snapLength: number
  readonly packets?: number
  readonly bytes?: number
  readonly flows?: number
  readonly time?: string
  readonly title?: string
  readonly json?: true
}

const LONGEST = 262_144

/** `flowbreak capture record INTERFACE -o OUT`. */
export function recordCommand(signal: AbortSignal): Command {
  return newCommand(
    'record',
    'Records at an interface until a limit or Ctrl-C, and writes the capture with its manifest.',
  )
    .argument('<interface>', 'the name of the interface, as shown by "ip link", or any')
    .requiredOption(
      '-o, --output <file>',
      'the file to write: pcapng if its name ends in .pcapng, else pcap; the manifest has the same name with .json',
    )
    .option('--filter <expression>', 'record only packets that match this libpcap filter: "tcp port 443"', '')
    .option('--time <duration>', 'stop after this time: 30s, 5m')
    .option('--packets <number>', 'stop after this many packets', wholeNumber('--packets', 1))
    .option('--bytes <number>', 'stop after this many bytes of frames', wholeNumber('--bytes', 1))
    .option(
      '--flows <number>',
      'record the packets of this many flows, those that come first, and stop once all of them are closed TCP connections',
      wholeNumber('--flows', 1),
    )
    .option(
      '--snap-length <bytes>',
      'keep at most this many bytes of each frame',
      wholeNumber('--snap-length', 64),
      LONGEST,
    )
    .option('--title <text>', 'a title for the manifest: what the capture shows')
    .option('--json', 'print the report as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (device: string, flags: RecordFlags) => {
      const { output, filter, snapLength, packets, bytes, flows, time, title } = flags
      const terminal = process.stderr.isTTY
      const done = await recordCapture({
        device,
        out: output,
        filter,
        snapLength: Math.min(snapLength, LONGEST),
        ...(packets === undefined ? {} : { packets }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(flows === undefined ? {} : { flows }),
        ...(time === undefined ? {} : { time: parseDuration(time) / 1e6 }),
        title: title ?? `Recorded at ${device}`,
        with: { flowbreak: version() },
        signal,
        ready: () => process.stderr.write(`Recording at ${device}; Ctrl-C ends it.\n`),
        progress: (progress) => {
          if (terminal) process.stderr.write(`\r${progressText(progress)}\u001b[K`)
        },
      })
      if (terminal) process.stderr.write('\n')
      print(flags.json ? `${JSON.stringify(done, null, 2)}\n` : factsText({ ...done }))
    })
}

function progressText({ packets, bytes, missed }: Progress): string {
  return `${packets} packets, ${bytes} bytes, ${missed} missed`
}
