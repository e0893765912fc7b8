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

  it('say nothing of a pair that was compared with a real one, unless it does what that one was not asked to', () => {
    const conntrackd = (keys: object): SetupInput => ({
      profile: 'linux-conntrack',
      sharing: { kind: 'sync', way: 'conntrackd', ...keys },
    })
    expect(warningsOf(conntrackd({}), conntrackd({ 'external-cache': false }))).to.deep.equal([])
    expect(warningsOf(conntrackd({ lag: '1s' }))).to.deep.equal(['WARN_MODEL'])
    expect(warningsOf(conntrackd({ repair: 'none' }))).to.deep.equal(['WARN_MODEL'])
    expect(warningsOf(conntrackd({ updates: 'packets' }))).to.deep.equal(['WARN_MODEL'])
    expect(warningsOf({ ...conntrackd({}), hosts: 3 })).to.deep.equal(['WARN_MODEL'])
    expect(warningsOf({ profile: 'pf', sharing: { kind: 'sync', way: 'conntrackd' } })).to.deep.equal([
      'WARN_MODEL',
    ])
    expect(warningsOf({ profile: 'pf', sharing: { kind: 'sync', way: 'pfsync' } })).to.deep.equal([
      'WARN_MODEL',
    ])
  })

  it('say nothing of hosts that share nothing', () => {
    expect(warningsOf({}, { hosts: 3 })).to.deep.equal([])
  })
})
