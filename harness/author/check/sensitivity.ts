import type { Case } from '../../model/case.ts'
import { readingOf } from '../../profile/reading.ts'
import { CaptureStore } from '../../run/captures.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { getTarget } from '../../target/targets.ts'
import { placeInjections } from '../../timeline/compile.ts'
import { type Played, playCases } from '../reference.ts'
import type { Mutant } from './mutant.ts'

/**
 * The cases that stay green under every mutant: whatever the firewall did wrong, they would not notice. Each is played until one
 * turns it red; for that it is enough that a provisional expectation is not met.
 */
export async function insensitiveCases(
  cases: readonly Case[],
  mutants: readonly Mutant[],
  captures: CaptureStore,
  signal: AbortSignal,
): Promise<readonly Case[]> {
  let green = cases
  for (const mutant of mutants) {
    if (green.length === 0) break
    const wrong = new Map(green.flatMap((test) => mutated(test, mutant)))
    // Captures that are read in another way are not kept.
    const store = new StoreByReading(captures, green)
    const able: Case[] = []
    for (const test of wrong.values()) if (await isPlaceable(test, store)) able.push(test)
    if (able.length === 0) continue
    const target = 'target' in mutant ? mutant.target(getTarget('reference', '')) : undefined
    const played = await playCases(able, store, signal, target)
    green = green.filter(({ name }) => !isRed(played.get(name)))
  }
  return green
}

function mutated(test: Case, mutant: Mutant): readonly (readonly [string, Case])[] {
  if ('target' in mutant) return mutant.of(test) ? [[test.name, test]] : []
  const setup = mutant.setup(test.setup)
  return setup === undefined || setup.key === test.setup.key ? [] : [[test.name, { ...test, setup }]]
}

/** A provisional expectation that is not met fails nothing, and yet it is noticed. */
function isRed(played: Played | undefined): boolean {
  return played !== undefined && 'finished' in played && played.finished.mismatches.length > 0
}

/** Whether the capture, as it is read now, holds what the case breaks. */
async function isPlaceable(test: Case, captures: CaptureStore): Promise<boolean> {
  try {
    const recorded = await captures.load(test.capture, test.setup)
    if (test.flow >= recorded.flows.count) return false
    placeInjections(recorded, test.injections, test.flow < 0 ? undefined : test.flow)
    return true
  } catch (thrown) {
    if (thrown instanceof FlowbreakError) return false
    throw thrown
  }
}

/** Captures as cases read them, from a store that lasts, and those that are read in another way for as long as this lives. */
class StoreByReading extends CaptureStore {
  readonly #lasting: CaptureStore
  readonly #readings: ReadonlySet<string>

  constructor(lasting: CaptureStore, cases: readonly Case[]) {
    super()
    this.#lasting = lasting
    this.#readings = new Set(cases.map(({ setup }) => JSON.stringify(readingOf(setup))))
  }

  override load(path: string, setup: Case['setup']): ReturnType<CaptureStore['load']> {
    const isKnown = this.#readings.has(JSON.stringify(readingOf(setup)))
    return isKnown ? this.#lasting.load(path, setup) : super.load(path, setup)
  }
}
