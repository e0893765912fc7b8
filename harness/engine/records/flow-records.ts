import { ipProtocol } from '../../flow/transport.ts'
import type { Nanos, PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind, Reason } from '../../model/codes.ts'
import { u16 } from '../../wire/bytes.ts'
import { destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { hasPorts } from '../../wire/numbers.ts'
import { reasonOf, verdictOf } from '../outcome.ts'
import { EXTRA, Flag, STATE_MASK, State } from '../record.ts'
import type { SessionTable } from '../table.ts'
import { ADDRESS_BYTES, RecordColumns } from './columns.ts'

/** How a flow entry ended: expired or replaced by a fresh SYN (one word for both, as in Suricata), or with the replay. */
export type FlowEnd = 'timeout' | 'shutdown'

/** Receives records as they are made. Batches and rows are valid during the call only. */
export interface RecordSink {
  /**
   * The stateful engine has decided packet `index`, or the datagram that it completed; `row`: that of its flow's entry, -1 if it
   * has none; `toServer`: as the host sees it.
   */
  decided(batch: PacketBatch, cause: number | Rebuilt, host: number, row: number, toServer: boolean): void
  /** The entry of the row has ended. */
  ended(row: number, reason: FlowEnd, at: Nanos): void
}

/**
 * Keeps a record of every flow entry of every host: its endpoints, its packets and bytes, when it began, and how it ended. Rows of ended
 * entries are reused, so memory is proportional to the entries that live at one time.
 */
export class FlowRecords {
  readonly columns = new RecordColumns()
  /** Nanoseconds since 1970 at which `Nanos` is 0. */
  epoch = 0n
  readonly #sink: RecordSink
  /** By host, then by flow: row + 1; 0: none. */
  readonly #rows: Int32Array[] = []
  readonly #free: number[] = []
  #used = 0
  #serial = 0
  #now: Nanos = 0

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  /** The row of a flow's entry at a host; -1: none is open. */
  rowOf(host: number, flow: number): number {
    return (flow < 0 ? 0 : (this.#rows[host]?.[flow] ?? 0)) - 1
  }

  /** Records a decided packet that belongs to no flow entry. */
  seeAlone(batch: PacketBatch, index: number, host: number): void {
    this.#now = Math.max(this.#now, batch.time[index] ?? 0)
    this.#sink.decided(batch, index, host, -1, true)
  }

  /**
   * Records a decided packet, or reassembled datagram, of the flow entry at `base` of a host's table. Opens a row if
   * the entry has none yet.
   */
  see(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    table: SessionTable,
    base: number,
    toServer: boolean,
    outcome: number,
  ): void {
    const index = typeof cause === 'number' ? cause : cause.index
    const flow = batch.flow[index] ?? 0
    const now = batch.time[index] ?? 0
    this.#now = Math.max(this.#now, now)
    const { columns } = this
    const head = table.words[base] ?? 0
    let row = this.rowOf(host, flow)
    if (row < 0) row = this.#open(batch, cause, host, flow, now, head, toServer)
    else if (((head ^ (columns.head[row] ?? 0)) & Flag.flipped) !== 0) columns.swapSides(row)
    columns.head[row] = head
    columns.extra[row] = table.words[base + EXTRA] ?? 0
    columns.timed[row] = table.timedState(base)
    if (now > (columns.last[row] ?? 0)) columns.last[row] = now
    if (reasonOf(outcome) === Reason['stream midstream']) columns.exception[row] = verdictOf(outcome)
    this.#add(batch, cause, row * 2 + (toServer ? 0 : 1), head)
    this.#sink.decided(batch, cause, host, row, toServer)
  }

  /** The entry of this flow has ended, whether or not another takes its place. */
  end(host: number, flow: number, reason: FlowEnd, at: Nanos): void {
    const row = this.rowOf(host, flow)
    if (row < 0) return
    this.#sink.ended(row, reason, Math.max(this.#now, at))
    this.#release(row)
  }

  /** Drops the open records of a lost host; they are never written. */
  forget(host: number): void {
    const rows = this.#rows[host] ?? []
    for (const row of rows) if (row > 0) this.#release(row - 1)
  }

  /** The replay has ended: ends every entry, in the order of opening. `isExpired` says which had expired by then. */
  endAll(isExpired: (row: number, now: Nanos) => boolean): void {
    const open = this.#rows.flatMap((rows) => [...rows]).filter((row) => row > 0)
    const serials = this.columns.serial
    for (const row of open.map((held) => held - 1).sort((a, b) => (serials[a] ?? 0) - (serials[b] ?? 0))) {
      this.#sink.ended(row, isExpired(row, this.#now) ? 'timeout' : 'shutdown', this.#now)
      this.#release(row)
    }
  }

  /** Drops all records without writing any. */
  clear(): void {
    for (const host of this.#rows.keys()) this.forget(host)
    this.#serial = 0
    this.#now = 0
  }

  #open(
    batch: PacketBatch,
    cause: number | Rebuilt,
    host: number,
    flow: number,
    now: Nanos,
    head: number,
    toServer: boolean,
  ): number {
    const row = this.#free.pop() ?? this.#used++
    const { columns } = this
    if (row >= columns.capacity) columns.grow()
    columns.empty(row)
    columns.serial[row] = ++this.#serial
    columns.host[row] = host
    columns.flow[row] = flow
    columns.start[row] = now
    columns.last[row] = now
    columns.head[row] = head
    this.#describe(batch, cause, row)
    // The first packet seen of an imported session may be its server's.
    if (!toServer) columns.swapSides(row)
    this.#assign(host, flow, row + 1)
    return row
  }

  /** Records the packet's endpoints. */
  #describe(batch: PacketBatch, cause: number | Rebuilt, row: number): void {
    const whole = typeof cause !== 'number'
    const index = whole ? cause.index : cause
    const bytes = whole ? cause.bytes : batch.bytes
    const l3 = whole ? 0 : (batch.l3[index] ?? 0)
    const l4 = whole ? cause.l4 : (batch.l4[index] ?? -1)
    const end = whole ? bytes.length : (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
    const six = isIpv6(bytes, l3)
    const size = six ? ADDRESS_BYTES : 4
    const protocol = ipProtocol(bytes, l3, end)
    const { columns } = this
    const at = row * 2 * ADDRESS_BYTES
    for (let k = 0; k < size; k++) {
      columns.addresses[at + k] = bytes[sourceAt(bytes, l3) + k] ?? 0
      columns.addresses[at + ADDRESS_BYTES + k] = bytes[destinationAt(bytes, l3) + k] ?? 0
    }
    columns.version[row] = six ? 6 : 4
    columns.protocol[row] = protocol
    columns.vlan[row] = batch.vlan[index] ?? 0
    const ports = l4 >= 0 && hasPorts(protocol)
    columns.ports[row] = ports ? (u16(bytes, l4) << 16) | u16(bytes, l4 + 2) : 0
    columns.icmp[row] = l4 >= 0 && !ports ? u16(bytes, l4) : 0
  }

  /**
   * Adds a packet to one direction of its row. Bytes are those of the captured frame; a reassembled datagram counts with the
   * link header of its last fragment (Suricata 7).
   */
  #add(batch: PacketBatch, cause: number | Rebuilt, way: number, head: number): void {
    const { columns } = this
    const whole = typeof cause !== 'number'
    const index = whole ? cause.index : cause
    const bytes = whole ? cause.bytes : batch.bytes
    const l3 = whole ? 0 : (batch.l3[index] ?? 0)
    const length = whole
      ? bytes.length + (batch.l3[index] ?? 0) - (batch.start[index] ?? 0)
      : (batch.captured[index] ?? 0)
    const ttl = bytes[l3 + (isIpv6(bytes, l3) ? 7 : 8)] ?? 0
    const least = columns.minTtl[way] ?? 0
    columns.packets[way] = (columns.packets[way] ?? 0) + 1
    columns.bytes[way] = (columns.bytes[way] ?? 0) + length
    columns.minTtl[way] = least === 0 ? ttl : Math.min(least, ttl)
    columns.maxTtl[way] = Math.max(columns.maxTtl[way] ?? 0, ttl)
    const kind = whole ? cause.kind : batch.kind[cause]
    if ((kind === Kind.tcp4 || kind === Kind.tcp6) && (head & STATE_MASK) > State.bare)
      columns.flags[way] = (columns.flags[way] ?? 0) | (whole ? cause.flags : (batch.flags[cause] ?? 0))
  }

  #assign(host: number, flow: number, held: number): void {
    while (this.#rows.length <= host) this.#rows.push(new Int32Array(0))
    let rows = this.#rows[host] ?? new Int32Array(0)
    if (flow >= rows.length) {
      const grown = new Int32Array(Math.max(64, 2 ** Math.ceil(Math.log2(flow + 1))))
      grown.set(rows)
      this.#rows[host] = grown
      rows = grown
    }
    rows[flow] = held
  }

  #release(row: number): void {
    this.#assign(this.columns.host[row] ?? 0, this.columns.flow[row] ?? 0, 0)
    this.#free.push(row)
  }
}
