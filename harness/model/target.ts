import type { Nanos, PacketBatch } from './batch.ts'
import type { Case } from './case.ts'
import type { Transparency } from './fields.ts'
import type { ExceptionPolicy, Setup, Sharing } from './setup.ts'
import type { HostEventKind, Timeline, TimelineChunk } from './timeline.ts'

/** Parts of a setup that not every firewall can be brought to. */
export const FEATURES = [
  'rules',
  'default-actions',
  'stateless',
  'next-generation',
  'monitor',
  'inner-tunnels',
  'reset-on-expiry',
  'own-profile',
] as const
export type Feature = (typeof FEATURES)[number]

/**
 * The cases that one replay can hold: one; several without events that touch firewall hosts; several also with them, when they
 * coincide; several also where their addresses are the same, one after the other, since whatever is left of the one before has
 * expired on a virtual clock, and nothing is remembered beyond that.
 */
export const FOLDINGS = ['one', 'isolated', 'aligned', 'consecutive'] as const
export type Folding = (typeof FOLDINGS)[number]

/** What a target can do; cases that need more are skipped by the name of what is lacking. */
export interface Capabilities {
  readonly clock: 'virtual' | 'real'
  /** It yields the observations of a chunk before it pulls the next, so guards and reactive endpoints work while it runs. */
  readonly reactive: boolean
  /** Hosts at most. */
  readonly hosts: number
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly policies: readonly ExceptionPolicy[]
  readonly sharing: readonly Sharing['kind'][]
  readonly events: readonly HostEventKind[]
  /** `alterations`: what of packets is changed on their way. `packet-counters`: its counters follow from what is observed of each packet, so that each case of a fold has its own. */
  readonly observes: readonly (
    | 'verdict'
    | 'reason'
    | 'emitted'
    | 'alterations'
    | 'counters'
    | 'packet-counters'
    | 'parts'
  )[]
  readonly folding: Folding
  /**
   * Profiles that it can be brought to, with feature `own-profile` those that extend them too; of suites about any firewall, the
   * cases are held to the first.
   */
  readonly profiles: 'any' | readonly string[]
  readonly features: readonly Feature[]
  /** Seconds of the timeline in one second of its clock: 1 on a virtual clock; 50 where 350 s pass in 7. */
  readonly clockScale: number
}

/**
 * What can be seen of a copy of a packet beside that it came out: a field of it was changed, it is one too many, it came later than any control
 * ever did, in fragments or put together, by arms that are not its own, in a form that the load balancer does not take back, or it is
 * nothing that was sent.
 */
export const SIGHTINGS = [
  'altered',
  'again',
  'late',
  'fragmented',
  'reassembled',
  'elsewhere',
  'refused',
  'stray',
] as const

/** Something seen on a wire beside verdicts; rare, so an object. */
export interface Sighting {
  readonly kind: (typeof SIGHTINGS)[number]
  /** Index in the batch, -1 where the packet is in none that is still there, or there is none. */
  readonly index: number
  /** Its step, where there is a packet; what comes `late` for an earlier batch was forwarded after all: see `isForwardedAfterAll`. */
  readonly step: number
  /** Of what comes late for an earlier batch: its number in the capture (0: made by an injection), and the `Verdict` that was told. */
  readonly number?: number
  readonly told?: number
  /** The flow that it is of, where that is known and there is no packet. */
  readonly flow?: number
  /** From when it was sent until it was seen; of what nobody sent, when that was. */
  readonly after: Nanos
  /** Of what was altered: `window`, `option 2`, …, and what it was; of what was refused: the `Reason`. */
  readonly field?: string
  readonly sent?: string
  readonly seen?: string
}

/** Whether a sighting takes back a verdict that was told: the packet of its step was not dropped, but came late. */
export function isForwardedAfterAll({ kind, index, step }: Sighting): boolean {
  return kind === 'late' && index < 0 && step >= 0
}

/** How long hosts were away: from what happened to them until a fresh connection went through one of them. */
export interface Outage {
  readonly event: HostEventKind
  /** The one that it happened to; absent: to none, or to several. */
  readonly host?: number
  readonly at: Nanos
  /** Of the device's own clock, not scaled. */
  readonly lasted: Nanos
  /** False: none went through before the limit. */
  readonly over: boolean
}

/** When packets were really sent: not before and not after, in nanoseconds of the timeline from some moment; NaN of one that was not. */
export interface SendingTimes {
  readonly from: Float64Array
  readonly to: Float64Array
}

/**
 * What came of the packets of one chunk: its batch with the target's columns filled (verdict, reason, emitted), and how and by
 * whom it is known. Exactly one observation a packet; only a sighting of a later batch takes it back, and the last batch may have no
 * packets but such sightings. Valid until the next is pulled.
 */
export interface ObservationBatch {
  readonly packets: PacketBatch
  /** By packet: a host index, or a `Host` code. */
  readonly by: Uint8Array
  /** By packet: a `Knowledge` code. */
  readonly knowledge: Uint8Array
  /** By packet: when it was really sent; absent: at its time. */
  readonly sent?: SendingTimes
  /** Where packets are seen on wires: what was, beside the verdicts. */
  readonly sightings?: readonly Sighting[]
  /** Of the events of this chunk. */
  readonly outages?: readonly Outage[]
  /** What was emitted cannot be seen, though a verdict may tell of it; absent: all of it is in `packets.emitted`. */
  readonly emissions?: 'unseen'
}

