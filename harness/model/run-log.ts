import type { Case, Impact, Injection, Level, Provenance } from './case.ts'
import type { KnowledgeName } from './codes.ts'
import type { Setup, Sharing } from './setup.ts'
import type { Capabilities, Outage, SIGHTINGS } from './target.ts'

/** The outcome of a case (docs/design.md). If attempts differ it is `flaky`; only core and extended expectations can make it `fail`. */
export type Outcome =
  | 'pass'
  | 'fail'
  | 'flaky'
  | 'inconclusive'
  | 'error'
  | 'skipped'
  | 'known-failure'
  | 'unexpected-pass'
export const OUTCOMES: readonly Outcome[] = [
  'pass',
  'fail',
  'flaky',
  'inconclusive',
  'error',
  'skipped',
  'known-failure',
  'unexpected-pass',
]

/** One expectation that was not met, by one packet or by the case as a whole. */
export interface Mismatch {
  readonly level: Level
  readonly provenance: Provenance
  readonly phase: string
  /** Index into the trace; absent for counters and impact. */
  readonly index?: number
  readonly expected: string
  readonly observed: string
  /** One sentence. */
  readonly message: string
}

/** How many expectations of each level were checked, and how many were met. */
export type Tally = Readonly<Record<Level, { readonly checked: number; readonly met: number }>>

/** Everything that was offered and observed in one attempt at a case, as columns: enough to grade it again and to draw it. */
export interface CaseTrace {
  readonly hosts: readonly string[]
  readonly phases: readonly string[]
  readonly flows: readonly { readonly protocol: string; readonly client: string; readonly server: string }[]
  /** Numbers in the capture, 0: synthesised. All columns have one entry per probe packet, in the order of offering. */
  readonly number: readonly number[]
  /** Microseconds since the first packet. */
  readonly time: readonly number[]
  readonly flow: readonly number[]
  /** A letter per packet: `>` c2s, `<` s2c. */
  readonly direction: string
  readonly kind: readonly number[]
  /** As model/carried.ts has them. */
  readonly flags: readonly number[]
  readonly payload: readonly number[]
  readonly phase: readonly number[]
  /** Host column of the batch: where the path sent it. */
  readonly host: readonly number[]
  readonly by: readonly number[]
  /** A letter per packet: u f d r a, n: not run (guard). */
  readonly verdict: string
  readonly reason: readonly number[]
  /** A letter per packet, how its verdict is known: s self, l log, w wire, n not run. */
  readonly knowledge: string
  readonly emitted: readonly {
    /** Index into the columns, -1: no packet caused it. */
    readonly index: number
    readonly kind: 'tcp-rst' | 'icmp'
    readonly to: 'client' | 'server'
    readonly by: number
    readonly seq: number
    readonly ack: number
    /** Whether its receiver would accept it (addresses, ports, numbers, checksum). */
    readonly acceptable: boolean
    /** If no packet caused it (a reset at expiry): when, as in `time`, and for which flow. */
    readonly time?: number
    readonly flow?: number
  }[]
  /** What hosts did with packets, if sessions are shared; absent: nothing is known. */
  readonly parts?: readonly { readonly index: number; readonly host: number; readonly part: string }[]
  /** Emissions could not be seen; absent: all of them are in `emitted`. */
  readonly emissions?: 'unseen'
  readonly events: readonly { readonly before: number; readonly time: number; readonly label: string }[]
  /** Controls offered, how many of them came out, and the roads of those that did not (`fw-b s2c`). */
  readonly controls: { readonly sent: number; readonly out: number; readonly dead: readonly string[] }
}

/** Something that was seen besides the verdicts, with all packets of a case for which the same was seen. */
export interface Sighted {
  readonly kind: (typeof SIGHTINGS)[number]
  /** Indices into the trace; empty if it is not about a packet that was offered. */
  readonly indices: readonly number[]
  /**
   * Microseconds of the device's clock from sending each packet until it was seen; for a frame that the harness did not send, the time of
   * the sighting, as the trace's `time`. Absent for alterations.
   */
  readonly after?: readonly number[]
  /** As in `Sighting`. */
  readonly field?: string
  readonly sent?: string
  readonly seen?: string
}

