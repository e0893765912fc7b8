import type { Emitted, PacketBatch } from '../../model/batch.ts'
import { Tunnels, Verdict } from '../../model/codes.ts'
import type { Outage, Sighting } from '../../model/target.ts'
import { FrameColumns } from './frames.ts'
import { GAVE_UP, type SentPackets } from './sent.ts'

/** The packets of the current chunk as they were sent, and what has been seen of them. */
export class Offered {
  /** Datagrams as sent, one for each packet number from `first`. */
  readonly frames = new FrameColumns()
  /** Number of the first packet of the chunk that was sent. */
  first = 0
  /** By number from `first`: index in the batch. */
  readonly index: number[] = []
  /** By index in the batch: whether a reset or ICMP error about it was seen, or a device's own answer. */
  readonly told: number[] = []
  /** By index in the batch: why the load balancer did not take it back, a `Reason` code. */
  readonly refused = new Map<number, number>()
  emitted: Emitted[] = []
  sightings: Sighting[] = []
  outages: Outage[] = []
  /** Number of packets that were neither seen nor given up. */
  open = 0
  /** Number of fragments among the packets sent. */
  fragments = 0
  batch: PacketBatch | undefined
  /** The tunnels that the timeline looks into, a `Tunnels` code; packets heard are read in the same way. */
  tunnels: number = Tunnels.outer

  begin(batch: PacketBatch | undefined, first: number): void {
    this.batch = batch
    if (batch !== undefined) this.tunnels = batch.tunnels
    this.first = first
    this.index.length = 0
    this.told.length = 0
    this.refused.clear()
    this.frames.clear()
    this.open = 0
    this.fragments = 0
  }

  /** Index in the batch of a packet by number; -1: it belongs to an earlier chunk. */
  indexOf(number: number): number {
    return number < this.first ? -1 : (this.index[number - this.first] ?? -1)
  }

  /** The datagram as it was sent. */
  frameOf(number: number): Uint8Array {
    return this.frames.frame(number - this.first)
  }

  /** Notes a reset, ICMP error or answer about a packet: its verdict if the packet itself is not seen. */
  tell(index: number, verdict: number): void {
    if (this.told[index] !== Verdict.reject) this.told[index] = verdict
  }

  note(sighting: Sighting): void {
    this.sightings.push(sighting)
  }

  /** Sets the verdicts of its packets. */
  decide(packets: PacketBatch, sent: SentPackets): void {
    for (let number = this.first; number < sent.next; number++) {
      const state = sent.state[sent.slot(number)] ?? GAVE_UP
      const index = this.indexOf(number)
      packets.verdict[index] = state === GAVE_UP ? Verdict.undecided : state
      if (state === Verdict.drop) packets.reason[index] = this.refused.get(index) ?? 0
    }
  }

  /** Takes what was noted since the last call. */
  taken(): { readonly emitted: Emitted[]; readonly sightings: Sighting[]; readonly outages: Outage[] } {
    const { emitted, sightings, outages } = this
    this.emitted = []
    this.sightings = []
    this.outages = []
    return { emitted, sightings, outages }
  }
}