/** A frame as it was on a wire, or as a target without wires was given it. */
export interface WireFrame {
  /**
   * By the harness: a `packet` of the timeline or a `control`. From the device: a copy of one of these, something that it `emitted`, or a
   * `stray`, which is nothing that is known.
   */
  readonly what: 'packet' | 'control' | 'emitted' | 'stray'
  readonly way: 'sent' | 'seen'
  /** Host index * 2, and 1 more on the server's side. */
  readonly arm: number
  /** Of the timeline. */
  readonly at: Nanos
  readonly frame: Uint8Array
  /** `Link` code. */
  readonly link: number
  /** Step of the packet that it is or is a copy of; -1: none. */
  readonly step: number
  /** Where it is not of a packet: the flow that it is of, where that is known. */
  readonly flow?: number
}

/** What is never to be exceeded, in what the plan offers at once and in any second of the target's clock; absent: no limit. */
export interface Limits {
  readonly packetsPerSecond?: number
  /** Of whole frames. */
  readonly bytesPerSecond?: number
  readonly newConnectionsPerSecond?: number
  /** Entries of session tables that one replay may take. */
  readonly sessions?: number
}

/** Blocks that cases get their addresses from, `192.0.2.0/24`. */
export interface AddressRanges {
  readonly clients: string
  readonly servers: string
  readonly clients6: string
  readonly servers6: string
}

/** What a timeline is replayed through. */
export interface Target {
  readonly name: string
  readonly version: string
  readonly capabilities: Capabilities
  /** What a case needs beyond what its capabilities can say, in words for reports (`rule order strict`); absent or undefined: nothing. */
  lacks?(test: Case): string | undefined
  readonly limits?: Limits
  /** `strict`: its cases want packets unaltered, but for those that say otherwise; absent: they do not. */
  readonly transparency?: Transparency | undefined
  /** Absent: the ranges set aside for benchmarking. */
  readonly addresses?: AddressRanges
  /**
   * How several can play on it at once, each on one that it makes from the same description: in threads of one process, or in processes of
   * their own. Absent: one at a time.
   */
  readonly shared?: 'threads' | 'processes' | undefined
  /** Packets that may come out of it otherwise than the device decided, so that nothing is learned of them; absent: there are none. */
  readonly unreliable?: readonly 'fragments'[] | undefined
  /** The devices that it drives, as they are called wherever they are driven from: of several workers one at a time drives each. Absent: its own. */
  readonly appliances?: readonly string[] | undefined
  /** Brings the device to `setup` with empty session tables. Throws FlowbreakError when it cannot. */
  prepare(setup: Setup, signal: AbortSignal): Promise<Session>
}

/** Counters that are counted packet by packet. */
export interface CounterTally {
  /** One more packet, which was observed at its host. */
  count(packets: PacketBatch, index: number): void
  /** By host, as `Session.counters`. */
  read(): readonly Readonly<Record<string, number>>[]
}

/** Decides at once: of a target that has everything in this process, and never waits. */
export interface DirectSession {
  /** Fills verdict and reason of packets `from` … `to`-1, and adds to `emitted`. */
  decide(batch: PacketBatch, from: number, to: number): void
  /** The observations of a batch all of whose packets were decided. */
  observed(batch: PacketBatch): ObservationBatch
}

export interface Session extends AsyncDisposable {
  /** Plays the timeline; ends after each packet has had exactly one observation. */
  replay(timeline: Timeline, signal: AbortSignal): AsyncIterable<ObservationBatch>
  /**
   * Of one that answers each chunk before it takes the next: what is observed of the next chunk of a timeline of that epoch, by whoever calls it
   * for one after another, as `replay` does.
   */
  answer?(chunk: TimelineChunk, epoch: bigint): ObservationBatch | Promise<ObservationBatch>
  /** As `replay`, of a timeline without events, by whoever calls it; undefined, or absent, where something must be waited for. */
  direct?(): DirectSession | undefined
  /**
   * Of a target with wires: from here on each frame that is sent or seen goes to this one, which may keep it; undefined: to nobody. Absent:
   * what it is sent is what it is offered, and it sees what it emits.
   */
  tap?(take: ((frame: WireFrame) => void) | undefined): void
  /** What the devices themselves have written down of the last replay; empty, or absent: nothing. Throws FlowbreakError. */
  collect?(signal: AbortSignal): Promise<string>
  /** Back to empty session tables and zero counters without a new process; cheaper than `prepare`. */
  reset(): Promise<void>
  /** The device's own counters by host, under AWS's names (CloudWatch namespace AWS/NetworkFirewall). */
  counters(): Promise<readonly Readonly<Record<string, number>>[]>
  /** Of a target that observes `packet-counters`: counters at zero, for some of the packets that it has observed. */
  tally?(): CounterTally
}
