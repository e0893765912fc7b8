import type { Emitted, PacketBatch } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { verifyChecksums } from '../wire/forge.ts'
import { addressLength, destinationAt, sourceAt } from '../wire/ip.ts'
import { dissectInner } from '../wire/tunnel/enter.ts'

/**
 * Whether the end that a reset is sent to would obey it: right checksum, the connection's addresses and ports, and numbers that
 * RFC 9293 3.10.7 and RFC 5961 3.2 accept. Towards the sender of the causing packet, that is the sequence number which the packet
 * acknowledges (or, if it acknowledges nothing, an acknowledgement of some of it); towards the receiver, the packet's own number.
 */
export function isAcceptable(emitted: Emitted, batch: PacketBatch): boolean {
  if (verifyChecksums(emitted.frame, emitted.link, batch.tunnels) === 'bad') return false
  // `Receivers` judges packets without a cause.
  if (emitted.kind !== 'tcp-rst' || emitted.cause < 0) return true
  const i = emitted.cause
  const kind = batch.kind[i]
  const l4 = batch.l4[i] ?? -1
  if ((kind !== Kind.tcp4 && kind !== Kind.tcp6) || l4 < 0) return true
  if (!isOfConnection(emitted, batch, i)) return false
  const seq = batch.view.getUint32(l4 + 4)
  const ack = batch.view.getUint32(l4 + 8)
  const flags = batch.flags[i] ?? 0
  if (emitted.to === 'receiver') return emitted.seq === seq
  if ((flags & Tcp.ack) !== 0) return emitted.seq === ack
  const length =
    (batch.payload[i] ?? 0) + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
  const acknowledged = (emitted.ack - seq) | 0
  return emitted.seq === 0 && acknowledged > 0 && acknowledged <= length
}

/** Whether a reset comes from the other end of the connection, as its receiver sees it. */
function isOfConnection(emitted: Emitted, batch: PacketBatch, cause: number): boolean {
  const { bytes } = batch
  const { frame } = emitted
  const { l3, l4 } = dissectInner(frame, emitted.link, batch.tunnels)
  if (l4 < 0) return false
  const cause3 = batch.l3[cause] ?? 0
  const cause4 = batch.l4[cause] ?? 0
  const back = emitted.to === 'sender'
  const length = addressLength(frame, l3)
  const same = (at: number, of: number, size: number) => {
    for (let k = 0; k < size; k++) if (frame[at + k] !== bytes[of + k]) return false
    return true
  }
  const [source, destination] = back
    ? [destinationAt(bytes, cause3), sourceAt(bytes, cause3)]
    : [sourceAt(bytes, cause3), destinationAt(bytes, cause3)]
  const [from, to] = back ? [cause4 + 2, cause4] : [cause4, cause4 + 2]
  return (
    same(sourceAt(frame, l3), source, length) &&
    same(destinationAt(frame, l3), destination, length) &&
    same(l4, from, 2) &&
    same(l4 + 2, to, 2)
  )
}
