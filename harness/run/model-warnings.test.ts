import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { modelWarnings } from './model-warnings.ts'

function warningsOf(...setups: readonly SetupInput[]): string[] {
  const cases = setups.map((input) => ({ setup: makeSetup(input) }) as Case)
  return [...modelWarnings(cases)].map((event) => (event.type === 'warning' ? event.code : event.type))
}

describe('run/model-warnings', () => {
  it('say which models cases rest on, once for all of them', () => {
    const cluster: SetupInput = { profile: 'cisco-cluster', sharing: 'cluster' }
    const setups: SetupInput[] = [{}, { sharing: 'replication' }, cluster, cluster]
    const [event, ...others] = [
      ...modelWarnings(setups.map((input) => ({ setup: makeSetup(input) }) as Case)),
    ]
    expect(others).to.deep.equal([])
    expect(event)
      .to.have.property('message')
      .that.contains('sharing cluster (Cisco Secure Firewall), replication (AWS Network Firewall);')
  })

  it('say where a real pair was seen to differ', () => {
    expect(
      warningsOf({ profile: 'linux-conntrack', sharing: { kind: 'sync', way: 'conntrackd' } }),
    ).to.deep.equal(['WARN_MODEL', 'WARN_MODEL_DIFFERS'])
    expect(warningsOf({ profile: 'pf', sharing: { kind: 'sync', way: 'pfsync' } })).to.deep.equal([
      'WARN_MODEL',
    ])
  })

  it('say nothing of hosts that share nothing', () => {
    expect(warningsOf({}, { hosts: 3 })).to.deep.equal([])
  })
})
