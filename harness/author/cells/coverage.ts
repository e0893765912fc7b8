import type { Case } from '../../model/case.ts'
import { CaptureStore } from '../../run/captures.ts'
import { POLICIES, SHARINGS } from '../../suite/words.ts'
import {
  type Cell,
  type EmptyRule,
  FAMILIES,
  flowPlaceOf,
  isEmptyBy,
  PROTOCOLS,
  setupPlaceOf,
} from './cells.ts'
import { EMPTY_RULES } from './empty-rules.ts'
import { COVERED_EVENTS, eventsIn } from './events.ts'

/** A cell, and how many cases are in it; or the rule that keeps it empty. */
export interface CoveredCell extends Cell {
  readonly cases: number
  /** Why there can be none; absent: there can. A gap is a cell with neither. */
  readonly rule?: EmptyRule
}

export interface Coverage {
  /** By event, protocol, family, sharing and policy, the last varying first. */
  readonly cells: readonly CoveredCell[]
  readonly cases: number
}

/** Which cells cases are in: each by its events, setup and the flow under test. Reads the captures. */
export async function coverageOf(cases: readonly Case[]): Promise<Coverage> {
  const captures = new CaptureStore()
  const counts = new Map<string, number>()
  for (const test of cases) {
    const events = eventsIn(test)
    if (events.length === 0) continue
    const { flows } = await captures.load(test.capture, test.setup)
    const tested = test.flow < 0 ? Array.from({ length: flows.count }, (_, id) => id) : [test.flow]
    const keys = new Set<string>()
    for (const id of tested) {
      const place = flowPlaceOf(flows.info(id))
      if (place === undefined) continue
      for (const event of events) keys.add(keyOf({ event, ...setupPlaceOf(test), ...place }))
    }
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return {
    cases: cases.length,
    cells: allCells().map((cell) => {
      const rule = EMPTY_RULES.find((one) => isEmptyBy(one, cell))
      return { ...cell, cases: counts.get(keyOf(cell)) ?? 0, ...(rule === undefined ? {} : { rule }) }
    }),
  }
}

/** Whether nothing says why a cell has no case. */
export function isGap({ cases, rule }: CoveredCell): boolean {
  return cases === 0 && rule === undefined
}

function allCells(): readonly Cell[] {
  return COVERED_EVENTS.flatMap(({ name: event }) =>
    PROTOCOLS.flatMap((protocol) =>
      FAMILIES.flatMap((family) =>
        SHARINGS.flatMap((sharing) =>
          POLICIES.map((policy) => ({ event, protocol, family, sharing, policy })),
        ),
      ),
    ),
  )
}

function keyOf({ event, sharing, policy, protocol, family }: Cell): string {
  return `${event} ${protocol} ${family} ${sharing} ${policy}`
}