/** What reports need to know about a case, apart from its outcome. */
export type CaseSummary = Pick<
  Case,
  | 'name'
  | 'suite'
  | 'file'
  | 'line'
  | 'rows'
  | 'tags'
  | 'requirement'
  | 'axes'
  | 'flow'
  | 'endpoints'
  | 'expectations'
> & {
  readonly capture: string
  readonly policy: string
  readonly profile: string
  /** These are absent in logs of earlier versions. */
  readonly sharing?: Sharing['kind']
  readonly injections?: readonly Injection[]
  /** Key of the setup, which is in a `target-ready`. */
  readonly setup?: string
}

export interface CaseFinished {
  readonly type: 'case-finished'
  readonly case: CaseSummary
  readonly target: string
  readonly attempt: number
  readonly outcome: Outcome
  /** One sentence, if the outcome needs one (error, inconclusive, known failure). */
  readonly detail?: string
  readonly durationMs: number
  readonly tally: Tally
  readonly mismatches: readonly Mismatch[]
  /** By host, then those of the load balancer. */
  readonly counters: readonly Readonly<Record<string, number>>[]
  readonly impact?: Impact
  /** How verdicts are known, and how many of them each way; absent of a case that was not played. */
  readonly knowledge?: Partial<Readonly<Record<KnowledgeName, number>>>
  /** What was seen beside them, where it was. */
  readonly sightings?: readonly Sighted[]
  /** How long hosts were away, `time` as in the trace, both in microseconds, the second of the device's clock. */
  readonly outages?: readonly {
    readonly event: Outage['event']
    /** The name of the one that it happened to. */
    readonly host?: string
    readonly time: number
    readonly lasted: number
    /** False: no fresh connection went through before the limit. */
    readonly over: boolean
  }[]
  /**
   * The frames that were sent and seen, each with a comment: a pcapng file, from where the log is. It stands in a folder with the
   * timeline of its case, its configuration and what the devices had written down; in logs of earlier versions by itself.
   */
  readonly evidence?: string
  /** What the devices had written down of it: a text file, from where the log is. */
  readonly collected?: string
  readonly trace?: CaseTrace
}

/** A file that a run read, as it was at that time. */
export interface RunInput {
  /** Path from the folder in which the run was started, or else from flowbreak's own: `suites/core/resets.yaml`. */
  readonly file: string
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string
}

/** What a merged log keeps of the start of each run that it contains. */
export interface MergedRun {
  readonly run: string
  readonly startedAt: string
  readonly seed: number
  readonly planned: number
  readonly command: readonly string[]
  readonly shard?: string
  readonly costs?: string
}

/** The run log: one JSON object per line, append-only. All reports are made from it alone. */
export type RunEvent =
  | {
      readonly type: 'run-started'
      readonly schema: 1
      readonly run: string
      readonly flowbreak: string
      readonly node: string
      /** ISO 8601, UTC. */
      readonly startedAt: string
      readonly planned: number
      readonly seed: number
      readonly command: readonly string[]
      /** The suites and captures of the cases that were planned. */
      readonly suites?: readonly RunInput[]
      readonly captures?: readonly RunInput[]
      /** `2/5`, if the run was one of several parts. */
      readonly shard?: string
      /** By what its parts were balanced, if they were: the same for all parts of one run. */
      readonly costs?: string
      /** In a merged log: the runs that it contains, in order. */
      readonly merged?: readonly MergedRun[]
    }
  | {
      readonly type: 'target-ready'
      readonly target: string
      readonly version: string
      readonly capabilities: Capabilities
      readonly setup: string
      /** The setup of that key; absent in logs of earlier versions. */
      readonly configuration?: Setup
      readonly calibration: 'passed' | 'failed'
      readonly detail?: string
    }
  | CaseFinished
  | {
      readonly type: 'case-skipped'
      readonly case: CaseSummary
      readonly target: string
      /** The capability that the target lacks. */
      readonly lacks: string
    }
  | {
      readonly type: 'target-failed'
      readonly target: string
      readonly code: string
      readonly message: string
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly where?: string }
  | {
      readonly type: 'run-finished'
      readonly reason: 'completed' | 'interrupted' | 'bailed'
      readonly finishedAt: string
      readonly totals: Readonly<Record<Outcome, number>>
      readonly exitCode: number
      /**
       * Seals the log: SHA-256 of all lines before this one and of this line without this field, hexadecimal. Only in logs that
       * were written to a file.
       */
      readonly sha256?: string
    }
