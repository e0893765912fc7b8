import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { verifyChecksums } from '../wire/forge.ts'

/**
 * Whether the end that a reset is sent to would obey it: right checksum, and numbers that RFC 9293 3.10.7 and RFC 5961 3.2
 * accept. Towards the sender of the packet that caused it that is the sequence number which the packet acknowledges (or, where
 * the packet acknowledges nothing, an acknowledgement of the whole of it); towards the receiver the packet's own number.
 */
export function isAcceptable(emitted: Emitted, batch: PacketBatch): boolean {
  if (verifyChecksums(emitted.frame, emitted.link) === 'bad') return false
  if (emitted.kind !== 'tcp-rst' || emitted.cause < 0) return true
  const i = emitted.cause
  const kind = batch.kind[i]
  const l4 = batch.l4[i] ?? -1
  if ((kind !== Kind.tcp4 && kind !== Kind.tcp6) || l4 < 0) return true
  const seq = batch.view.getUint32(l4 + 4)
  const ack = batch.view.getUint32(l4 + 8)
  const flags = batch.flags[i] ?? 0
  if (emitted.to === 'receiver') return emitted.seq === seq
  if ((flags & Tcp.ack) !== 0) return emitted.seq === ack
  const length =
    (batch.payload[i] ?? 0) + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
  return emitted.seq === 0 && emitted.ack === (seq + length) >>> 0
}
