import type { Case, Expectation, Injection } from '../../model/case.ts'
import { readingOf } from '../../profile/reading.ts'
import { injectionLabel, phaseOf } from '../../suite/injection.ts'
import type { Placed } from '../../timeline/positions.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { type Piece, piecesOf, recordedOf } from './piece.ts'

/** What is left of a case: packets of its capture, and injections with the packets of the whole capture before which they stood. */
export interface Variant {
  readonly pieces: readonly Piece[]
  readonly events: readonly Placed[]
}

/** A case that can be played, made of a variant. */
export interface Trial {
  readonly test: Case
  readonly recorded: Recorded
  /** By its phases: what these are called in the whole case. */
  readonly phases: ReadonlyMap<string, string>
}

/** The whole case that variants are made of. */
export interface Whole {
  readonly test: Case
  /** Of its capture. */
  readonly epoch: bigint
  readonly pieces: readonly Piece[]
  /** What it is graded by while it is shrunk. */
  readonly expectations: readonly Expectation[]
}

/** A case with its capture, all of it. */
export function wholeOf(test: Case, recorded: Recorded): Whole {
  return { test, epoch: recorded.epoch, pieces: piecesOf(recorded), expectations: test.expectations }
}

/**
 * The case of a variant. Numbers follow their packets: an injection before a packet that is gone happens before the next of its flow that
 * is left, and what was expected of it, or in a phase that is gone, is expected no more. Undefined where the flow under test, or a place
 * for an injection, is gone. `path`: what its capture is called.
 */
export function trialOf(whole: Whole, { pieces, events }: Variant, path: string): Trial | undefined {
  const { test } = whole
  const recorded = recordedOf(pieces, whole.epoch, readingOf(test.setup), path)
  const tested = pieces.findIndex(({ flow }) => flow === test.flow)
  if (pieces.length === 0 || (test.flow >= 0 && tested < 0)) return undefined
  const injections: Injection[] = []
  const counts = new Map<string, number>()
  const renamed = new Map([['before', 'before']])
  for (const event of events) {
    const packet = 1 + nextOf(whole, pieces, event.packet)
    if (packet === 0) return undefined
    const { kind } = event.injection
    const nth = (counts.get(kind) ?? 0) + 1
    counts.set(kind, nth)
    const label = injectionLabel(kind, nth)
    renamed.set(phaseOf(event.injection), phaseOf({ kind, label }))
    injections.push({ ...event.injection, label, at: { packet } })
  }
  const numbers = new Map(pieces.map(({ number }, index) => [number, index + 1]))
  const expectations = whole.expectations.flatMap((each) => follow(each, renamed, numbers))
  const flow = test.flow < 0 ? test.flow : (recorded.batch.flow[tested] ?? 0)
  return {
    test: { ...test, capture: path, flow, injections, expectations },
    recorded,
    phases: new Map([...renamed].map(([from, to]) => [to, from])),
  }
}

/** Index of the first packet left that is the one of that number, or a later one of its flow; -1: none. */
function nextOf({ pieces: all }: Whole, left: readonly Piece[], number: number): number {
  const { flow } = all[number - 1] ?? { flow: -1 }
  return left.findIndex((piece) => piece.number === number || (piece.number > number && piece.flow === flow))
}

function follow(
  expectation: Expectation,
  phases: ReadonlyMap<string, string>,
  numbers: ReadonlyMap<number, number>,
): readonly Expectation[] {
  if (expectation.kind !== 'packets') return [expectation]
  const phase = phases.get(expectation.phase)
  const { which } = expectation
  const followed = typeof which === 'number' ? numbers.get(which) : which
  return phase === undefined || followed === undefined ? [] : [{ ...expectation, phase, which: followed }]
}
