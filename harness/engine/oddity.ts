import { State } from './record.ts'
import type { SackedRanges } from './sacks.ts'

/** A SYN that a later one with another timestamp replaced, and that may be answered all the same. */
export interface EarlierSyn {
  readonly window: number
  /** -1: none offered. */
  readonly scale: number
  readonly hasTimestamp: boolean
  readonly stamp: number
}

/** A SYN-ACK of other numbers than the one that was taken: the client may acknowledge either. */
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
 * What is known of few sessions only, and so is kept beside their records, which then carry `Flag.special`: that nearly all
 * others are spared the memory and the time.
 */
export class Oddity {
  /** One side only has been seen, and that is taken as it is (knob `asyncOneside`). */
  async = false
  seenClient = false
  seenServer = false
  /** TCP Fast Open (RFC 7413), and a SYN-ACK that did not take its data. */
  fastOpen = false
  dataIgnored = false
  /** The last RST of that side is believed only until the side says something else. */
  resetByClient = false
  resetByServer = false
  /** The state that the session had before its last one. */
  earlier: number = State.absent
  /** The state whose time-out counts as long as the session is in `heldIn`; absent: its own. */
  held: number = State.absent
  heldIn: number = State.absent
  syns: readonly EarlierSyn[] = []
  synAcks: readonly OtherSynAck[] = []
  /** What the application layer has been given of each side; undefined: all that was sent, without a gap. */
  clientHeard: SackedRanges | undefined = undefined
  serverHeard: SackedRanges | undefined = undefined
  /** The first bytes of that side were given up for lost; more of it came than is kept. */
  clientMissed = false
  serverMissed = false
  clientDeep = false
  serverDeep = false
  /** That side's data is kept for rules about contents, though nobody asks: so many of its bytes were let go; -1: it is not. */
  clientKept = -1
  serverKept = -1
  /** The other side's packet told that the application is not known: that side's data is kept until its own next packet. */
  clientLingers = false
  serverLingers = false
  /** Something was given up for lost: any RST is believed. */
  lossy = false
  clientSacks: SackedRanges = []
  serverSacks: SackedRanges = []

  /** Nothing is left that a session without oddity would not be. */
  isIdle(): boolean {
    return (
      !this.async &&
      !this.fastOpen &&
      !this.dataIgnored &&
      !this.lossy &&
      this.clientKept < 0 &&
      this.serverKept < 0 &&
      !this.clientLingers &&
      !this.serverLingers &&
      !this.clientDeep &&
      !this.serverDeep &&
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
