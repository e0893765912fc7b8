import { State } from './record.ts'
import type { SackedRanges } from './sacks.ts'

/** A SYN that was replaced by a later one with another timestamp, but may still be answered. */
export interface EarlierSyn {
  readonly window: number
  /** -1: none offered. */
  readonly scale: number
  readonly hasTimestamp: boolean
  readonly stamp: number
}

/** A SYN-ACK with other numbers than the one that counts: the client may acknowledge either. */
export interface OtherSynAck {
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly scale: number
  readonly hasTimestamp: boolean
  readonly stamp: number
  readonly hasSackPermitted: boolean
}

/**
 * State that only few sessions need. It is kept beside their records, which then carry `Flag.special`, so that all others are spared the
 * memory and the time.
 */
export class Oddity {
  /** Only one side has been seen, and the session is tracked from it alone (knob `asyncOneside`). */
  async = false
  seenClient = false
  seenServer = false
  /** No timestamp of the server has been accepted yet, since its SYN-ACK was not seen (Suricata 7, last_pkt_ts is 0). */
  unstamped = false
  /** TCP Fast Open (RFC 7413); a SYN-ACK did not acknowledge the SYN's data. */
  fastOpen = false
  dataIgnored = false
  /** The last RST of that side is believed only until that side sends anything else. */
  resetByClient = false
  resetByServer = false
  /** The session's previous state. */
  earlier: number = State.absent
  /** The state whose time-out applies while the session is in `heldIn`; absent: that of its own state. */
  held: number = State.absent
  heldIn: number = State.absent
  syns: readonly EarlierSyn[] = []
  synAcks: readonly OtherSynAck[] = []
  /** Ranges of each side that the application layer has received; undefined: all that was sent, without a gap. */
  clientHeard: SackedRanges | undefined = undefined
  serverHeard: SackedRanges | undefined = undefined
  /** The first bytes of that side were given up as lost; its stream exceeds the reassembly depth. */
  clientMissed = false
  serverMissed = false
  clientDeep = false
  serverDeep = false
  /** That side's expected sequence number went beyond that depth without data: it does not tell how far the data goes. */
  clientLeapt = false
  serverLeapt = false
  /** That side's data is kept for content rules although none asks for it: the number of bytes released so far; -1: not kept. */
  clientKept = -1
  serverKept = -1
  /** The other side's packet made detection give up: that side's data is kept until its own next packet. */
  clientLingers = false
  serverLingers = false
  /** Protocol detection goes on, and may end with a packet that the numbers do not show. */
  probing = false
  /** Where sessions are picked up: the client has sent something after the server's bytes ended the server's probing, and so the client's. */
  probed = false
  /** Data was given up as lost: any RST is believed. */
  lossy = false
  clientSacks: SackedRanges = []
  serverSacks: SackedRanges = []

  /** Whether nothing distinguishes this session from one without oddity. */
  isIdle(): boolean {
    return (
      !this.async &&
      !this.unstamped &&
      !this.fastOpen &&
      !this.dataIgnored &&
      !this.lossy &&
      !this.probing &&
      this.clientKept < 0 &&
      this.serverKept < 0 &&
      !this.clientLingers &&
      !this.serverLingers &&
      !this.clientDeep &&
      !this.serverDeep &&
      !this.clientLeapt &&
      !this.serverLeapt &&
      this.clientHeard === undefined &&
      this.serverHeard === undefined &&
      !this.resetByClient &&
      !this.resetByServer &&
      this.held === State.absent &&
      this.syns.length + this.synAcks.length === 0 &&
      this.clientSacks.length + this.serverSacks.length === 0
    )
  }

  copy(): Oddity {
    return Object.assign(new Oddity(), this)
  }
}
