import type { SweepCell } from '../../model/sweep.ts'
import { LoadBalancerPath } from '../../path/load-balancer.ts'
import { lacks } from '../../plan/capabilities.ts'
import { Breath } from '../../support/breath.ts'
import type { ReferenceTarget } from '../../target/reference/reference.ts'
import { type CompileOptions, compileRecorded, placeInjections } from '../../timeline/compile.ts'
import { Feedback } from '../../timeline/feedback.ts'
import type { ReadyColumn, Sweeping } from './column.ts'
import { caseOf, placesOf } from './places.ts'
import { Tape } from './tape.ts'

/**
 * Plays a column through the reference, which has everything in this process: its verdicts need no proof. `out` and `run` are reused from
 * timeline to timeline.
 */
export async function playInProcess(
  column: number,
  { target, setup, flow }: Omit<ReadyColumn, 'target'> & { readonly target: ReferenceTarget },
  { breaks, seed, signal, take }: Sweeping,
  { out, run }: Pick<CompileOptions, 'out' | 'run'>,
): Promise<void> {
  const { recorded, info } = flow
  const { hosts, sharing } = setup.topology
  const tape = new Tape(flow, hosts)
  const path = new LoadBalancerPath(setup.topology, seed)
  const feedback = new Feedback()
  const breath = new Breath()
  const missing = new Map<number, SweepCell | undefined>()
  await using session = await target.prepare(setup)
  for (const place of placesOf(flow, breaks, setup)) {
    const { broken, packet, injections } = place
    signal.throwIfAborted()
    await breath.take()
    if (!missing.has(broken)) {
      const lacking = lacks(caseOf(place, 'sweep', flow, setup, false), target.capabilities)
      const detail = `The target ${target.name} has no ${lacking}.`
      missing.set(broken, lacking === undefined ? undefined : { why: 'skipped', detail })
    }
    const unplayed = missing.get(broken) ?? place.impossible
    if (unplayed !== undefined) {
      take(column, broken, packet, unplayed)
      continue
    }
    const placed = placeInjections(recorded, injections, info.id)
    const timeline = compileRecorded(recorded, { placed, hosts, sharing, feedback, seed, out, run })
    feedback.reset()
    path.reset()
    tape.begin()
    await session.reset()
    for (const { packets, events } of timeline.steps) {
      const answered = session.answer({ packets, events: path.assign({ packets, events }) }, timeline.epoch)
      tape.take(answered instanceof Promise ? await answered : answered)
    }
    take(column, broken, packet, tape.played())
  }
}
