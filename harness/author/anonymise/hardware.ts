import type { PrefixCipher } from './prefix-cipher.ts'

const MOST = 1 << 18
const PURPOSE = 1

/** Gives hardware addresses their others, in place: one for one, of the same kind (group or station, administered locally or not). */
export class HardwareMap {
  readonly #cipher: PrefixCipher
  #others = new Map<number, Uint8Array>()
  #last = -1
  #lastOther: Uint8Array = new Uint8Array(6)
  found = 0

  constructor(cipher: PrefixCipher) {
    this.#cipher = cipher
  }

  /** The address of 6 bytes at `at`. Broadcast, none, and the groups of IEEE 802.1 (01:80:c2) and Cisco (01:00:0c) stay. */
  map(bytes: Uint8Array, at: number): void {
    const high = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const low = ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0)
    const old = high * 0x1000000 + low
    let other: Uint8Array = this.#lastOther
    if (old !== this.#last) {
      const known = this.#others.get(old)
      other = known ?? this.#add(bytes.slice(at, at + 6), old, high, low)
      this.#last = old
      this.#lastOther = other
    }
    for (let k = 0; k < 6; k++) bytes[at + k] = other[k] ?? 0
  }

  #add(old: Uint8Array, number: number, high: number, low: number): Uint8Array {
    if (this.#others.size >= MOST) this.#others = new Map()
    const stays =
      number === 0 ||
      number === 0xffff_ffff_ffff ||
      high === 0x0180c2 ||
      high === 0x01000c ||
      isFixedGroup(high, low)
    const other = old.slice()
    if (!stays) {
      const drawn = this.#cipher.draw(PURPOSE, old)
      // Groups of IP keep the bytes that say so.
      const from = high === 0x01005e ? 3 : high >> 8 === 0x3333 ? 2 : 0
      for (let k = from; k < 6; k++) other[k] = drawn[k] ?? 0
      if (from === 0) other[0] = ((drawn[0] ?? 0) & 0xfc) | ((old[0] ?? 0) & 3)
      if (from === 3) other[3] = (other[3] ?? 0) & 0x7f
      this.found++
    }
    this.#others.set(number, other)
    return other
  }
}

/** The hardware addresses of groups that stay: 224.0.0.0/23, SSDP, and those of IPv6 that are assigned and small. */
function isFixedGroup(high: number, low: number): boolean {
  if (high === 0x01005e) return low < 0x200 || low === 0x7ffffa
  return high === 0x333300 && low < 0x20000
}
