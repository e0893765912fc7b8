import type { PacketBatch, Rebuilt } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { u16, u32 } from './bytes.ts'
import { writeTransportChecksum } from './checksum.ts'
import { Protocol } from './numbers.ts'
import { finishReply, type Reply, replyBehind, startReply, type Towards } from './reply.ts'
import { emitTcp } from './tcp.ts'

/** How the numbers and flags of a reset are chosen: as by Suricata's reject, or by RFC 9293 3.10.7.1, with DF as Linux sets it. */
export type ResetStyle = 'suricata' | 'rfc'

/** A whole frame with a reset, and its TCP numbers (absolute, unsigned). */
export interface Reset {
  readonly frame: Uint8Array
  readonly seq: number
  readonly ack: number
}

interface ResetNumbers {
  readonly seq: number
  readonly ack: number
  readonly flags: number
}

const NO_OPTIONS = new Uint8Array(0)

/**
 * The reset that a firewall sends in reply to a packet of the batch, or to a datagram rebuilt from fragments (with the link
 * header of the fragment that completed it). Undefined if the cause is a reset, not TCP, or a fragment.
 */
export function buildReset(
  batch: PacketBatch,
  cause: number | Rebuilt,
  to: Towards,
  style: ResetStyle,
): Reset | undefined {
  const whole = typeof cause !== 'number'
  const index = whole ? cause.index : cause
  const bytes = whole ? cause.bytes : batch.bytes
  const kind = whole ? cause.kind : batch.kind[index]
  const flags = whole ? cause.flags : (batch.flags[index] ?? 0)
  if ((kind !== Kind.tcp4 && kind !== Kind.tcp6) || (flags & Tcp.rst) !== 0) return undefined
  const l3 = whole ? 0 : (batch.l3[index] ?? 0)
  const l4 = whole ? cause.l4 : (batch.l4[index] ?? 0)
  const payload = whole ? cause.payload : (batch.payload[index] ?? 0)

  const seq = u32(bytes, l4 + 4)
  const ack = u32(bytes, l4 + 8)
  const numbers = (style === 'suricata' ? suricataNumbers : rfcNumbers)(seq, ack, flags, payload, to)
  const reply = startReply(batch, index, bytes, l3, to, Protocol.tcp, 20, style === 'rfc')
  const window = style === 'suricata' ? u16(bytes, l4 + 14) : 0
  const reset = finish(reply, bytes, l4, to, numbers, window)
  finishReply(batch, index, reply, to)
  return reset
}

/** The headers of a packet of a flow, from its first byte to its ports: enough to build resets of that flow. */
export interface FlowHeaders {
  readonly bytes: Uint8Array
  readonly link: number
  readonly l3: number
  readonly l4: number
}

/**
 * A reset of a flow without a causing packet: it aborts what the other end has sent up to `seq` (RFC 9293 3.10.5). Suricata's style
 * acknowledges with `ack`, as all its resets do.
 */
export function buildAbort(
  headers: FlowHeaders,
  to: Towards,
  seq: number,
  ack: number,
  style: ResetStyle,
): Reset {
  const { bytes, link, l3, l4 } = headers
  const reply = replyBehind(bytes.subarray(0, l3), link, bytes, l3, to, Protocol.tcp, 20, style === 'rfc')
  const numbers =
    style === 'suricata' ? { seq, ack, flags: Tcp.rst | Tcp.ack } : { seq, ack: 0, flags: Tcp.rst }
  return finish(reply, bytes, l4, to, numbers, 0)
}

/** Writes a reset with ports of the packet whose transport header is at `bytes[l4]`. */
function finish(
  reply: Reply,
  bytes: Uint8Array,
  l4: number,
  to: Towards,
  numbers: ResetNumbers,
  window: number,
): Reset {
  const back = to === 'sender'
  const end = emitTcp(
    {
      sourcePort: u16(bytes, back ? l4 + 2 : l4),
      destinationPort: u16(bytes, back ? l4 : l4 + 2),
      ...numbers,
      reserved: 0,
      window,
      urgent: 0,
      options: NO_OPTIONS,
    },
    reply.frame,
    reply.l4,
  )
  writeTransportChecksum(reply.frame, reply.l3, reply.l4, end, Protocol.tcp)
  return { frame: reply.frame, seq: numbers.seq, ack: numbers.ack }
}

/** Always RST|ACK; uses the acknowledgement *number* whatever the flags, and counts neither SYN nor FIN. */
function suricataNumbers(
  seq: number,
  ack: number,
  _flags: number,
  payload: number,
  to: Towards,
): ResetNumbers {
  const flags = Tcp.rst | Tcp.ack
  if (to === 'receiver') return { seq, ack, flags }
  if (ack === 0) return { seq: 0, ack: (seq + payload + 1) >>> 0, flags }
  return { seq: ack, ack: (seq + payload) >>> 0, flags }
}

/**
 * RFC 9293 3.10.7.1 towards the sender. Towards the receiver, which the RFC does not cover, the numbers of the packet
 * itself: a receiver in any state that would accept the packet accepts the reset.
 */
function rfcNumbers(seq: number, ack: number, flags: number, payload: number, to: Towards): ResetNumbers {
  const acknowledges = (flags & Tcp.ack) !== 0
  if (to === 'receiver') {
    return acknowledges ? { seq, ack, flags: Tcp.rst | Tcp.ack } : { seq, ack: 0, flags: Tcp.rst }
  }
  if (acknowledges) return { seq: ack, ack: 0, flags: Tcp.rst }
  const length = payload + ((flags & Tcp.syn) !== 0 ? 1 : 0) + ((flags & Tcp.fin) !== 0 ? 1 : 0)
  return { seq: 0, ack: (seq + length) >>> 0, flags: Tcp.rst | Tcp.ack }
}
