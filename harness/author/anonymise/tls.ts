import { u16 } from '../../wire/bytes.ts'
import type { Filler } from './filler.ts'
import type { NameMap } from './names.ts'

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0
/** Record header, handshake header, version and random. */
const FIXED = 5 + 4 + 2 + 32

/** Whether bytes[from, to) begin as a TLS ClientHello in a record of its own does (RFC 8446 5.1, 4.1.2). */
export function isClientHello(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    to - from >= 6 && bytes[from] === HANDSHAKE && bytes[from + 1] === 3 && bytes[from + 5] === CLIENT_HELLO
  )
}

/** Bytes of the record that begins at `from`, its header included. */
export function recordLength(bytes: Uint8Array, from: number): number {
  return 5 + u16(bytes, from + 3)
}

/**
 * Replaces the server name (RFC 6066 3) of the ClientHello bytes[from, to), length kept. What cannot be read, and what of the
 * extensions comes behind the end of the segment, is filled.
 */
export function anonymiseClientHello(
  bytes: Uint8Array,
  from: number,
  to: number,
  sequence: number,
  names: NameMap,
  filler: Filler,
): void {
  const stop = Math.min(to, from + recordLength(bytes, from))
  const unread = readExtensions(bytes, from, stop, names)
  const first = Math.max(Math.min(unread, stop), from)
  filler.fill(bytes, first, stop, sequence + first - from)
}

/** Goes through the extensions and replaces names; gives the offset from which on it cannot be read. */
function readExtensions(bytes: Uint8Array, from: number, stop: number, names: NameMap): number {
  let at = from + FIXED
  at += 1 + (bytes[at] ?? 0)
  at += 2 + u16(bytes, at)
  at += 1 + (bytes[at] ?? 0)
  at += 2
  if (at > stop) return from + FIXED
  while (at + 4 <= stop) {
    const type = u16(bytes, at)
    const next = at + 4 + u16(bytes, at + 2)
    if (next > stop) return at
    if (type === SERVER_NAME && !serverNames(bytes, at + 4, next, names)) return at + 4
    at = next
  }
  return at
}

/** The list of names bytes[from, to); false where it does not add up. */
function serverNames(bytes: Uint8Array, from: number, to: number, names: NameMap): boolean {
  if (from === to) return true
  for (let at = from + 2; at < to; ) {
    const end = at + 3 + u16(bytes, at + 1)
    if (at + 3 > to || end > to) return false
    names.dotted(bytes, at + 3, end)
    at = end
  }
  return true
}
