import { expect } from 'chai'
import { type Cell as AnyCell, isEmptyBy } from '../../harness/author/cells/cells.ts'
import { coverageOf, isGap } from '../../harness/author/cells/coverage.ts'
import { EMPTY_RULES } from '../../harness/author/cells/empty-rules.ts'
import { allSuites } from '../../harness/run/fixtures/all-suites.ts'
import { EMPTY, FAMILIES, POLICIES, placeOf, SHARINGS } from './cells.ts'
import { EVENTS, ROW_EVENTS } from './events.ts'

const CASES = allSuites().flatMap(({ cases }) => cases)

/** The tables say which protocol a row is about. */
type Cell = Omit<AnyCell, 'protocol'>

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

describe('suites: every event under every sharing, policy, protocol and family', () => {
  it('leaves at most 10 % of the cells empty, each by a rule of the domain', async () => {
    const { cells } = await coverageOf(CASES)
    const empty = cells.filter(({ cases }) => cases === 0)
    expect(cells).to.have.length(1080)
    expect(empty.filter(isGap).map((cell) => Object.values(cell).join(' '))).to.be.empty
    expect(empty.length / cells.length).to.be.at.most(0.1)
  })

  it('has no rule that keeps empty what has a case, and none that keeps nothing', async () => {
    const { cells } = await coverageOf(CASES)
    for (const rule of EMPTY_RULES) {
      const kept = cells.filter((cell) => isEmptyBy(rule, cell))
      expect(kept).to.not.be.empty
      expect(kept.filter(({ cases }) => cases > 0)).to.be.empty
    }
  })
})
