import type { Cidr } from '../../support/cidr.ts'
import { parseCidr } from '../../support/cidr.ts'
import { FlowbreakError } from '../../support/errors.ts'

/** Blocks that cases get their addresses from, `192.0.2.0/24`. */
export interface AddressRanges {
  readonly clients: string
  readonly servers: string
  readonly clients6: string
  readonly servers6: string
}

/** The blocks set aside for benchmarking: RFC 2544 (198.18.0.0/15) and RFC 5180 (2001:2::/48). */
export const BENCHMARKING: AddressRanges = {
  clients: '198.18.0.0/16',
  servers: '198.19.0.0/16',
  clients6: '2001:2:0:c::/64',
  servers6: '2001:2:0:5::/64',
}

/** Addresses of one block, each given once until all have been. */
class Block {
  readonly #cidr: Cidr
  readonly #size: number
  readonly #taken: readonly Uint8Array[]
  readonly #first: number
  #given = 0

  /** `draw`: where in the block it begins, of 32 bits; `taken`: addresses that are never given. */
  constructor(name: string, text: string, draw: number, taken: readonly Uint8Array[]) {
    const cidr = parseCidr(text)
    const six = name.endsWith('6')
    if (cidr === undefined || cidr.bytes.length !== (six ? 16 : 4) || cidr.bits > cidr.bytes.length * 8 - 4)
      throw new FlowbreakError(
        'ERR_CONFIG',
        `addresses.${name}: ${JSON.stringify(text)} is no block of ${six ? 'IPv6' : 'IPv4'} addresses with room for cases: give one like ${BENCHMARKING[name as keyof AddressRanges]}.`,
      )
    this.#cidr = cidr
    this.#size = 2 ** Math.min(32, cidr.bytes.length * 8 - cidr.bits)
    this.#taken = taken
    this.#first = draw % this.#size
  }

  /** How often every address has been given. */
  get rounds(): number {
    return Math.floor(this.#given / this.#size)
  }

  take(): Uint8Array {
    for (;;) {
      const place = (this.#first + this.#given++) % this.#size
      // Those at both ends may mean the network, and everybody in it.
      if (place === 0 || place === this.#size - 1) continue
      const address = this.#at(place)
      if (!this.#taken.some((taken) => taken.every((byte, index) => byte === address[index]))) return address
    }
  }

  #at(place: number): Uint8Array {
    const { bytes, bits } = this.#cidr
    const address = bytes.slice()
    const size = address.length * 8
    for (let bit = bits; bit < size; bit++) address[bit >> 3] = (address[bit >> 3] ?? 0) & ~(0x80 >> (bit & 7))
    for (let k = 0; k < 4; k++) {
      const at = address.length - 1 - k
      address[at] = (address[at] ?? 0) | ((place >>> (8 * k)) & 0xff)
    }
    return address
  }
}

/** Gives out addresses of clients and servers, none twice before its block has been gone through. */
export class AddressPool {
  readonly #blocks: Readonly<Record<keyof AddressRanges, Block>>

  /** `draw`: 32 bits for where each block begins; `taken`: addresses that are others' (those of controls). ERR_CONFIG. */
  constructor(ranges: AddressRanges, draw: () => number, taken: readonly string[]) {
    const bytes = taken.flatMap((text) => parseCidr(text)?.bytes ?? [])
    const block = (name: keyof AddressRanges) => new Block(name, ranges[name], draw(), bytes)
    this.#blocks = {
      clients: block('clients'),
      servers: block('servers'),
      clients6: block('clients6'),
      servers6: block('servers6'),
    }
  }

  /** The next address of a block. */
  take(end: 'client' | 'server', size: 4 | 16): Uint8Array {
    return this.#blocks[`${end}s${size === 4 ? '' : '6'}`].take()
  }

  /** How often the clients of a family have all been given. */
  rounds(size: 4 | 16): number {
    return this.#blocks[size === 4 ? 'clients' : 'clients6'].rounds
  }
}
