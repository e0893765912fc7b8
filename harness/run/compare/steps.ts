import { carriedFlags } from '../../flow/carried.ts'
import type { PacketBatch } from '../../model/batch.ts'

const FIRST_CAPACITY = 256

/** The packets that were offered, as growing columns with one entry for each packet. */
export class Steps {
  count = 0
  step = new Int32Array(FIRST_CAPACITY)
  number = new Int32Array(FIRST_CAPACITY)
  time = new Float64Array(FIRST_CAPACITY)
  flow = new Int32Array(FIRST_CAPACITY)
  direction = new Uint8Array(FIRST_CAPACITY)
  phase = new Uint8Array(FIRST_CAPACITY)
  kind = new Uint8Array(FIRST_CAPACITY)
  flags = new Int32Array(FIRST_CAPACITY)
  payload = new Int32Array(FIRST_CAPACITY)
  seq = new Int32Array(FIRST_CAPACITY)

  push(packets: PacketBatch, i: number): void {
    if (this.count === this.number.length) this.#grow()
    const n = this.count++
    this.step[n] = packets.step[i] ?? -1
    this.number[n] = packets.number[i] ?? 0
    this.time[n] = packets.time[i] ?? 0
    this.flow[n] = packets.flow[i] ?? -1
    this.direction[n] = packets.direction[i] ?? 0
    this.phase[n] = packets.phase[i] ?? 0
    this.kind[n] = packets.kind[i] ?? 0
    this.flags[n] = carriedFlags(packets, i)
    this.payload[n] = packets.payload[i] ?? 0
    this.seq[n] = packets.seq[i] ?? 0
  }

  /** Whether entry `n` is that packet of a batch, offered in the same place. */
  is(n: number, packets: PacketBatch, i: number): boolean {
    return (
      n < this.count &&
      this.number[n] === packets.number[i] &&
      this.time[n] === packets.time[i] &&
      this.flow[n] === packets.flow[i] &&
      this.direction[n] === packets.direction[i] &&
      this.phase[n] === packets.phase[i] &&
      this.kind[n] === packets.kind[i] &&
      this.flags[n] === carriedFlags(packets, i) &&
      this.payload[n] === packets.payload[i] &&
      this.seq[n] === packets.seq[i]
    )
  }

  #grow(): void {
    this.step = grown(this.step, new Int32Array(this.count * 2))
    this.number = grown(this.number, new Int32Array(this.count * 2))
    this.time = grown(this.time, new Float64Array(this.count * 2))
    this.flow = grown(this.flow, new Int32Array(this.count * 2))
    this.direction = grown(this.direction, new Uint8Array(this.count * 2))
    this.phase = grown(this.phase, new Uint8Array(this.count * 2))
    this.kind = grown(this.kind, new Uint8Array(this.count * 2))
    this.flags = grown(this.flags, new Int32Array(this.count * 2))
    this.payload = grown(this.payload, new Int32Array(this.count * 2))
    this.seq = grown(this.seq, new Int32Array(this.count * 2))
  }
}

/** `larger` with the entries of `from` at its beginning. */
export function grown<T extends { set(from: T): void }>(from: T, larger: T): T {
  larger.set(from)
  return larger
}
