import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { Case, Injection } from '../../model/case.ts'
import { Direction } from '../../model/codes.ts'
import type { Setup } from '../../model/setup.ts'
import type { Unplayed } from '../../model/sweep.ts'
import { breaksNothing, undoesNothing } from '../../suite/breaks-nothing.ts'
import { formatDuration } from '../../support/duration.ts'
import type { Break } from './break.ts'
import type { SweptFlow } from './swept-flow.ts'

/** Where the flow is broken in a case; `packet` -1: nowhere. */
export interface Place {
  readonly broken: number
  readonly packet: number
}

/** A break at one place, or why it cannot be there. */
export interface PlacedBreak extends Place {
  readonly injections: readonly Injection[]
  readonly impossible?: Unplayed
}

/** The flow unbroken, then every break at every packet. */
export function* placesOf(flow: SweptFlow, breaks: readonly Break[], setup: Setup): Generator<PlacedBreak> {
  yield { broken: -1, packet: -1, injections: [] }
  for (const [broken, each] of breaks.entries())
    for (const [packet, { number }] of flow.packets.entries()) {
      const injections = each.at(number)
      const place = { broken, packet, injections }
      const sharing = setup.topology.sharing.kind
      const foreign = injections
        .map(({ kind }, at) => breaksNothing(kind, sharing) ?? undoesNothing(injections, at))
        .find(isSaid)
      const detail = injections.map((injection) => obstacle(injection, flow, packet)).find(isSaid)
      if (foreign !== undefined) yield { ...place, impossible: { why: 'skipped', detail: foreign } }
      else if (detail !== undefined) yield { ...place, impossible: { why: 'impossible', detail } }
      else yield place
    }
}

/** The case that a place is, which expects nothing. */
export function caseOf(
  place: PlacedBreak,
  name: string,
  flow: SweptFlow,
  setup: Setup,
  reactive: boolean,
): Case {
  const { recorded, info } = flow
  return {
    name,
    suite: 'sweep',
    file: recorded.path,
    line: 1,
    rows: [],
    tags: [],
    requirement: 'Whatever becomes of it is taken down.',
    axes: { family: info.family },
    capture: recorded.path,
    flow: info.id,
    endpoints: reactive ? 'reactive' : 'recorded',
    setup,
    injections: place.injections,
    expectations: [],
  }
}

/** The longest silence between two packets of the flow, in whole seconds. */
export function longestSilence({ packets }: SweptFlow): number {
  let longest = 0
  for (let i = 1; i < packets.length; i++)
    longest = Math.max(longest, (packets[i]?.time ?? 0) - (packets[i - 1]?.time ?? 0))
  return Math.ceil(longest / NANOS_PER_SECOND)
}

function isSaid(detail: string | undefined): detail is string {
  return detail !== undefined
}

/** Why an injection cannot happen just before a packet; undefined: it can. */
function obstacle(injection: Injection, { packets }: SweptFlow, at: number): string | undefined {
  if (injection.kind === 'duplicate') {
    const way = Direction[injection.direction]
    const has = packets.slice(0, at).some(({ direction }) => direction === way)
    return has ? undefined : `No packet of ${injection.direction} comes before it.`
  }
  if (injection.kind !== 'idle-gap') return undefined
  const before = packets[at - 1]
  if (before === undefined) return 'No packet of the flow comes before it, so there is no silence to stretch.'
  const recorded = (packets[at]?.time ?? 0) - before.time
  if (recorded <= injection.gap) return undefined
  return `The recorded silence is longer already: ${formatDuration(recorded)}.`
}
