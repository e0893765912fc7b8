import type { PacketBatch } from '../model/batch.ts'
import { Kind, Tcp } from '../model/codes.ts'
import { PacketClasses } from './classes.ts'
import { Side, type SideTemplate } from './side.ts'
import { TcpView } from './tcp-view.ts'

/** The state of the opening. `completed`: the last packet completed it. */
type Phase = 'nothing' | 'opening' | 'completed' | 'established'

/**
 * Follows one flow packet by packet: the class of each packet, and the sequence numbers that each side has reached, for forging packets.
 * A flow whose opening was not recorded counts as established from its first packet. Packets other than TCP are data,
 * except in a TCP flow (ICMP errors about it, fragments); for a fragmented segment the fragment that completes it counts.
 */
export class TcpCursor {
  readonly #sides = [new Side(), new Side()] as const
  readonly #segment = new TcpView()
  #phase: Phase = 'nothing'
  /** Direction of the side that opens, once a SYN or SYN-ACK was seen. */
  #opener: 0 | 1 = 0
  #answered = false

  /** The classes of packet `index`, which comes next and has not been observed yet. */
  classesOf(batch: PacketBatch, index: number): PacketClasses {
    const classes = new PacketClasses()
    const segment = this.#segment
    if (!segment.look(batch, index)) {
      if (this.#phase === 'nothing' && !isFragment(batch, index)) classes.add('data')
      return classes
    }
    const direction = directionOf(batch, index)
    const side = this.#sides[direction]
    const opens = segment.has(Tcp.syn)
    if (opens) classes.add(segment.has(Tcp.ack) ? 'syn-ack' : 'syn')
    if (segment.has(Tcp.fin)) classes.add('fin')
    if (segment.has(Tcp.rst)) classes.add('rst')
    const completes = this.#completesOpening(direction)
    if (this.#isFirstEstablished(direction)) classes.add('established')
    const keepalive = this.#isKeepalive(direction)
    if (keepalive) classes.add('keepalive')
    else {
      if (segment.payload > 0) classes.add('data')
      if (segment.length > 0 && !this.#isFreshSyn(side) && isBelow(segment.seq, side.next))
        classes.add('retransmission')
    }
    if (!keepalive && segment.length === 0 && segment.has(Tcp.ack) && !segment.has(Tcp.rst))
      classes.add(completes ? 'handshake-ack' : 'ack')
    return classes
  }

  /** Updates the state with packet `index`. */
  observe(batch: PacketBatch, index: number): void {
    const direction = directionOf(batch, index)
    const segment = this.#segment
    const isTcp = segment.look(batch, index)
    this.#sides[direction].keep(batch, index, isTcp)
    if (!isTcp) return
    if (segment.has(Tcp.syn)) this.#observeSyn(direction)
    else if (this.#completesOpening(direction)) this.#phase = 'completed'
    else if (this.#isFirstEstablished(direction)) this.#phase = 'established'
    this.#observeNumbers(direction)
  }

  /** A copy of the latest frame of a direction; of the latest TCP frame once there is one. */
  template(direction: 0 | 1): SideTemplate | undefined {
    return this.#sides[direction].template()
  }

  /** The next sequence number that the sender of this direction would use, unsigned; 0 if unknown. */
  nextSeq(direction: 0 | 1): number {
    return this.#sides[direction].next ?? 0
  }

  /** The window field of the direction's latest segment, not scaled. */
  window(direction: 0 | 1): number {
    return this.#sides[direction].window
  }

  /** The latest TCP timestamp of the direction. */
  timestamp(direction: 0 | 1): { readonly value: number; readonly echo: number } | undefined {
    return this.#sides[direction].timestamp
  }

  /** Whether the segment, from the opening side, completes the opening. */
  #completesOpening(direction: 0 | 1): boolean {
    const segment = this.#segment
    if (this.#phase !== 'opening' || direction !== this.#opener) return false
    if (!segment.has(Tcp.ack) || segment.has(Tcp.syn | Tcp.rst)) return false
    const peer = this.#sides[direction === 0 ? 1 : 0]
    return !this.#answered || !isBelow(segment.ack, peer.next)
  }

  /** Whether the segment is the first after the opening: one that was seen, not recorded, or completed by what was not recorded. */
  #isFirstEstablished(direction: 0 | 1): boolean {
    const segment = this.#segment
    if (this.#phase === 'completed') return true
    if (segment.has(Tcp.syn)) return false
    if (this.#phase === 'nothing') return true
    return this.#phase === 'opening' && this.#answered && direction !== this.#opener && !segment.has(Tcp.rst)
  }

  /**
   * RFC 9293 3.8.4: a segment of at most one byte, just before the next number, when everything sent is acknowledged (one
   * unacknowledged byte would be a retransmission).
   */
  #isKeepalive(direction: 0 | 1): boolean {
    const segment = this.#segment
    const { next, finished } = this.#sides[direction]
    if (this.#phase === 'nothing' || this.#phase === 'opening' || next === undefined || finished) return false
    if (segment.payload > 1 || segment.has(Tcp.syn | Tcp.fin | Tcp.rst) || !segment.has(Tcp.ack)) return false
    if (((segment.seq + 1) | 0) !== (next | 0)) return false
    return segment.payload === 0 || this.#sides[direction === 0 ? 1 : 0].lastAck === next
  }

  #isFreshSyn(side: Side): boolean {
    return this.#segment.has(Tcp.syn) && this.#segment.seq !== side.initial
  }

  #observeSyn(direction: 0 | 1): void {
    const segment = this.#segment
    const side = this.#sides[direction]
    const isAnswer = segment.has(Tcp.ack)
    if (this.#isFreshSyn(side)) {
      const peer = this.#sides[direction === 0 ? 1 : 0]
      if (this.#phase !== 'opening') {
        // A new connection, possibly on the same tuple: what the other side reached before no longer counts.
        if (!isAnswer) forget(peer)
        this.#opener = isAnswer ? (direction === 0 ? 1 : 0) : direction
      }
      this.#answered = false
      forget(side)
      side.initial = segment.seq
      this.#phase = 'opening'
    } else if (this.#phase === 'completed') this.#phase = 'established'
    if (isAnswer) this.#answered = true
  }

  #observeNumbers(direction: 0 | 1): void {
    const segment = this.#segment
    const side = this.#sides[direction]
    const peer = this.#sides[direction === 0 ? 1 : 0]
    if (segment.has(Tcp.ack)) {
      side.lastAck = segment.ack
      peer.next ??= segment.ack
    }
    // A reset's numbers are often made up, and its window means nothing.
    if (segment.has(Tcp.rst)) return
    const end = (segment.seq + segment.length) >>> 0
    if (side.next === undefined || isBelow(side.next, end)) side.next = end
    side.window = segment.window
    side.timestamp = segment.timestamp ?? side.timestamp
    if (segment.has(Tcp.fin)) side.finished = true
  }
}

function forget(side: Side): void {
  side.next = undefined
  side.initial = undefined
  side.lastAck = undefined
  side.timestamp = undefined
  side.finished = false
}

/** Whether a sequence number lies before another (RFC 9293 3.4); false if that one is unknown. */
function isBelow(seq: number, other: number | undefined): boolean {
  return other !== undefined && ((seq - other) | 0) < 0
}

function directionOf(batch: PacketBatch, index: number): 0 | 1 {
  return batch.direction[index] === 1 ? 1 : 0
}

function isFragment(batch: PacketBatch, index: number): boolean {
  const kind = batch.kind[index]
  return kind === Kind.fragment4 || kind === Kind.fragment6
}
