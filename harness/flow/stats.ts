import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { isIpv6 } from '../wire/ip.ts'
import { Protocol } from '../wire/numbers.ts'
import { Lifetimes } from './lifetimes.ts'
import { OPENINGS, openingOf } from './orientation.ts'
import { icmpOf, ipProtocol } from './transport.ts'

/** Summary of a capture. */
export interface CaptureSummary {
  readonly packets: number
  /** On the wire. */
  readonly bytes: number
  /** Seconds from the earliest packet to the latest. */
  readonly duration: number
  readonly flows: {
    readonly tcp: number
    readonly udp: number
    readonly icmp: number
    readonly other: number
    /** The most flows at one time that had begun and had not had their last packet. */
    readonly peak: number
  }
  /** How the TCP flows start. */
  readonly tcpStarts: { readonly syn: number; readonly 'syn-ack': number; readonly mid: number }
  readonly fragments: number
  /** Packets of which not all bytes were captured. */
  readonly truncated: number
  readonly malformed: number
  /** Packets that are not IP, or too little of which was captured to know. */
  readonly notIp: number
}

/** Summarises a capture, batch by batch. Its memory grows with the number of flows, 16 bytes each. */
export class FlowStats {
  readonly #lifetimes = new Lifetimes()
  readonly #kinds = new Float64Array(Object.keys(Kind).length)
  readonly #starts = new Float64Array(OPENINGS.length)
  #packets = 0
  #bytes = 0
  #truncated = 0
  /** Packets without a whole IP header. */
  #cutEarly = 0
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  #udp = 0
  #icmp = 0

  /** Counts a batch whose flows have been assigned. */
  add(batch: PacketBatch): void {
    const { captured, original, time, kind, flow, count } = batch
    const kinds = this.#kinds
    const lifetimes = this.#lifetimes
    for (let i = 0; i < count; i++) {
      const length = original[i] ?? 0
      const at = time[i] ?? 0
      const what = kind[i] ?? 0
      this.#bytes += length
      if ((captured[i] ?? 0) < length) this.#truncated++
      if (what === Kind.cut && (batch.l3[i] ?? -1) < 0) this.#cutEarly++
      if (at < this.#first) this.#first = at
      if (at > this.#last) this.#last = at
      kinds[what] = (kinds[what] ?? 0) + 1
      const id = flow[i] ?? -1
      if (id >= 0 && lifetimes.see(id, at)) this.#begin(batch, i)
    }
    this.#packets += count
  }

  summary(): CaptureSummary {
    const kinds = this.#kinds
    const [syn = 0, synAck = 0, mid = 0] = this.#starts
    const tcp = syn + synAck + mid
    const udp = this.#udp
    const icmp = this.#icmp
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      duration: this.#packets === 0 ? 0 : (this.#last - this.#first) / NANOS_PER_SECOND,
      flows: {
        tcp,
        udp,
        icmp,
        other: this.#lifetimes.count - tcp - udp - icmp,
        peak: this.#lifetimes.peak(),
      },
      tcpStarts: { syn, 'syn-ack': synAck, mid },
      fragments: (kinds[Kind.fragment4] ?? 0) + (kinds[Kind.fragment6] ?? 0),
      truncated: this.#truncated,
      malformed: kinds[Kind.malformed] ?? 0,
      notIp: (kinds[Kind.other] ?? 0) + this.#cutEarly,
    }
  }

  /** Counts the flow that packet `i` begins. */
  #begin(batch: PacketBatch, i: number): void {
    const { bytes } = batch
    const l3 = batch.l3[i] ?? 0
    const protocol = ipProtocol(bytes, l3, (batch.start[i] ?? 0) + (batch.captured[i] ?? 0))
    if (protocol === Protocol.tcp) {
      const opening = openingOf(protocol, flagsOf(batch, i))
      this.#starts[opening] = (this.#starts[opening] ?? 0) + 1
    } else if (protocol === Protocol.udp) this.#udp++
    else if (protocol === icmpOf(isIpv6(bytes, l3))) this.#icmp++
  }
}

/** TCP flags of a packet; if a first fragment was too short for them, those of the datagram that the packet completes. */
function flagsOf(batch: PacketBatch, i: number): number {
  if ((batch.l4[i] ?? -1) >= 0) return batch.flags[i] ?? 0
  return batch.rebuilt.find((datagram) => datagram.index === i)?.flags ?? 0
}
