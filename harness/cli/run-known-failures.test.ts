import { expect } from 'chai'
import type { RunEvent } from '../model/run-log.ts'
import { KnownFailures } from '../plan/known-failures.ts'
import { broken, finished, summary } from '../report/fixtures/case.ts'
import { unneeded } from './run-known-failures.ts'

const DROP = { policy: 'drop' }
const EVENTS: readonly RunEvent[] = [
  finished(summary('fails', DROP), 'known-failure'),
  { type: 'case-skipped', case: summary('skipped', DROP), target: 'reference', lacks: 'sharing store' },
  broken(summary('broken', DROP)),
  finished(summary('elsewhere', DROP), 'known-failure'),
  { type: 'case-skipped', case: summary('elsewhere', DROP), target: 'lab', lacks: 'rules' },
]

function told(...patterns: readonly string[]): readonly string[] {
  const known = new KnownFailures(
    patterns.map((pattern) => ({ pattern, reason: 'It forgets the mark.' })),
    '2026-11-27',
  )
  return [...unneeded(known, EVENTS)].map((event) => (event.type === 'warning' ? event.message : event.type))
}

describe('cli/run-known-failures', () => {
  it('names entries of whose cases none was played, and not those that name no case, which is told before', () => {
    expect(told('core/fails', 'core/elsewhere', 'core/skipped', 'core/broken', 'core/no-such')).to.deep.equal(
      [
        'The known failure core/skipped excuses nothing: none of the cases that it names was played.',
        'The known failure core/broken excuses nothing: none of the cases that it names was played.',
      ],
    )
  })
})
