import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { readOptions } from './options.ts'

const LEAST = { kind: 'geneve', profile: 'suricata-7', hosts: ['10.0.1.10', '10.0.1.11:7000'] }

describe('options of target geneve', () => {
  it('are few, and the rest is as a gateway load balancer has it', () => {
    expect(readOptions(LEAST, 'lab')).to.deep.include({
      hosts: [
        { address: '10.0.1.10', port: 6081 },
        { address: '10.0.1.11', port: 7000 },
      ],
      listen: '0.0.0.0',
      mtu: 8500,
      scale: 1,
      policies: ['drop'],
      sharing: ['none'],
    })
    expect(readOptions({ ...LEAST, hosts: ['127.0.0.1'] }, 'lab').listen).to.equal('127.0.0.1')
    const { health, hooks } = readOptions(
      { ...LEAST, health: { port: [80, 81] }, hooks: { clear: 'ssh fw clear all' } },
      'lab',
    )
    expect(health).to.deep.include({ kind: 'tcp', ports: [80, 81], interval: 1, healthy: 2, unhealthy: 2 })
    expect(hooks.clear).to.deep.equal(['ssh', 'fw', 'clear', 'all'])
  })

  for (const [wrong, words] of [
    [{ hosts: undefined }, 'hosts must be a list'],
    [{ hosts: [] }, 'hosts must be a list'],
    [{ hosts: ['fw.example'] }, '"fw.example" is not an IPv4 address'],
    [{ hosts: ['10.0.0.1:0'] }, '"10.0.0.1:0" is not an IPv4 address'],
    [{ hosts: ['10.0.0.1', '10.0.0.1:6081'] }, '10.0.0.1:6081 is there twice'],
    [{ listen: 'here' }, 'listen must be an IPv4 address'],
    [{ returns: 'home' }, 'returns must be'],
    [{ clock: 'atomic' }, 'clock must be machine or told'],
    [{ clock: 'told', scale: 2 }, 'scale is of clock machine'],
    [{ mtu: 100 }, 'mtu must be'],
    [{ scale: 0 }, 'scale must be'],
    [{ profile: undefined }, 'profile must name'],
    [{ policies: ['drop', 'maybe'] }, 'policies must be a list'],
    [{ policies: ['drop', 'reject'] }, 'the hook configure'],
    [{ sharing: [] }, 'sharing must be a list'],
    [{ features: ['magic'] }, 'features must be a list'],
    [{ families: 'ipv5' }, 'families must be a list'],
    [{ health: 80 }, 'health must be'],
    [{ health: { kind: 'icmp', port: 1 } }, 'health.kind must be'],
    [{ health: { port: [80] } }, 'one for each host'],
    [{ health: {} }, 'health.port must be'],
    [{ health: { port: 80, path: 'up' } }, 'health.path must'],
    [{ health: { port: 80, interval: 0 } }, 'health.interval must be'],
    [{ health: { port: 80, every: 1 } }, 'health has no every'],
    [{ hooks: [] }, 'hooks must be'],
    [{ hooks: { reboot: 'now' } }, 'there is no hook reboot'],
    [{ hooks: { clear: [] } }, 'hooks.clear must be a command'],
    [{ hooks: { clear: [1] } }, 'hooks.clear must be a command'],
    [{ hooks: { limit: -1 } }, 'hooks.limit must be'],
    [{ hostes: [] }, 'there is no option hostes'],
  ] as const)
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      expect(() => readOptions({ ...LEAST, ...wrong }, 'lab'))
        .to.throw(FlowbreakError, `Target lab of kind geneve: `)
        .that.satisfies((error: FlowbreakError) => error.message.includes(words))
        .and.includes({ code: 'ERR_TARGET_OPTION' })
    })
})
