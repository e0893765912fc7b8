import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { makeSetup } from '../../suite/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { Losses } from './losses.ts'
import { type Lot, WORKER_LOST, withoutDone } from './lot.ts'

const setup = makeSetup({ profile: 'suricata-7' })
const cases = Array.from(
  { length: 8 },
  (_, at): Case => ({
    ...{ name: `${at}`, suite: 's', file: 's.yaml', line: 1, rows: [], tags: [], requirement: '', axes: {} },
    ...{ capture: '', flow: 0, endpoints: 'recorded', setup, injections: [], expectations: [] },
  }),
)
/** The third replay is a fold. */
const LOT: Lot = {
  index: 0,
  target: 'dead',
  setup: setup.key,
  cases,
  replays: [[0], [1], [2, 3], [4], [5], [6], [7]],
}
const LOST = new FlowbreakError(WORKER_LOST, 'Gone.')

/** Loses a worker as often as it may be lost; returns how often, and the errors. */
function lostWith(isHeard: (time: number) => boolean) {
  const losses = new Losses()
  const errors: [string, string | undefined][] = []
  let times = 0
  for (let lot: Lot | undefined = LOT; lot !== undefined; times++) {
    const done = new Set(errors.map(([name]) => name))
    const after = losses.after(withoutDone(lot, done) ?? lot, LOST, isHeard(times))
    for (const { case: test, detail } of after.errors) errors.push([test.name, detail])
    lot = after.lot
  }
  return { times, errors }
}

describe('run/work/losses', () => {
  it('gives up a lot of which three cases lose their workers before anything is heard', () => {
    const { times, errors } = lostWith(() => false)
    expect(errors.map(([name]) => name)).to.deep.equal(cases.map(({ name }) => name))
    expect(errors.slice(0, 3).map(([, detail]) => detail)).to.deep.equal(
      Array(3).fill('Gone. It happened 2 times with this case.'),
    )
    expect(errors.slice(3).map(([, detail]) => detail)).to.deep.equal(
      Array(5).fill(
        'Gone. It happened 2 times with each of 3 cases before anything was played, so this one was not tried.',
      ),
    )
    // Two cases, the fold, and the first case of the fold alone.
    expect(times).to.equal(2 + 2 + 2 + 2)
  })

  it('plays every case of a lot whose workers tell something before they are lost', () => {
    const { times, errors } = lostWith((time) => time % 2 === 1)
    expect(errors).to.deep.equal(cases.map(({ name }) => [name, 'Gone. It happened 2 times with this case.']))
    expect(times).to.equal(2 * cases.length + 2)
  })
})
