import { HashTable } from '../support/hash-table.ts'
import { u32 } from '../wire/bytes.ts'
import { destinationAt, sourceAt } from '../wire/ip.ts'
import { KEY4_WORDS, KEY6_WORDS, realm, writeKey4, writeKey6 } from './key.ts'

/** The keys of all known flows, one table per form of key; the owner defines the word stored with each key. */
export class KeyTables {
  readonly four = new HashTable(KEY4_WORDS)
  readonly six = new HashTable(KEY6_WORDS)
  /** Keys of flows in tunnels or with three VLAN tags, which have one more word. */
  readonly #fourStacked = new HashTable(KEY4_WORDS + 1)
  readonly #sixStacked = new HashTable(KEY6_WORDS + 1)

  /** The table for keys of that family; `stacked`: for flows in tunnels or with three VLAN tags. */
  of(six: boolean, stacked: boolean): HashTable {
    if (stacked) return six ? this.#sixStacked : this.#fourStacked
    return six ? this.six : this.four
  }

  /** Whether the keys of that table are IPv6. */
  isSix(table: HashTable): boolean {
    return table === this.six || table === this.#sixStacked
  }

  /** Removes every key and keeps the memory; the cost is proportional to what was used. */
  reset(): void {
    this.four.reset()
    this.six.reset()
    this.#fourStacked.reset()
    this.#sixStacked.reset()
  }
}

/**
 * Writes the key of the IP packet at `l3` into its table, for finding or adding; `stack` is 0 except for tables of stacked keys.
 * Returns whether its sender is the lower endpoint.
 */
export function writeKey(
  table: HashTable,
  bytes: Uint8Array,
  l3: number,
  six: boolean,
  ports: number,
  protocol: number,
  vlan: number,
  stack: number,
): boolean {
  const source = sourceAt(bytes, l3)
  const destination = destinationAt(bytes, l3)
  const home = realm(vlan, protocol)
  if (stack !== 0) table.key[six ? KEY6_WORDS : KEY4_WORDS] = stack
  if (six) return writeKey6(table.key, bytes, source, destination, ports, home)
  return writeKey4(table.key, u32(bytes, source) | 0, u32(bytes, destination) | 0, ports, home)
}

/** Whether both endpoints of the key are the same. */
export function isToItself(key: Int32Array, six: boolean, ports: number): boolean {
  const words = six ? 4 : 1
  for (let i = 0; i < words; i++) if (key[i] !== key[words + i]) return false
  return ports >>> 16 === (ports & 0xffff)
}
