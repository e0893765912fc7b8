import type { Nanos, PacketBatch } from '../model/batch.ts'
import { Direction, Kind } from '../model/codes.ts'
import { buildAbort, type FlowHeaders } from '../wire/reset.ts'
import { expiryMoment, timeoutIndex } from './expiry.ts'
import { ExpiryQueue } from './expiry-queue.ts'
import type { Hosts } from './hosts.ts'
import { CLIENT, EXPIRED, EXTRA, Flag, NEXT, ROW_MASK, SERVER, STATE_MASK, State } from './record.ts'
import type { Settings } from './settings.ts'
import type { SessionTable } from './table.ts'

/** A session that may expire. */
interface Watched {
  /** The host that saw its last packet: among copies of the session only that host's counts. */
  host: number
  readonly headers: FlowHeaders
  readonly fromClient: boolean
}

/**
 * Resets at expiry (knob `resetOnExpiry`; Cisco ASA `timeout … reset`, FortiOS `timeout-send-rst`): when an established session expires,
 * both ends get a reset at that very moment, before any later packet; half-closed sessions expire silently. A queue with one entry per
 * flow keeps the order; an entry's moment is checked again when it comes up.
 */
export class ExpiryResets {
  readonly #settings: Settings
  readonly #hosts: Hosts
  readonly #queue = new ExpiryQueue()
  readonly #watched = new Map<number, Watched>()

  private constructor(settings: Settings, hosts: Hosts) {
    this.#settings = settings
    this.#hosts = hosts
  }

  /** Undefined if sessions expire silently, which then costs nothing. */
  static of(settings: Settings, hosts: Hosts): ExpiryResets | undefined {
    return settings.resetOnExpiry === 'none' ? undefined : new ExpiryResets(settings, hosts)
  }

  /** When the next session may expire; infinity if none is watched. */
  get next(): Nanos {
    return this.#queue.first
  }

  /** Adds to `batch.emitted` the resets of every session that has expired when a packet arrives at `now`. */
  advance(batch: PacketBatch, now: Nanos): void {
    const queue = this.#queue
    const { wholeSeconds } = this.#settings
    while (wholeSeconds ? queue.first <= now : queue.first < now) {
      const expected = queue.first
      const flow = queue.take()
      const watched = this.#watched.get(flow)
      if (watched === undefined) continue
      const table = this.#hosts.table(watched.host)
      const base = table.touch(flow)
      if (!isOpen(table.words[base] ?? 0)) {
        this.#watched.delete(flow)
        continue
      }
      const moment = this.#momentOf(table, base)
      // A session that has been active since is queued again for its new moment.
      if (moment > expected) queue.add(moment, flow)
      else this.#expire(batch, flow, watched, table, base, moment)
    }
  }

  /** Watches the session of packet `index`, which has been decided, if it is established. */
  watch(batch: PacketBatch, index: number): void {
    const flow = batch.flow[index] ?? -1
    const kind = batch.kind[index]
    const host = batch.host[index] ?? 0
    const table = this.#hosts.tables[host]
    if (table === undefined || flow < 0 || (kind !== Kind.tcp4 && kind !== Kind.tcp6)) return
    const base = table.touch(flow)
    if (!isOpen(table.words[base] ?? 0)) return
    const known = this.#watched.get(flow)
    if (known !== undefined) {
      known.host = host
      return
    }
    const fromClient = batch.direction[index] === Direction.c2s
    this.#watched.set(flow, { host, headers: headersOf(batch, index), fromClient })
    this.#queue.add(this.#momentOf(table, base), flow)
  }

  clear(): void {
    this.#queue.clear()
    this.#watched.clear()
  }

  #momentOf(table: SessionTable, base: number): Nanos {
    const { timeouts, wholeSeconds } = this.#settings
    const row = (table.words[base + EXTRA] ?? 0) & ROW_MASK
    const timeout = timeouts[timeoutIndex(row, table.timedState(base), table.words[base] ?? 0)] ?? 0
    return expiryMoment(table.lastSeen(base), timeout, wholeSeconds)
  }

  /** The session ends here: a clock that goes back must not revive a session whose ends were reset. */
  #expire(
    batch: PacketBatch,
    flow: number,
    watched: Watched,
    table: SessionTable,
    base: number,
    at: Nanos,
  ): void {
    const { words } = table
    const flipped = ((words[base] ?? 0) & Flag.flipped) !== 0
    const client = (words[base + CLIENT + NEXT] ?? 0) >>> 0
    const server = (words[base + SERVER + NEXT] ?? 0) >>> 0
    this.#send(batch, flow, watched, flipped ? 'server' : 'client', server, client, at)
    if (this.#settings.resetOnExpiry === 'both')
      this.#send(batch, flow, watched, flipped ? 'client' : 'server', client, server, at)
    table.end(base, at)
    words[base + EXTRA] = (words[base + EXTRA] ?? 0) | EXPIRED
    this.#watched.delete(flow)
  }

  #send(
    batch: PacketBatch,
    flow: number,
    { host, headers, fromClient }: Watched,
    to: 'client' | 'server',
    seq: number,
    ack: number,
    at: Nanos,
  ): void {
    const towards = (to === 'client') === fromClient ? 'sender' : 'receiver'
    const reset = buildAbort(headers, towards, seq, ack, this.#settings.rstStyle)
    batch.emitted.push({ cause: -1, kind: 'tcp-rst', to, flow, by: host, at, link: headers.link, ...reset })
  }
}

/** Established, neither half-closed nor marked. */
function isOpen(head: number): boolean {
  return (head & (STATE_MASK | Flag.marked)) === State.established
}

/** A copy of a packet's headers up to its ports. */
function headersOf(batch: PacketBatch, index: number): FlowHeaders {
  const start = batch.start[index] ?? 0
  const l3 = batch.l3[index] ?? 0
  const l4 = batch.l4[index] ?? 0
  return {
    bytes: batch.bytes.slice(start, l4 + 4),
    link: batch.link[index] ?? 0,
    l3: l3 - start,
    l4: l4 - start,
  }
}
