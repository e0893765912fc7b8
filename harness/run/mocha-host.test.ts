import { expect } from 'chai'
import type { CaseFinished, Outcome } from '../model/run-log.ts'
import { MochaHost } from './mocha-host.ts'

const planned = (name: string, file = 'one.yaml') => ({ name, suite: 'demo', file })

function finished(name: string, outcome: Outcome): CaseFinished {
  const none = { checked: 0, met: 0 }
  return {
    type: 'case-finished',
    case: {
      name,
      suite: 'demo',
      file: 'one.yaml',
      line: 1,
      rows: [],
      tags: [],
      requirement: 'A test.',
      axes: {},
      flow: 0,
      endpoints: 'recorded',
      expectations: [],
      capture: '',
      policy: 'drop',
      profile: 'suricata-7',
    },
    target: 'reference',
    attempt: 1,
    outcome,
    durationMs: 1,
    tally: { core: none, extended: none, provisional: none },
    mismatches: [],
    counters: [],
  }
}

describe('run/mocha-host', () => {
  it('hosts a test a case and counts those that failed, over several suite files', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const host = new MochaHost(
      names.map((name) => planned(name, name < 'c' ? 'one.yaml' : 'two.yaml')),
      ['reference'],
    )
    const outcomes: Outcome[] = ['pass', 'fail', 'known-failure', 'inconclusive', 'flaky']
    // In another order than planned: execution is not mocha's.
    for (const [index, name] of [...names.entries()].reverse())
      host.settle(finished(name, outcomes[index] ?? 'pass'))
    expect(await host.run(undefined)).to.equal(3)
  })

  it('ends though cases were never played', async () => {
    const host = new MochaHost([planned('a'), planned('b')], ['reference'])
    host.settle(finished('a', 'pass'))
    const running = host.run(undefined)
    host.abandon()
    expect(await running).to.equal(0)
  })
})
