const CLIENT_HELLO = 1
const SERVER_HELLO = 4
/** What Suricata reads of a hello: its version, and the lengths of ciphers and session. */
const HELLO_FIELDS = 6

/** Whether a record beginning with that byte is one of SSL 2, for Suricata: one of the two highest bits is set. */
export function isOldRecord(first: number): boolean {
  return (first & 0xc0) !== 0
}

/** A record of SSL 2: its length, padding if its first bit is not set, and a message. Refilled for each. */
export class OldRecord {
  /** It is not complete: Suricata waits until so many bytes are there, counted from its start. */
  needed = 0
  /** Suricata gives up. */
  failed = false
  /** Offset after it. */
  end = 0
  isClientHello = false
  isServerHello = false
  /** What a client's hello names; else 0. */
  version = 0

  read(bytes: Uint8Array, at: number, to: number): void {
    const first = bytes[at] ?? 0
    const isShort = (first & 0x80) !== 0
    const lead = isShort ? 2 : 3
    const have = to - at
    const length = ((first & (isShort ? 0x7f : 0x3f)) << 8) | (have > 1 ? (bytes[at + 1] ?? 0) : 0)
    const header = Math.min(have, lead + 1)
    this.end = at + lead + length
    const isComplete = have > lead && have >= lead + length && (length > 0 || have > header)
    // It takes the type for a part of the header, and yet counts it again.
    this.needed = isComplete ? 0 : Math.max(header + length, have + 1)
    this.#readType(bytes, at + lead, to)
    this.failed = length === 0 || (this.isClientHello && have - header < HELLO_FIELDS)
  }

  #readType(bytes: Uint8Array, at: number, to: number): void {
    this.isClientHello = at < to && bytes[at] === CLIENT_HELLO
    this.isServerHello = at < to && bytes[at] === SERVER_HELLO
    this.version = this.isClientHello ? ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0) : 0
  }
}
