import { type Cipher, createCipheriv } from 'node:crypto'

/** Bytes of a key: 16 for AES-128, 16 for the padding. */
export const KEY_BYTES = 32
const BLOCK = 16

/**
 * The prefix-preserving map of Crypto-PAn (Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002), and for
 * IPv6 the same over 128 bits: two addresses share as many leading bits after it as before. Each bit is flipped or not by one bit of
 * AES-128 over the bits before it, filled up with the padding; all of an address are enciphered at once.
 */
export class PrefixCipher {
  readonly #cipher: Cipher
  readonly #pad: Uint8Array
  /** A block a bit. */
  readonly #blocks = Buffer.alloc(128 * BLOCK)

  /** `key`: KEY_BYTES bytes. */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-128-ecb', key.subarray(0, BLOCK), null).setAutoPadding(false)
    this.#pad = this.#cipher.update(key.subarray(BLOCK, KEY_BYTES))
  }

  /** Maps the address of `size` bytes (4 or 16) at `at` in place; its first `kept` bits stay. */
  map(bytes: Uint8Array, at: number, size: number, kept = 0): void {
    const bits = size * 8
    if (kept >= bits) return
    const blocks = this.#blocks
    const pad = this.#pad
    for (let bit = kept; bit < bits; bit++) {
      const base = (bit - kept) * BLOCK
      const whole = bit >> 3
      const mask = (0xff00 >> (bit & 7)) & 0xff
      for (let k = 0; k < BLOCK; k++)
        blocks[base + k] =
          k < whole
            ? (bytes[at + k] ?? 0)
            : k === whole
              ? ((bytes[at + k] ?? 0) & mask) | ((pad[k] ?? 0) & ~mask)
              : (pad[k] ?? 0)
    }
    const enciphered = this.#cipher.update(blocks.subarray(0, (bits - kept) * BLOCK))
    for (let bit = kept; bit < bits; bit++) {
      const flip = (enciphered[(bit - kept) * BLOCK] ?? 0) >> 7
      const byte = at + (bit >> 3)
      bytes[byte] = (bytes[byte] ?? 0) ^ (flip << (7 - (bit & 7)))
    }
  }

  /** The first 48 bits of AES over `block` (at most 15 bytes, told apart by `purpose`), as bytes. */
  draw(purpose: number, block: Uint8Array): Uint8Array {
    const input = new Uint8Array(BLOCK)
    input.set(block.subarray(0, BLOCK - 1))
    input[BLOCK - 1] = purpose
    for (let k = 0; k < BLOCK; k++) input[k] = (input[k] ?? 0) ^ ((this.#pad[k] ?? 0) ^ 0xa5)
    return this.#cipher.update(input)
  }
}
