const RANDOM = 32
/** Extension types (IANA registry). */
const Extension = {
  serverName: 0,
  groups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  protocols: 16,
  earlyData: 42,
  versions: 43,
} as const
const MAX_NAME = 255
/** What Suricata makes of TLS 1.3 and its first drafts where a hello names them by their number. */
const PRE_DRAFT = 0x7f01

/** What hellos said. */
export class Hello {
  /** Where the last ClientHello's server name is (`from` = `to`: nowhere). */
  from = 0
  to = 0
  /** Some hello had a name, maybe an empty one; those of later hellos do not count. */
  named = false
  /** Early data was announced. */
  earlyData = false
  /** The version that the last one offers; 0: it has none. */
  version = 0
}

/**
 * Reads the ClientHello (RFC 8446 4.1.2) `bytes[from … end-1]`, without handshake header. Malformed data ends the reading silently; what
 * was found before stays. A NUL ends the name, as it does in Suricata.
 */
export function readClientHello(bytes: Uint8Array, from: number, end: number, hello: Hello): void {
  hello.from = 0
  hello.to = 0
  hello.version = 0
  let at = from + 2
  if (at > end) return
  hello.version = versionOf(u16(bytes, from))
  at += RANDOM
  if (at >= end) return
  at += 1 + (bytes[at] ?? 0)
  if (at + 2 > end) return
  const ciphers = u16(bytes, at)
  at += 2 + ciphers
  if ((ciphers & 1) !== 0 || at >= end) return
  at += 1 + (bytes[at] ?? 0)
  if (at + 2 > end) return
  readExtensions(bytes, at + 2, u16(bytes, at), end, hello)
}

/**
 * Of an extension with a list in it, Suricata goes on behind the list, even where the extension is longer, and counts the extension as
 * read nevertheless (Suricata 7, app-layer-ssl.c, TLSDecodeHSHelloExtensions).
 */
function readExtensions(bytes: Uint8Array, from: number, total: number, end: number, hello: Hello): void {
  if (from + total > end) return
  let at = from
  let read = 0
  while (read < total) {
    if (at + 4 > end) return
    const type = u16(bytes, at)
    const length = u16(bytes, at + 2)
    at += 4
    if (at + length > end) return
    const used = readExtension(type, bytes, at, at + length, hello)
    if (used < 0) return
    at += used
    // It counts in 16 bits.
    read = (read + 4 + length) & 0xffff
  }
}

/** Returns how many bytes of an extension were used, or -1 if reading ends with it. */
function readExtension(type: number, bytes: Uint8Array, at: number, end: number, hello: Hello): number {
  if (type === Extension.earlyData) hello.earlyData = true
  const size = end - at
  if (size === 0) return 0
  switch (type) {
    case Extension.serverName:
      return readServerName(bytes, at, end, hello)
    case Extension.groups:
      return listEnd(bytes, at, size)
    case Extension.pointFormats:
      return 1 + (bytes[at] ?? 0) <= size ? 1 + (bytes[at] ?? 0) : -1
    case Extension.signatureAlgorithms:
      return (u16(bytes, at) & 1) === 0 ? listEnd(bytes, at, size) : -1
    case Extension.protocols:
      return listEnd(bytes, at, size) < 0 ? -1 : size
    case Extension.versions:
      return readVersions(bytes, at, end, hello)
    default:
      return size
  }
}

/** Bytes of a list with its length before it; -1: the extension of `size` bytes has no room for it. */
function listEnd(bytes: Uint8Array, at: number, size: number): number {
  const used = 2 + u16(bytes, at)
  return size >= 2 && used <= size ? used : -1
}

/** The first entry of the list, if it is a host name. */
function readServerName(bytes: Uint8Array, at: number, end: number, hello: Hello): number {
  if (at + 5 > end || bytes[at + 2] !== 0) return -1
  const length = u16(bytes, at + 3)
  if (length === 0 || length > MAX_NAME || at + 5 + length > end) return -1
  if (!hello.named) {
    hello.named = true
    hello.from = at + 5
    hello.to = hello.from
    while (hello.to < hello.from + length && bytes[hello.to] !== 0) hello.to++
  }
  return 5 + length
}

/** The first version of the list that is one. */
function readVersions(bytes: Uint8Array, at: number, end: number, hello: Hello): number {
  const length = bytes[at] ?? 0
  if (length < 2 || at + 1 + length > end) return -1
  for (let i = 0; i + 1 < length; i += 2) {
    const version = u16(bytes, at + 1 + i)
    if (!isVersion(version)) continue
    hello.version = version
    break
  }
  return 1 + length
}

/** SSL 3.0 … TLS 1.3, and the drafts of 1.3. */
export function isVersion(version: number): boolean {
  if (version >> 8 === 0x7f) return version === PRE_DRAFT || (version >= 0x7f10 && version <= 0x7f1c)
  if (version >> 8 === 0xfb) return (version >= 0xfb14 && version <= 0xfb17) || version === 0xfb1a
  return version >= 0x300 && version <= 0x304
}

/** What Suricata takes a hello's version for. */
export function versionOf(version: number): number {
  return version === 0x304 || (version >= 0x7f01 && version < 0x7f10) ? PRE_DRAFT : version
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
