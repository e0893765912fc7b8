import { putU16, putU32, u8, u16, u32 } from '../bytes.ts'

/** Class of experimental options (RFC 8926 7.2), and the type of the one that holds the time. */
const EXPERIMENTS = 0xff00
const TIME = 1
const HEADER = 8
const OPTION_HEADER = 4
const DATA = 8

/** Bytes of the option. */
export const TIME_OPTION_BYTES = OPTION_HEADER + DATA

/** Writes the option at bytes[at]: nanoseconds, a whole number from 0 to 2^53. */
export function putTime(bytes: Uint8Array, at: number, nanos: number): void {
  putU16(bytes, at, EXPERIMENTS)
  bytes[at + 2] = TIME
  bytes[at + 3] = DATA >> 2
  putU32(bytes, at + OPTION_HEADER, Math.floor(nanos / 2 ** 32))
  putU32(bytes, at + OPTION_HEADER + 4, nanos >>> 0)
}

/** The time in the GENEVE header at `at`, whose options add up (`checkGeneve`); undefined if it has none. */
export function timeIn(bytes: Uint8Array, at: number): number | undefined {
  const stop = at + HEADER + ((u8(bytes, at) & 0x3f) << 2)
  for (let option = at + HEADER; option < stop; ) {
    const data = option + OPTION_HEADER
    const length = (u8(bytes, option + 3) & 0x1f) << 2
    if (u16(bytes, option) === EXPERIMENTS && bytes[option + 2] === TIME && length === DATA)
      return u32(bytes, data) * 2 ** 32 + u32(bytes, data + 4)
    option = data + length
  }
  return undefined
}
