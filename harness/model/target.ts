import type { Nanos, PacketBatch } from './batch.ts'
import type { Case } from './case.ts'
import type { Transparency } from './fields.ts'
import type { ExceptionPolicy, Setup, Sharing } from './setup.ts'
import type { HostEventKind, Timeline, TimelineChunk } from './timeline.ts'

/** Parts of a setup that not every firewall can be set to. */
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
 * Which cases one replay can hold:
 * - `one`: a single case;
 * - `isolated`: several, if no event of theirs touches a firewall host;
 * - `aligned`: also with such events, if they are the same at the same times;
 * - `consecutive`: also several with the same addresses, one after another: on a virtual clock everything left of one case can expire before
 *   the next, and the target must remember nothing beyond that.
 */
export const FOLDINGS = ['one', 'isolated', 'aligned', 'consecutive'] as const
export type Folding = (typeof FOLDINGS)[number]

/** What a target can do. A case that needs more is skipped, and the report names what is lacking. */
export interface Capabilities {
  readonly clock: 'virtual' | 'real'
  /** It yields the observations of a chunk before it pulls the next, so that guards and reactive endpoints work while it runs. */
  readonly reactive: boolean
  /** The most hosts that it can have. */
  readonly hosts: number
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly policies: readonly ExceptionPolicy[]
  readonly sharing: readonly Sharing['kind'][]
  readonly events: readonly HostEventKind[]
  /**
   * `alterations`: fields of packets that are changed on the way. `packet-counters`: its counters follow from the observation of each packet,
   * so that each case of a fold has its own.
   */
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
   * Profiles that it can be set to; with feature `own-profile`, profiles that extend these too. Cases of suites about any firewall are played
   * with the first.
   */
  readonly profiles: 'any' | readonly string[]
  readonly features: readonly Feature[]
  /** Seconds of the timeline per second of its clock: 1 on a virtual clock; 50 if 350 s pass in 7. */
  readonly clockScale: number
}

/**
 * What can be seen of a packet besides that it came out: a field was changed (`altered`); it came once more (`again`), or later than any
 * control ever did (`late`); as fragments, or put together from them; by arms that are not its own (`elsewhere`); in a form that the load
 * balancer does not take back (`refused`); or it is nothing that was sent (`stray`).
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

/** Something seen on a wire besides verdicts; rare, so an object. */
export interface Sighting {
  readonly kind: (typeof SIGHTINGS)[number]
  /** Index in the batch; -1: there is no packet, or it is in an earlier batch. */
  readonly index: number
  /** The packet's step, if there is a packet. A packet of an earlier batch that comes `late` was forwarded after all: see `isForwardedAfterAll`. */
  readonly step: number
  /** Of what comes late for an earlier batch: its number in the capture (0: made by an injection), and the `Verdict` reported for it then. */
  readonly number?: number
  readonly told?: number
  /** Its flow, if that is known and there is no packet. */
  readonly flow?: number
  /** How long after it was sent it was seen; of what nobody sent, when it was seen. */
  readonly after: Nanos
  /** Of what was altered: the field (`window`, `option 2`, …), as sent and as seen; of what was refused: the `Reason`. */
  readonly field?: string
  readonly sent?: string
  readonly seen?: string
}

/** Whether a sighting takes back an earlier verdict: the packet of its step was not dropped, but came late. */
export function isForwardedAfterAll({ kind, index, step }: Sighting): boolean {
  return kind === 'late' && index < 0 && step >= 0
}

/** How long hosts were away: from the event until a fresh connection went through one of them. */
export interface Outage {
  readonly event: HostEventKind
  /** The host that it happened to; absent: none, or several. */
  readonly host?: number
  readonly at: Nanos
  /** On the device's own clock, not scaled. */
  readonly lasted: Nanos
  /** False: no connection went through before the limit. */
  readonly over: boolean
}

/** When packets were really sent, as bounds: nanoseconds of the timeline since some moment; NaN for a packet that was not sent. */
export interface SendingTimes {
  readonly from: Float64Array
  readonly to: Float64Array
}

/**
 * What became of the packets of one chunk: its batch with the target's columns filled (verdict, reason, emitted), who decided and how that is
 * known. There is exactly one observation for each packet. Only a sighting in a later batch can take it back; the last batch may consist of
 * such sightings alone. Valid until the next is pulled.
 */
export interface ObservationBatch {
  readonly packets: PacketBatch
  /** For each packet: a host index, or a `Host` code. */
  readonly by: Uint8Array
  /** For each packet: a `Knowledge` code. */
  readonly knowledge: Uint8Array
  /** For each packet: when it was really sent; absent: at its time. */
  readonly sent?: SendingTimes
  /** Of targets with wires: what was seen besides the verdicts. */
  readonly sightings?: readonly Sighting[]
  /** The outages of this chunk's events. */
  readonly outages?: readonly Outage[]
  /** The target cannot see what was emitted, though a verdict may imply it; absent: all of it is in `packets.emitted`. */
  readonly emissions?: 'unseen'
}

