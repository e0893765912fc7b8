import { expect } from 'chai'
import { loadSuites } from '../../harness/index.ts'
import { type Cell, EMPTY, FAMILIES, isEmptyBy, POLICIES, placeOf, SHARINGS } from './cells.ts'
import { EVENTS, ROW_EVENTS } from './events.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const CASES = loadSuites([], [ROOT]).flatMap(({ cases }) => cases)

/** The cells of an event that have a case, each by its name. */
function shownCells({ name, isShown }: (typeof EVENTS)[number]): Set<string> {
  return new Set(CASES.filter(isShown).map((test) => nameOf({ event: name, ...placeOf(test) })))
}

function nameOf({ event, sharing, policy, family }: Cell): string {
  return `${event}, sharing ${sharing}, policy ${policy}, ${family}`
}

function cellsOf(event: string): Cell[] {
  return SHARINGS.flatMap((sharing) =>
    POLICIES.flatMap((policy) => FAMILIES.map((family) => ({ event, sharing, policy, family }))),
  )
}

describe('suites: every event under every sharing, policy and family', () => {
  for (const event of EVENTS)
    it(`${event.name} has a case in each, unless a rule of the domain keeps it empty`, () => {
      const shown = shownCells(event)
      const cells = cellsOf(event.name).filter((cell) => !EMPTY.some((rule) => isEmptyBy(rule, cell)))
      expect(cells.map(nameOf).filter((cell) => !shown.has(cell))).to.be.empty
    })

  for (const rule of EMPTY)
    it(`is truly empty where ${rule.reason}`, () => {
      const cells = EVENTS.flatMap((event) => {
        const shown = shownCells(event)
        return cellsOf(event.name).filter((cell) => isEmptyBy(rule, cell) && shown.has(nameOf(cell)))
      })
      expect(cells.map(nameOf)).to.be.empty
      expect(EVENTS.some(({ name }) => cellsOf(name).some((cell) => isEmptyBy(rule, cell)))).to.equal(true)
    })

  for (const { name, happens } of ROW_EVENTS)
    it(`${name} happens in each case that names it`, () => {
      expect(CASES.filter((test) => test.rows.includes(name) && !happens(test)).map((test) => test.name)).to
        .be.empty
    })
})
