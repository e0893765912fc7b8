import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'

/** The subject of a decision: a packet of a batch, or a datagram that a fragment completed. One object, refilled each time. */
export class Subject {
  index = 0
  bytes: Uint8Array = new Uint8Array(0)
  kind: number = Kind.other
  l3 = -1
  l4 = -1
  payload = 0
  /** Where its captured bytes end in `bytes`. */
  end = 0

  /** Refills it for `cause`; valid as long as the batch. */
  look(batch: PacketBatch, cause: number | Rebuilt): this {
    const whole = typeof cause !== 'number'
    const index = whole ? cause.index : cause
    this.index = index
    this.bytes = whole ? cause.bytes : batch.bytes
    this.kind = whole ? cause.kind : (batch.kind[index] ?? Kind.other)
    this.l3 = whole ? 0 : (batch.l3[index] ?? -1)
    this.l4 = whole ? cause.l4 : (batch.l4[index] ?? -1)
    this.payload = whole ? cause.payload : (batch.payload[index] ?? 0)
    this.end = whole ? cause.bytes.length : (batch.start[index] ?? 0) + (batch.captured[index] ?? 0)
    return this
  }
}
