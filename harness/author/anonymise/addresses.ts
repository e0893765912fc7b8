import { HashTable } from '../../support/hash-table.ts'
import { putU32 } from '../../wire/bytes.ts'
import type { PrefixCipher } from './prefix-cipher.ts'
import { leadingBits, leadingBits6, SPECIAL4 } from './special-ranges.ts'

/** Addresses of a family that are remembered; what goes beyond is mapped anew. */
const MOST = 1 << 20

/** Gives IP addresses their others, in place; each is enciphered once as long as it is remembered. */
export class AddressMap {
  readonly #cipher: PrefixCipher
  #four = new Map<number, number>()
  #six = new HashTable(4)
  /** Four words of each IPv6 address, by its id in the table. */
  #others = new Uint32Array(4 * 1024)
  /** The last 24 bits of addresses that were asked for, and of their others. */
  #solicited = new Map<number, number>()
  readonly #room = new Uint8Array(16)
  /** Addresses met, each once as long as no more than are remembered. */
  found4 = 0
  found6 = 0

  constructor(cipher: PrefixCipher) {
    this.#cipher = cipher
  }

  /** The IPv4 address at `at`. */
  map4(bytes: Uint8Array, at: number): void {
    const old =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0)
    let other = this.#four.get(old)
    if (other === undefined) {
      const room = this.#room
      putU32(room, 0, old)
      this.#cipher.map(room, 0, 4, leadingBits(SPECIAL4, room, 0))
      other = ((room[0] ?? 0) << 24) | ((room[1] ?? 0) << 16) | ((room[2] ?? 0) << 8) | (room[3] ?? 0)
      if (this.#four.size >= MOST) this.#four = new Map()
      this.#four.set(old, other)
      this.found4++
    }
    bytes[at] = other >>> 24
    bytes[at + 1] = other >>> 16
    bytes[at + 2] = other >>> 8
    bytes[at + 3] = other
  }

  /** The IPv6 address at `at`. */
  map6(bytes: Uint8Array, at: number): void {
    if (isSolicitedNode(bytes, at) && this.#mapSolicited(bytes, at)) return
    const key = this.#six.key
    for (let word = 0; word < 4; word++) {
      const from = at + word * 4
      key[word] =
        ((bytes[from] ?? 0) << 24) |
        ((bytes[from + 1] ?? 0) << 16) |
        ((bytes[from + 2] ?? 0) << 8) |
        (bytes[from + 3] ?? 0)
    }
    let id = this.#six.find()
    if (id < 0) id = this.#add6(bytes, at)
    for (let word = 0; word < 4; word++) putU32(bytes, at + word * 4, this.#others[id * 4 + word] ?? 0)
  }

  /** The address of `size` bytes, 4 or 16, at `at`. */
  map(bytes: Uint8Array, at: number, size: number): void {
    if (size === 4) this.map4(bytes, at)
    else this.map6(bytes, at)
  }

  /** Makes the solicited-node group of the address at `at` follow it from now on. */
  learn6(bytes: Uint8Array, at: number): void {
    const room = bytes.slice(at, at + 16)
    this.map6(room, 0)
    if (this.#solicited.size >= MOST) this.#solicited = new Map()
    this.#solicited.set(ending(bytes, at), ending(room, 0))
  }

  #mapSolicited(bytes: Uint8Array, at: number): boolean {
    const other = this.#solicited.get(ending(bytes, at))
    if (other === undefined) return false
    bytes[at + 13] = other >>> 16
    bytes[at + 14] = other >>> 8
    bytes[at + 15] = other
    return true
  }

  #add6(bytes: Uint8Array, at: number): number {
    if (this.#six.count >= MOST) this.#six.reset()
    const id = this.#six.add()
    if (id * 4 >= this.#others.length) {
      const grown = new Uint32Array(this.#others.length * 2)
      grown.set(this.#others)
      this.#others = grown
    }
    const room = this.#room
    for (let k = 0; k < 16; k++) room[k] = bytes[at + k] ?? 0
    this.#cipher.map(room, 0, 16, leadingBits6(room, 0))
    const view = new DataView(room.buffer)
    for (let word = 0; word < 4; word++) this.#others[id * 4 + word] = view.getUint32(word * 4)
    this.found6++
    return id
  }
}

/** Whether it is a group ff02::1:ff00:0/104 (RFC 4291 2.7.1). */
function isSolicitedNode(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0xff || bytes[at + 1] !== 0x02 || bytes[at + 11] !== 1 || bytes[at + 12] !== 0xff)
    return false
  for (let k = 2; k < 11; k++) if (bytes[at + k] !== 0) return false
  return true
}

/** The last 24 bits. */
function ending(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 13] ?? 0) << 16) | ((bytes[at + 14] ?? 0) << 8) | (bytes[at + 15] ?? 0)
}
