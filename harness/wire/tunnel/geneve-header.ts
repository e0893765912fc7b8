import { putU16, u8, u16 } from '../bytes.ts'

/** An option of GENEVE (RFC 8926 3.5). */
export interface GeneveOption {
  readonly optionClass: number
  /** 0 … 255; its highest bit: whoever does not know it must drop the packet. */
  readonly type: number
  /** A multiple of 4 bytes, at most 124. */
  readonly data: Uint8Array
}

/** A GENEVE header (RFC 8926 3.4). */
export interface GeneveHeader {
  /** The packet is about the tunnel itself. */
  readonly control: boolean
  /** Some option must be known. */
  readonly critical: boolean
  /** EtherType of what follows. */
  readonly protocol: number
  /** 0 … 2^24-1. */
  readonly vni: number
  /** In the order of the wire. */
  readonly options: readonly GeneveOption[]
}

const HEADER = 8
const OPTION_HEADER = 4

/** Why bytes[at, end) do not start with a readable GENEVE header; undefined when they do. Reserved bits are not looked at. */
export function checkGeneve(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end - at < HEADER) return `GENEVE needs ${HEADER} bytes, ${end - at} are there`
  const version = u8(bytes, at) >> 6
  if (version !== 0) return `GENEVE version is ${version}, not 0`
  const stop = optionsEnd(bytes, at)
  if (stop > end) return `GENEVE options take ${stop - at - HEADER} bytes, ${end - at - HEADER} are there`
  let option = at + HEADER
  while (option < stop) {
    const next = option + OPTION_HEADER + dataLength(bytes, option)
    if (next > stop) return `a GENEVE option of ${next - option} bytes stands where ${stop - option} are left`
    option = next
  }
  return undefined
}

/** Reads the header at `at`; undefined where `checkGeneve` has a reason. Its options are copies. */
export function parseGeneve(bytes: Uint8Array, at: number, end: number): GeneveHeader | undefined {
  if (checkGeneve(bytes, at, end) !== undefined) return undefined
  const stop = optionsEnd(bytes, at)
  const options: GeneveOption[] = []
  for (let option = at + HEADER; option < stop; ) {
    const data = option + OPTION_HEADER
    const next = data + dataLength(bytes, option)
    options.push({
      optionClass: u16(bytes, option),
      type: u8(bytes, option + 2),
      data: bytes.slice(data, next),
    })
    option = next
  }
  return {
    control: (u8(bytes, at + 1) & 0x80) !== 0,
    critical: (u8(bytes, at + 1) & 0x40) !== 0,
    protocol: u16(bytes, at + 2),
    vni: (u16(bytes, at + 4) << 8) | u8(bytes, at + 6),
    options,
  }
}

/** Bytes that the header takes: 8, and its options. */
export function geneveLength({ options }: GeneveHeader): number {
  return options.reduce((sum, { data }) => sum + OPTION_HEADER + data.length, HEADER)
}

/**
 * Writes the header at `at` and answers the offset behind it. Throws RangeError for options that the header cannot hold: data that is
 * no multiple of 4 bytes or longer than 124, or more than 252 bytes of them.
 */
export function emitGeneve(header: GeneveHeader, bytes: Uint8Array, at: number): number {
  const options = geneveLength(header) - HEADER
  const odd = header.options.find(({ data }) => data.length % 4 !== 0 || data.length > 124)
  if (odd !== undefined) throw new RangeError(`a GENEVE option cannot hold ${odd.data.length} bytes`)
  if (options > 252) throw new RangeError(`a GENEVE header cannot hold ${options} bytes of options`)
  bytes[at] = options >> 2
  bytes[at + 1] = (header.control ? 0x80 : 0) | (header.critical ? 0x40 : 0)
  putU16(bytes, at + 2, header.protocol)
  putU16(bytes, at + 4, header.vni >>> 8)
  bytes[at + 6] = header.vni
  bytes[at + 7] = 0
  let next = at + HEADER
  for (const { optionClass, type, data } of header.options) {
    putU16(bytes, next, optionClass)
    bytes[next + 2] = type
    bytes[next + 3] = data.length >> 2
    bytes.set(data, next + OPTION_HEADER)
    next += OPTION_HEADER + data.length
  }
  return next
}

function optionsEnd(bytes: Uint8Array, at: number): number {
  return at + HEADER + ((u8(bytes, at) & 0x3f) << 2)
}

function dataLength(bytes: Uint8Array, option: number): number {
  return (u8(bytes, option + 3) & 0x1f) << 2
}
