const RANDOM = 32
/** Extension types (IANA registry). */
const SERVER_NAME = 0
const EARLY_DATA = 42
const MAX_NAME = 255

/** Result: where the ClientHello's server name is (`from` = `to`: nowhere), and whether early data follows. */
export class ServerName {
  from = 0
  to = 0
  earlyData = false
}

/**
 * Finds the first host name in the ClientHello (RFC 8446 4.1.2) `bytes[from … end-1]`, without handshake header. Malformed data ends
 * the search silently; what was found before stays. A NUL ends the name, as it does in Suricata.
 */
export function findServerName(bytes: Uint8Array, from: number, end: number, found: ServerName): void {
  found.from = 0
  found.to = 0
  found.earlyData = false
  let at = from + 2 + RANDOM
  if (at >= end) return
  at += 1 + (bytes[at] ?? 0)
  if (at + 2 > end) return
  const ciphers = u16(bytes, at)
  at += 2 + ciphers
  if ((ciphers & 1) !== 0 || at >= end) return
  at += 1 + (bytes[at] ?? 0)
  if (at + 2 > end) return
  const extensionsEnd = at + 2 + u16(bytes, at)
  if (extensionsEnd > end) return
  at += 2
  while (at + 4 <= extensionsEnd) {
    const type = u16(bytes, at)
    const length = u16(bytes, at + 2)
    at += 4
    if (at + length > end) return
    if (type === EARLY_DATA) found.earlyData = true
    if (type === SERVER_NAME && length > 0 && !readServerName(bytes, at, at + length, found)) return
    at += length
  }
}

function readServerName(bytes: Uint8Array, at: number, end: number, found: ServerName): boolean {
  if (at + 5 > end || bytes[at + 2] !== 0) return false
  const length = u16(bytes, at + 3)
  if (length === 0 || length > MAX_NAME || at + 5 + length > end) return false
  if (found.to > found.from) return true
  found.from = at + 5
  found.to = found.from
  while (found.to < found.from + length && bytes[found.to] !== 0) found.to++
  return true
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
