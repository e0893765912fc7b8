import { expect } from 'chai'
import { makeSetup } from '../suite/setup.ts'
import { FlowbreakError } from '../support/errors.ts'
import { loadBalancerOf } from './load-balancer-options.ts'

describe('cli/load-balancer-options', () => {
  it('says what a suite would', () => {
    const written = loadBalancerOf([
      'stickiness=3-tuple',
      'zones=a,b',
      'zone=b',
      'health.interval=30s',
      'health.unhealthy-threshold=3',
      'capacity=100',
      'mtu=8500',
    ])
    expect(written).to.deep.equal({
      stickiness: '3-tuple',
      capacity: '100',
      zone: 'b',
      zones: ['a', 'b'],
      mtu: '8500',
      health: { interval: '30s', 'unhealthy-threshold': '3' },
    })
    expect(makeSetup({ 'load-balancer': written }).topology.loadBalancer).to.deep.include({
      stickiness: '3-tuple',
      capacity: 100,
      health: { interval: 30, unhealthyThreshold: 3, healthyThreshold: 5 },
    })
    expect(loadBalancerOf([])).to.deep.equal({})
  })

  it('refuses other keys, and keys without a value', () => {
    for (const [option, sentence] of [
      ['stickines=2-tuple', /--lb has no key "stickines".* Did you mean "stickiness"\?$/],
      ['capacity', /--lb capacity has no value/],
      ['=3', /--lb has no key ""/],
    ] as const)
      expect(() => loadBalancerOf([option]))
        .to.throw(FlowbreakError, sentence)
        .with.property('code', 'ERR_USAGE')
  })
})
