import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Direction, Kind, Tcp, Tunnels, Verdict } from '../model/codes.ts'
import { verifyChecksums } from '../wire/forge.ts'
import { addressLength, sourceAt } from '../wire/ip.ts'
import { dissectInner } from '../wire/tunnel/enter.ts'

/** A connection as its ends see it, by `Direction` of what an end sends. */
interface Ends {
  /** What each end expects next from the other; undefined: unknown yet. */
  readonly next: [number | undefined, number | undefined]
  /** Both addresses, and both ports, of packets from the client. */
  readonly addresses: Uint8Array
  readonly ports: Uint8Array
}

/**
 * What the ends of every TCP flow have received, by their acknowledgements and by what was forwarded to them: for resets that no
 * packet caused, which an end obeys only with exactly that number (RFC 5961 3.2).
 */
export class Receivers {
  readonly #flows = new Map<number, Ends>()
  /** The tunnels that are looked into, a `Tunnels` code. */
  #tunnels: number = Tunnels.outer

  /** Notes packet `index`, whose verdict must be known. */
  observe(batch: PacketBatch, index: number): void {
    const kind = batch.kind[index]
    const flow = batch.flow[index] ?? -1
    if (flow < 0 || (kind !== Kind.tcp4 && kind !== Kind.tcp6)) return
    const l4 = batch.l4[index] ?? 0
    const flags = batch.flags[index] ?? 0
    const sender = batch.direction[index] === Direction.c2s ? 0 : 1
    const receiver = 1 - sender
    const ends = this.#flows.get(flow) ?? this.#open(batch, index, flow)
    const seq = batch.view.getUint32(l4 + 4)
    const ack = batch.view.getUint32(l4 + 8)
    const known = ends.next[sender]
    if ((flags & Tcp.ack) !== 0 && (flags & Tcp.rst) === 0)
      if (known === undefined || ((ack - known) | 0) > 0) ends.next[sender] = ack
    if (batch.verdict[index] !== Verdict.forward) return
    const length =
      (batch.payload[index] ?? 0) + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
    const expected = ends.next[receiver]
    const fresh = (flags & Tcp.syn) !== 0 || expected === undefined
    if (fresh || (((seq - expected) | 0) <= 0 && ((seq + length - expected) | 0) > 0))
      ends.next[receiver] = (seq + length) >>> 0
  }

  /** Whether the receiver of a reset at expiry would obey it: addresses, ports, checksum, and exactly the next number. */
  accepts({ frame, link, flow = -1, to, seq }: Emitted): boolean {
    const ends = this.#flows.get(flow)
    const { l3, l4 } = dissectInner(frame, link, this.#tunnels)
    if (ends === undefined || l4 < 0) return false
    if (verifyChecksums(frame, link, this.#tunnels) === 'bad') return false
    if (seq !== ends.next[to === 'client' ? 0 : 1]) return false
    const size = addressLength(frame, l3)
    const back = to === 'client'
    const addresses = frame.subarray(sourceAt(frame, l3), sourceAt(frame, l3) + 2 * size)
    return (
      isPair(addresses, ends.addresses, size, back) && isPair(frame.subarray(l4, l4 + 4), ends.ports, 2, back)
    )
  }

  #open(batch: PacketBatch, index: number, flow: number): Ends {
    const { bytes } = batch
    this.#tunnels = batch.tunnels
    const l3 = batch.l3[index] ?? 0
    const l4 = batch.l4[index] ?? 0
    const size = addressLength(bytes, l3)
    const at = sourceAt(bytes, l3)
    const back = batch.direction[index] !== Direction.c2s
    const ends: Ends = {
      next: [undefined, undefined],
      addresses: pair(bytes.slice(at, at + 2 * size), size, back),
      ports: pair(bytes.slice(l4, l4 + 4), 2, back),
    }
    this.#flows.set(flow, ends)
    return ends
  }
}

/** Two values of `size` bytes, exchanged if `back`. */
function pair(both: Uint8Array, size: number, back: boolean): Uint8Array {
  return back ? Uint8Array.from([...both.subarray(size), ...both.subarray(0, size)]) : both
}

function isPair(seen: Uint8Array, known: Uint8Array, size: number, back: boolean): boolean {
  return pair(seen, size, back).every((byte, at) => byte === known[at])
}
