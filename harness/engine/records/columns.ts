const FIRST_CAPACITY = 64
/** Bytes of each of the two addresses of a row, of which IPv4 uses four. */
export const ADDRESS_BYTES = 16

/**
 * The records of flow entries, as columns indexed by row; two-way columns have the value for packets to the server at row * 2, and that
 * for packets to the client at row * 2 + 1. Grows by doubling.
 */
export class RecordColumns {
  /** Number of the entry, from 1 in the order of opening; never reused. */
  serial = new Float64Array(FIRST_CAPACITY)
  host = new Uint8Array(FIRST_CAPACITY)
  flow = new Int32Array(FIRST_CAPACITY)
  /** When the first and the latest packet were seen. */
  start = new Float64Array(FIRST_CAPACITY)
  last = new Float64Array(FIRST_CAPACITY)
  /** The head and the extra word of the entry after its latest packet (engine/record.ts). */
  head = new Int32Array(FIRST_CAPACITY)
  extra = new Int32Array(FIRST_CAPACITY)
  /** The state whose time-out then applies. */
  timed = new Uint8Array(FIRST_CAPACITY)
  /** IP version, protocol, VLAN ids as in the batch, and ports as source << 16 | destination, of the first packet. */
  version = new Uint8Array(FIRST_CAPACITY)
  protocol = new Uint8Array(FIRST_CAPACITY)
  vlan = new Int32Array(FIRST_CAPACITY)
  ports = new Int32Array(FIRST_CAPACITY)
  /** ICMP type << 8 | code of the first packet. */
  icmp = new Uint16Array(FIRST_CAPACITY)
  /** Source address of the first packet, then its destination. */
  addresses = new Uint8Array(FIRST_CAPACITY * 2 * ADDRESS_BYTES)
  /** 1: it has raised an alert. */
  alerted = new Uint8Array(FIRST_CAPACITY)
  /** What the exception policy did to it: a `Verdict`; 0: nothing. */
  exception = new Uint8Array(FIRST_CAPACITY)
  /** Two-way. */
  packets = new Float64Array(FIRST_CAPACITY * 2)
  bytes = new Float64Array(FIRST_CAPACITY * 2)
  minTtl = new Uint8Array(FIRST_CAPACITY * 2)
  maxTtl = new Uint8Array(FIRST_CAPACITY * 2)
  /** TCP flags seen while there was a session. */
  flags = new Uint8Array(FIRST_CAPACITY * 2)

  get capacity(): number {
    return this.serial.length
  }

  grow(): void {
    this.serial = doubled(this.serial)
    this.host = doubled(this.host)
    this.flow = doubled(this.flow)
    this.start = doubled(this.start)
    this.last = doubled(this.last)
    this.head = doubled(this.head)
    this.extra = doubled(this.extra)
    this.timed = doubled(this.timed)
    this.version = doubled(this.version)
    this.protocol = doubled(this.protocol)
    this.vlan = doubled(this.vlan)
    this.ports = doubled(this.ports)
    this.icmp = doubled(this.icmp)
    this.addresses = doubled(this.addresses)
    this.alerted = doubled(this.alerted)
    this.exception = doubled(this.exception)
    this.packets = doubled(this.packets)
    this.bytes = doubled(this.bytes)
    this.minTtl = doubled(this.minTtl)
    this.maxTtl = doubled(this.maxTtl)
    this.flags = doubled(this.flags)
  }

  /** Zeroes the accumulated columns; the others are written when a row is opened. */
  empty(row: number): void {
    this.alerted[row] = 0
    this.exception[row] = 0
    for (const way of [row * 2, row * 2 + 1]) {
      this.packets[way] = 0
      this.bytes[way] = 0
      this.minTtl[way] = 0
      this.maxTtl[way] = 0
      this.flags[way] = 0
    }
  }

  /** The side taken for the client is the server (a session picked up on the server's packet): swaps all two-way columns. */
  swapSides(row: number): void {
    for (const column of [this.packets, this.bytes, this.minTtl, this.maxTtl, this.flags]) {
      const toServer = column[row * 2] ?? 0
      column[row * 2] = column[row * 2 + 1] ?? 0
      column[row * 2 + 1] = toServer
    }
    const at = row * 2 * ADDRESS_BYTES
    const source = this.addresses.slice(at, at + ADDRESS_BYTES)
    this.addresses.copyWithin(at, at + ADDRESS_BYTES, at + 2 * ADDRESS_BYTES)
    this.addresses.set(source, at + ADDRESS_BYTES)
    const ports = this.ports[row] ?? 0
    this.ports[row] = (ports << 16) | (ports >>> 16)
  }
}

type Column =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>

function doubled<T extends Column>(column: T): T
function doubled(column: Column): Column {
  if (column instanceof Float64Array) return copied(new Float64Array(column.length * 2), column)
  if (column instanceof Int32Array) return copied(new Int32Array(column.length * 2), column)
  if (column instanceof Uint16Array) return copied(new Uint16Array(column.length * 2), column)
  return copied(new Uint8Array(column.length * 2), column)
}

function copied<T extends Column>(into: T, from: Column): T {
  into.set(from)
  return into
}
