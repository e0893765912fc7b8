import { putU16, putU32, u8, u16, u32 } from './bytes.ts'

/** Kinds of TCP options (IANA registry). */
export const TcpOption = {
  end: 0,
  nop: 1,
  mss: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
} as const

/** The options of nearly every data packet: two NOPs, then the timestamps (RFC 7323, appendix A). */
export const NOP_NOP_TIMESTAMPS = 0x0101080a

/** The TCP options that matter to a firewall (RFC 9293 3.2, RFC 7323, RFC 2018). */
export interface TcpOptions {
  readonly mss?: number
  readonly windowScale?: number
  readonly sackPermitted?: true
  /** Left and right edges of up to four blocks. */
  readonly sack?: readonly (readonly [left: number, right: number])[]
  readonly timestamps?: { readonly value: number; readonly echo: number }
}

/**
 * Offset of the first option of `kind` in the TCP header at `l4`; -1: none with the right length. `end` is the end of the
 * frame, so a header that was not captured completely is read as far as it goes. A window scale is the byte at +2; an MSS the 16
 * bits at +2; timestamps the 32 bits at +2 and +6; the length of any option is the byte at +1.
 */
export function findTcpOption(bytes: Uint8Array, l4: number, end: number, kind: number): number {
  const header = (u8(bytes, l4 + 12) >> 4) << 2
  return findOption(bytes, l4 + 20, Math.min(l4 + header, end), kind)
}

/** Like `findTcpOption`, for options in bytes[from, to). */
export function findOption(bytes: Uint8Array, from: number, to: number, kind: number): number {
  let at = from
  while (at < to) {
    const found = bytes[at]
    if (found === TcpOption.end) return -1
    if (found === TcpOption.nop) at++
    else {
      const length = at + 1 < to ? u8(bytes, at + 1) : 0
      if (length < 2 || at + length > to) return -1
      if (found === kind && hasRightLength(kind, length)) return at
      at += length
    }
  }
  return -1
}

function hasRightLength(kind: number, length: number): boolean {
  switch (kind) {
    case TcpOption.mss:
      return length === 4
    case TcpOption.windowScale:
      return length === 3
    case TcpOption.sackPermitted:
      return length === 2
    case TcpOption.sack:
      return length >= 10 && (length - 2) % 8 === 0
    case TcpOption.timestamps:
      return length === 10
    default:
      return true
  }
}

/** Reads the options of a TCP header; unknown ones, and ones of a wrong length, are skipped. */
export function parseTcpOptions(options: Uint8Array): TcpOptions {
  const offset = (kind: number) => findOption(options, 0, options.length, kind)
  const mss = offset(TcpOption.mss)
  const scale = offset(TcpOption.windowScale)
  const sack = offset(TcpOption.sack)
  const times = offset(TcpOption.timestamps)
  return {
    ...(mss < 0 ? {} : { mss: u16(options, mss + 2) }),
    ...(scale < 0 ? {} : { windowScale: u8(options, scale + 2) }),
    ...(offset(TcpOption.sackPermitted) < 0 ? {} : { sackPermitted: true }),
    ...(sack < 0 ? {} : { sack: sackBlocks(options, sack) }),
    ...(times < 0 ? {} : { timestamps: { value: u32(options, times + 2), echo: u32(options, times + 6) } }),
  }
}

function sackBlocks(options: Uint8Array, at: number): [number, number][] {
  const blocks: [number, number][] = []
  const end = at + u8(options, at + 1)
  for (let edge = at + 2; edge < end; edge += 8) blocks.push([u32(options, edge), u32(options, edge + 4)])
  return blocks
}

/** Writes options, each padded in front to a multiple of 4. A header has room for at most 40 bytes of them. */
export function emitTcpOptions(options: TcpOptions): Uint8Array {
  const bytes: number[] = []
  if (options.mss !== undefined) bytes.push(TcpOption.mss, 4, ...word16(options.mss))
  if (options.sackPermitted) bytes.push(1, 1, TcpOption.sackPermitted, 2)
  if (options.windowScale !== undefined) bytes.push(1, TcpOption.windowScale, 3, options.windowScale)
  if (options.timestamps !== undefined) {
    const { value, echo } = options.timestamps
    bytes.push(1, 1, TcpOption.timestamps, 10, ...word32(value), ...word32(echo))
  }
  if (options.sack !== undefined) {
    bytes.push(1, 1, TcpOption.sack, 2 + 8 * options.sack.length)
    for (const [left, right] of options.sack) bytes.push(...word32(left), ...word32(right))
  }
  return Uint8Array.from(bytes)
}

function word16(value: number): Uint8Array {
  const bytes = new Uint8Array(2)
  putU16(bytes, 0, value)
  return bytes
}

function word32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  putU32(bytes, 0, value)
  return bytes
}
