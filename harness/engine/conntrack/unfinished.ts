import { Extent } from '../../flow/extent.ts'
import { newFragment, oddBytes, readFragment } from '../../flow/fragment.ts'
import { FragmentTimer } from '../../flow/fragment-timer.ts'
import { checkDrop, DISCARD, SKIP } from '../../flow/overlap.ts'
import { insertPiece, joinsRun, type Span } from '../../flow/piece.ts'
import type { Emitted, Nanos, PacketBatch } from '../../model/batch.ts'
import { Direction, Kind } from '../../model/codes.ts'
import type { FragmentReading } from '../../model/reading.ts'
import { buildTimeExceeded } from '../../wire/time-exceeded.ts'

/** The most incomplete datagrams that are awaited at a time; beyond that the oldest are forgotten. */
const MOST_DATAGRAMS = 4096
const MOST_HOSTS = 256

/** An incomplete datagram of which a host has seen fragments. */
interface Begun {
  readonly pieces: Span[]
  readonly extent: Extent
  /** When its reassembly times out. */
  due: Nanos
  /** The ICMP error that its sender then gets, once its first fragment was seen. */
  answer: Emitted | undefined
}

/**
 * Incomplete IPv6 datagrams of each host. When one times out, its sender gets an ICMPv6 error at that very moment, if its first fragment
 * was seen (Linux nf_conntrack_reasm.c; RFC 8200 4.5). IPv4 datagrams are discarded silently when Linux forwards (ip_fragment.c), and so
 * are datagrams with overlapping fragments. Linux's rate limit on errors is not modelled. Kept besides the datagrams of harness/flow,
 * which combine the fragments of all hosts: each host sees only its own.
 */
export class Unfinished {
  readonly #timer: FragmentTimer
  readonly #discards: boolean
  readonly #fragment = newFragment()
  /** By datagram and host, the earliest due first. */
  readonly #begun = new Map<number, Begun>()

  constructor(reading: FragmentReading) {
    this.#timer = new FragmentTimer(reading)
    this.#discards = reading.overlap === 'drop'
  }

  /** When the next datagram may time out; infinity if there is none. */
  get next(): Nanos {
    for (const { due } of this.#begun.values()) return due
    return Number.POSITIVE_INFINITY
  }

  /** Records packet `index`, a fragment that `host` has seen and that completes no datagram there. */
  note(batch: PacketBatch, index: number, host: number): void {
    const datagram = batch.datagram[index] ?? -1
    const fragment = this.#fragment
    if (batch.kind[index] !== Kind.fragment6 || datagram < 0 || !readFragment(batch, index, fragment)) return
    const key = datagram * MOST_HOSTS + host
    const begun = this.#begun.get(key) ?? { pieces: [], extent: new Extent(), due: 0, answer: undefined }
    const { from, to, offset, isLast } = fragment
    const length = to - from
    if (oddBytes(fragment) > 0) {
      this.#begun.delete(key)
      return
    }
    const overlap = this.#discards
      ? begun.extent.admit(true, offset + length, length, !isLast) ||
        checkDrop(begun.pieces, { offset, length })
      : 0
    if (overlap === DISCARD) {
      this.#begun.delete(key)
      return
    }
    this.#await(key, begun, batch.time[index] ?? 0)
    if (overlap === SKIP) return
    insertPiece(begun.pieces, { offset, data: { length }, joins: joinsRun(begun.pieces, offset) })
    if (offset === 0) begun.answer ??= this.#answerTo(batch, index, host)
  }

  /** The datagram of packet `index` is complete at `host`. */
  complete(batch: PacketBatch, index: number, host: number): void {
    this.#begun.delete((batch.datagram[index] ?? -1) * MOST_HOSTS + host)
  }

  /** Adds to `batch.emitted` the errors about datagrams that have timed out by `now`. */
  advance(batch: PacketBatch, now: Nanos): void {
    for (const [key, { due, answer }] of this.#begun) {
      if (!this.#timer.isOver(due, now)) return
      this.#begun.delete(key)
      if (answer !== undefined) batch.emitted.push({ ...answer, at: due })
    }
  }

  /** Forgets everything that a host has seen. */
  forget(host: number): void {
    for (const key of this.#begun.keys()) if (key % MOST_HOSTS === host) this.#begun.delete(key)
  }

  clear(): void {
    this.#begun.clear()
  }

  #await(key: number, begun: Begun, now: Nanos): void {
    const known = this.#begun.has(key)
    const due = this.#timer.due(true, now, known ? begun.due : undefined)
    if (known && due === begun.due) return
    begun.due = due
    if (known) this.#begun.delete(key)
    this.#begun.set(key, begun)
    if (this.#begun.size > MOST_DATAGRAMS)
      for (const oldest of this.#begun.keys()) {
        this.#begun.delete(oldest)
        return
      }
  }

  #answerTo(batch: PacketBatch, index: number, host: number): Emitted | undefined {
    const flow = batch.flow[index] ?? -1
    const frame = flow < 0 ? undefined : buildTimeExceeded(batch, index)
    if (frame === undefined) return undefined
    const to = batch.direction[index] === Direction.c2s ? 'client' : 'server'
    const link = batch.link[index] ?? 0
    return { cause: -1, kind: 'icmp', to, flow, by: host, at: 0, link, frame, seq: 0, ack: 0 }
  }
}
