import { Link } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import type { Maps } from './maps.ts'

const NFLOG_PAYLOAD = 9
const NFLOG_HEADER = 1

/** Changes the addresses in the link header of the frame bytes[start, end), and what else stands there of who recorded it. */
export function changeLink(bytes: Uint8Array, start: number, end: number, link: number, maps: Maps): void {
  const { hardware } = maps
  if (link === Link.ethernet) {
    if (end - start >= 6) hardware.map(bytes, start)
    if (end - start >= 12) hardware.map(bytes, start + 6)
  } else if (link === Link.sll) {
    if (end - start >= 16) cooked(bytes, start + 6, u16(bytes, start + 4), maps)
  } else if (link === Link.sll2) {
    if (end - start >= 20) cooked(bytes, start + 12, bytes[start + 11] ?? 0, maps)
  } else if (link === Link.nflog) changeNflog(bytes, start, end, maps)
}

/** The sender in a frame of Linux's cooked capture: 8 bytes, of which so many count. */
function cooked(bytes: Uint8Array, at: number, length: number, { hardware, filler }: Maps): void {
  if (length === 6) hardware.map(bytes, at)
  else filler.fill(bytes, at, at + Math.min(length, 8))
}

/** Attributes beside the packet: prefixes of log rules, users, interfaces. */
function changeNflog(bytes: Uint8Array, start: number, end: number, { filler }: Maps): void {
  for (let at = start + 4; at + 4 <= end; ) {
    const little = bytes[at + 3] === 0
    const number = (offset: number) =>
      little ? (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8) : u16(bytes, offset)
    const length = number(at)
    if (length < 4) return
    const type = number(at + 2)
    if (type !== NFLOG_PAYLOAD && type !== NFLOG_HEADER)
      filler.fill(bytes, at + 4, Math.min(end, at + length))
    at += (length + 3) & ~3
  }
}