/** A frame as it was on a wire, or as it was given to a target without wires. */
export interface WireFrame {
  /**
   * Sent by the harness: a `packet` of the timeline or a `control`. Seen from the device: a copy of one of these, something that it `emitted`,
   * or a `stray`, which is none of those.
   */
  readonly what: 'packet' | 'control' | 'emitted' | 'stray'
  readonly way: 'sent' | 'seen'
  /** Host index * 2, plus 1 on the server's side. */
  readonly arm: number
  /** Time of the timeline. */
  readonly at: Nanos
  readonly frame: Uint8Array
  /** `Link` code. */
  readonly link: number
  /** Step of the packet, or of the packet that it is a copy of; -1: none. */
  readonly step: number
  /** Its flow, if that is known and `step` is -1. */
  readonly flow?: number
}

/** Limits that the plan never exceeds, in one replay and in any second of the target's clock; absent: no limit. */
export interface Limits {
  readonly packetsPerSecond?: number
  /** Bytes of whole frames. */
  readonly bytesPerSecond?: number
  readonly newConnectionsPerSecond?: number
  /** Entries that one replay may take in session tables. */
  readonly sessions?: number
}

/** Blocks from which cases get their addresses, such as `192.0.2.0/24`. */
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
  /** What a case needs that this target lacks, beyond what `capabilities` can express, in words for reports (`rule order strict`); undefined: nothing. */
  lacks?(test: Case): string | undefined
  readonly limits?: Limits
  /** `strict`: unless a case says otherwise, its packets must come out unaltered; absent: they need not. */
  readonly transparency?: Transparency | undefined
  /** Absent: the ranges reserved for benchmarking. */
  readonly addresses?: AddressRanges
  /**
   * How several workers can play on it at once, each on a target of its own made from the same description: in threads of one process, or in
   * separate processes. Absent: one at a time.
   */
  readonly shared?: 'threads' | 'processes' | undefined
  /** Packets that may come out of it differently from what the device decided, so that `learn` ignores them; absent: none. */
  readonly unreliable?: readonly 'fragments'[] | undefined
  /** Names of the knobs that it cannot be set to exactly, so that `learn` does not take what they show for the system's own; absent: none. */
  inexact?(setup: Setup): readonly string[]
  /**
   * Names of the devices that it drives, the same on every machine, so that only one worker at a time drives each. Absent: the target itself
   * counts as one, unless it can be `shared`.
   */
  readonly appliances?: readonly string[] | undefined
  /** Brings the device to `setup`, with empty session tables. Rejects with a FlowbreakError if it cannot. */
  prepare(setup: Setup, signal: AbortSignal): Promise<Session>
}

/** Counters that are counted packet by packet. */
export interface CounterTally {
  /** Counts one more packet, which was observed at its host. */
  count(packets: PacketBatch, index: number): void
  /** The counters of each host, as in `Session.counters`. */
  read(): readonly Readonly<Record<string, number>>[]
}

/** The short way through a target that has everything in this process and never waits. */
export interface DirectSession {
  /** Fills in verdict and reason of packets `from` … `to`-1, and adds to `emitted`. */
  decide(batch: PacketBatch, from: number, to: number): void
  /** The observations of a batch in which every packet was decided. */
  observed(batch: PacketBatch): ObservationBatch
}

export interface Session extends AsyncDisposable {
  /** Plays the timeline; ends once every packet has had exactly one observation. */
  replay(timeline: Timeline, signal: AbortSignal): AsyncIterable<ObservationBatch>
  /**
   * Of a target that answers each chunk before it takes the next: plays one chunk of a timeline with that epoch. The caller passes the chunks
   * one after another, as `replay` would.
   */
  answer?(chunk: TimelineChunk, epoch: bigint): ObservationBatch | Promise<ObservationBatch>
  /** For a timeline without events, a session that the caller drives itself; undefined or absent if something must be waited for. */
  direct?(): DirectSession | undefined
  /**
   * Of a target with wires: from now on `take` gets each frame that is sent or seen, and may keep it; undefined: nobody does. Absent: the
   * target has no wires, and its frames are the packets that it is offered and what it emits.
   */
  tap?(take: ((frame: WireFrame) => void) | undefined): void
  /** What the devices themselves logged during the last replay; empty or absent: nothing. Rejects with a FlowbreakError. */
  collect?(signal: AbortSignal): Promise<string>
  /** Empties session tables and zeroes counters without a new process; cheaper than `prepare`. */
  reset(): Promise<void>
  /** The device's own counters for each host, under AWS's names (CloudWatch namespace AWS/NetworkFirewall). */
  counters(): Promise<readonly Readonly<Record<string, number>>[]>
  /** Of a target that observes `packet-counters`: new counters at zero, to be counted over a part of the observed packets. */
  tally?(): CounterTally
}
