import { FlowbreakError } from '../support/errors.ts'
import { type ClassicForm, ClassicWalker } from './classic.ts'
import { PcapngWalker } from './pcapng.ts'
import type { RecordWalker } from './records.ts'

/** Number of bytes that identify a format. */
export const MAGIC_LENGTH = 4

/** The first bytes of classic files (draft-ietf-opsawg-pcap 4), in hexadecimal. */
const CLASSIC: Readonly<Record<string, ClassicForm>> = {
  d4c3b2a1: { little: true, unit: 1000 },
  a1b2c3d4: { little: false, unit: 1000 },
  '4d3cb2a1': { little: true, unit: 1 },
  a1b23c4d: { little: false, unit: 1 },
}
const PCAPNG = '0a0d0d0a'

/** Common wrong inputs, by their first bytes, and what to do about them. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['1f8b', 'is compressed with gzip: unpack it with "gunzip"'],
  ['28b52ffd', 'is compressed with zstd: unpack it with "unzstd"'],
  ['fd377a58', 'is compressed with xz: unpack it with "unxz"'],
  ['34cdb2a1', 'is in the modified pcap format: convert it with "editcap -F pcap"'],
  ['a1b2cd34', 'is in the modified pcap format: convert it with "editcap -F pcap"'],
  ['736e6f6f', 'is a snoop file: convert it with "editcap -F pcap"'],
]

/** The format of a capture, by its first bytes, or as many of them as there are. */
export type Format = { readonly kind: 'pcapng' } | { readonly kind: 'pcap'; readonly form: ClassicForm }

/** Determines the format of a capture from its first bytes. Throws ERR_CAPTURE_EMPTY and ERR_CAPTURE_FORMAT. */
export function formatOf(first: Uint8Array, name: string): Format {
  const magic = Buffer.from(first.subarray(0, MAGIC_LENGTH)).toString('hex')
  if (magic === '')
    throw new FlowbreakError(
      'ERR_CAPTURE_EMPTY',
      `${name} is empty: it does not even have a file header; record it again.`,
    )
  for (const known in CLASSIC) {
    const form = CLASSIC[known]
    if (form !== undefined && known.startsWith(magic)) return { kind: 'pcap', form }
  }
  if (PCAPNG.startsWith(magic)) return { kind: 'pcapng' }
  const foreign = FOREIGN.find(([start]) => magic.startsWith(start))
  throw new FlowbreakError(
    'ERR_CAPTURE_FORMAT',
    foreign === undefined
      ? `${name} is neither pcap nor pcapng (its first bytes are ${magic.replace(/..(?=.)/g, '$& ')}): name a capture file.`
      : `${name} ${foreign[1]} first.`,
  )
}

/** A walker for captures of that format, at the beginning of one. */
export function walkerFor(format: Format): RecordWalker {
  return format.kind === 'pcapng' ? new PcapngWalker() : new ClassicWalker(format.form)
}
