import { u8 } from '../bytes.ts'

const HEADER = 8
const OPTION_HEADER = 4

/**
 * Why bytes[at, end) do not start with a readable GENEVE header (RFC 8926 3.4); undefined if they do. Reserved bits are not
 * checked.
 */
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

function optionsEnd(bytes: Uint8Array, at: number): number {
  return at + HEADER + ((u8(bytes, at) & 0x3f) << 2)
}

function dataLength(bytes: Uint8Array, option: number): number {
  return (u8(bytes, option + 3) & 0x1f) << 2
}
