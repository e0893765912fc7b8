import type { Level } from '../../model/case.ts'
import type { Outcome } from '../../model/run-log.ts'

/** What the page is given: everything that it draws, in words where the log has codes. */
export interface View {
  readonly outcomes: Readonly<Record<Outcome, { readonly mark: string; readonly rank: number }>>
  /** In the order of the totals. */
  readonly order: readonly Outcome[]
  /** Every axis and its values in the order of their appearance, the one with most values first. */
  readonly axes: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly cases: readonly CaseView[]
  /** Texts that many packets share; the columns of traces point into it. */
  readonly words: readonly string[]
}

export interface CaseView {
  readonly name: string
  /** The name without suite and axes. */
  readonly short: string
  readonly suite: string
  readonly target: string
  readonly outcome: Outcome
  readonly detail: string
  readonly requirement: string
  /** With the target among them, where there are several. */
  readonly axes: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  readonly rows: readonly string[]
  /** Label and value, as they stand in the case's head. */
  readonly facts: readonly (readonly [string, string])[]
  readonly mismatches: readonly MismatchView[]
  readonly expectations: readonly ExpectationView[]
  readonly hosts: readonly string[]
  /** Name and growth by host; counters that stayed zero are left out. */
  readonly counters: readonly (readonly [string, readonly number[]])[]
  readonly trace?: TraceView
}

export interface MismatchView {
  readonly level: Level
  readonly source: string
  readonly where: string
  readonly expected: string
  readonly observed: string
  /** Index into the trace, -1: of the case as a whole. */
  readonly index: number
  /** How many more of the same follow it. */
  readonly more: number
}

export interface ExpectationView {
  readonly of: string
  readonly expected: string
  readonly tolerated: string
  readonly level: Level
  readonly source: string
}

/** A `CaseTrace` to be drawn; columns have one entry a packet. */
export interface TraceView {
  /** Client, load balancer, hosts, server. */
  readonly lanes: readonly string[]
  readonly phases: readonly string[]
  /** More than one: packets say which is theirs. */
  readonly flows: number
  readonly number: readonly number[]
  /** Microseconds since the first packet. */
  readonly time: readonly number[]
  readonly flow: readonly number[]
  /** `>` c2s, `<` s2c. */
  readonly direction: string
  /** Words: what the packet carries. */
  readonly label: readonly number[]
  readonly phase: readonly number[]
  /** Lane of the host that it was sent through; -1: round the hosts. */
  readonly via: readonly number[]
  /** Lane where it was decided; -1: nobody knows, -2: it was lost on the path. */
  readonly by: readonly number[]
  /** u f d r a n, as in the log. */
  readonly verdict: string
  /** Words: the verdict and its reason. */
  readonly observed: readonly number[]
  /** Words: what was expected of it; -1: nothing. */
  readonly expected: readonly number[]
  /** By packet: 0 nothing expected, 1 met, 2 not met but provisional, 3 not met. */
  readonly held: readonly number[]
  readonly emitted: readonly EmittedView[]
  /** Controls, and how verdicts are known. */
  readonly note: string
  readonly events: readonly { readonly before: number; readonly label: string }[]
}

export interface EmittedView {
  /** Index of the packet that caused it, -1: none. */
  readonly index: number
  /** Lanes. */
  readonly from: number
  readonly to: number
  readonly label: string
  readonly numbers: string
  readonly acceptable: boolean
}
