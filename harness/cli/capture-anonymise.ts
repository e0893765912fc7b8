import type { Command } from 'commander'
import { PAYLOADS, type PayloadWord } from '../author/anonymise/filler.ts'
import { freshKey, isOpenToOthers, readKey } from '../author/anonymise/key.ts'
import type { AnonymiseReport } from '../author/anonymise/report.ts'
import { anonymise } from '../author/anonymise.ts'
import { plain } from '../report/plain.ts'
import { FlowbreakError } from '../support/errors.ts'
import { factsText, printTranscribed } from './capture-text.ts'
import { newCommand } from './command.ts'

interface AnonymiseFlags {
  readonly output: string
  readonly key?: string
  readonly payload: string
  readonly json?: true
}

/** `flowbreak capture anonymise FILE -o OUT`. */
export function anonymiseCommand(signal: AbortSignal): Command {
  return newCommand(
    'anonymise',
    'Writes a copy of a capture without what identifies who talked; verdicts do not change.',
  )
    .argument('<file>', 'a pcap or pcapng file, or - for standard input')
    .requiredOption('-o, --output <file>', 'the file to write: pcapng if its name ends in .pcapng, else pcap')
    .option(
      '--key <file>',
      'a file with a key of 64 hexadecimal digits: the same key gives the same addresses (default: a random key, which is forgotten)',
    )
    .option(
      '--payload <what>',
      'scrub: replace it by letters; zero: by zeros; keep: replace only names in DNS and TLS',
      'scrub',
    )
    .option('--json', 'print the report as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (file: string, flags: AnonymiseFlags) => {
      const payload = payloadOf(flags.payload)
      const key = flags.key === undefined ? freshKey() : readKey(flags.key)
      if (flags.key !== undefined && isOpenToOthers(flags.key))
        process.stderr.write(`flowbreak: others can read the key ${plain(flags.key)}: chmod 600 it\n`)
      const done = await anonymise({ file, out: flags.output, signal, key, payload })
      printTranscribed(done, flags.json === true, reportText(done))
    })
}

function payloadOf(word: string): PayloadWord {
  const known = PAYLOADS.find((payload) => payload === word)
  if (known !== undefined) return known
  throw new FlowbreakError('ERR_USAGE', `--payload takes ${PAYLOADS.join(', ')}, not ${word}.`)
}

function reportText({ payload, changed, removed, remains }: AnonymiseReport): string {
  const facts = factsText({
    addresses: `${changed.ipv4Addresses} IPv4, ${changed.ipv6Addresses} IPv6, ${changed.hardwareAddresses} hardware`,
    ...(payload === 'keep' ? { names: `${changed.nameLabels} labels` } : {}),
    payload: `${payload}, ${changed.bytesReplaced} bytes replaced`,
    removed: removed.join(', '),
  })
  const lines = remains.map(
    ({ what, packets }) => `  ${what} (${packets} ${packets === 1 ? 'packet' : 'packets'})\n`,
  )
  return `${facts}What could still tell who talked:\n${lines.join('')}`
}
