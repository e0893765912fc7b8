import type { AddressRanges } from '../../model/target.ts'
import { type Cidr, parseCidr } from '../../support/cidr.ts'
import { FlowbreakError } from '../../support/errors.ts'

/** Most addresses used from a block; after them it starts again. */
const MOST_ADDRESSES = 2 ** 20

export interface PoolOptions {
  readonly ranges: AddressRanges
  /** 32 random bits, for where each block begins. */
  readonly draw: () => number
  /** Addresses that are in use elsewhere, such as those of controls. */
  readonly taken: readonly string[]
  /** The current second of some clock; absent: no device remembers an address. */
  readonly now?: () => number
}

/**
 * Gives out addresses of clients and servers, one after the other. A client's address is given out again only when no device can still
 * have a session of its earlier use.
 */
export class AddressPool {
  readonly #blocks: Readonly<Record<keyof AddressRanges, Block>>
  readonly #now: (() => number) | undefined
  #remembered = 0

  constructor({ ranges, draw, taken, now }: PoolOptions) {
    const bytes = taken.flatMap((text) => parseCidr(text)?.bytes ?? [])
    const block = (name: keyof AddressRanges) => new Block(name, ranges[name], draw(), bytes)
    this.#blocks = {
      clients: block('clients'),
      servers: block('servers'),
      clients6: block('clients6'),
      servers6: block('servers6'),
    }
    this.#now = now
  }

  /** From now on addresses are remembered for that many seconds, or longer if a longer time was set before. */
  remember(seconds: number): void {
    this.#remembered = Math.max(this.#remembered, seconds)
  }

  /** The next address, of 4 or 16 bytes. Throws ERR_ADDRESSES if all were given out within the time for which they are remembered. */
  take(end: 'client' | 'server', size: 4 | 16): Uint8Array {
    const block = this.#blocks[`${end}s${size === 4 ? '' : '6'}`]
    return block.take(end === 'client' ? this.#now?.() : undefined, this.#remembered)
  }
}

class Block {
  readonly #name: string
  readonly #text: string
  readonly #cidr: Cidr
  readonly #size: number
  readonly #taken: readonly Uint8Array[]
  readonly #givenAt = new Map<number, number>()
  #next: number

  constructor(name: keyof AddressRanges, text: string, draw: number, taken: readonly Uint8Array[]) {
    const cidr = parseCidr(text)
    if (cidr === undefined) throw new RangeError(`${text} is not a block of addresses`)
    this.#name = name
    this.#text = text
    this.#cidr = cidr
    this.#size = Math.min(MOST_ADDRESSES, 2 ** (cidr.bytes.length * 8 - cidr.bits))
    this.#taken = taken
    this.#next = draw % this.#size
  }

  take(now: number | undefined, remembered: number): Uint8Array {
    for (;;) {
      const place = this.#next
      this.#next = (place + 1) % this.#size
      // The first and the last may be the address of the network and its broadcast address.
      if (place === 0 || place === this.#size - 1) continue
      const address = this.#at(place)
      if (this.#taken.some((taken) => taken.every((byte, index) => byte === address[index]))) continue
      if (now !== undefined) this.#give(place, now, remembered)
      return address
    }
  }

  #give(place: number, now: number, remembered: number): void {
    const before = this.#givenAt.get(place)
    if (before !== undefined && now - before <= remembered)
      throw new FlowbreakError(
        'ERR_ADDRESSES',
        `All addresses of ${this.#name} ${this.#text} were used within ${remembered} s, for which the device may remember them: give the target a larger block.`,
      )
    this.#givenAt.set(place, now)
  }

  #at(place: number): Uint8Array {
    const { bytes, bits } = this.#cidr
    const address = bytes.slice()
    for (let bit = bits; bit < address.length * 8; bit++)
      address[bit >> 3] = (address[bit >> 3] ?? 0) & ~(0x80 >> (bit & 7))
    for (let k = 1; k <= 3; k++) {
      const at = address.length - k
      address[at] = (address[at] ?? 0) | ((place >>> (8 * (k - 1))) & 0xff)
    }
    return address
  }
}
