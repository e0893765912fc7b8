import { expect } from 'chai'
import type { SetupInput } from './setup/input.ts'
import { makeSetup } from './setup.ts'

describe('suite/setup', () => {
  it('has the defaults that the page of formats gives', () => {
    expect(makeSetup()).to.deep.include({
      topology: {
        hosts: ['fw-a', 'fw-b'],
        loadBalancer: {
          placement: 'first',
          tcpIdle: 350,
          otherIdle: 120,
          nonSynMiss: 'forward',
          failover: 'rebalance',
          resetOn: { idle: false, unhealthy: false, deregistration: false },
        },
        sharing: { kind: 'none' },
      },
      policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
      profile: 'aws-nfw',
      rules: [],
    })
  })

  it('takes every key', () => {
    const setup = makeSetup({
      profile: 'suricata-7',
      hosts: ['left', 'right', 'third'],
      policy: 'continue',
      'rule-order': 'strict',
      'default-actions': ['aws:drop_established', 'aws:alert_established'],
      rules: ['pass tcp any any -> any any (sid:1;)'],
      'tcp-idle': '6m',
      sharing: 'replication',
      'load-balancer': {
        placement: 'hash',
        'tcp-idle': 6000,
        'other-idle': '30s',
        'non-syn-miss': 'reset',
        failover: 'no_rebalance',
        'reset-on': ['idle', 'deregistration'],
      },
    })
    expect(setup.topology).to.deep.equal({
      hosts: ['left', 'right', 'third'],
      loadBalancer: {
        placement: 'hash',
        tcpIdle: 6000,
        otherIdle: 30,
        nonSynMiss: 'reset',
        failover: 'no_rebalance',
        resetOn: { idle: true, unhealthy: false, deregistration: true },
      },
      sharing: { kind: 'replication', mode: 'snapshot', lag: 0, drain: 0, transfer: 0 },
    })
    expect(setup.policy).to.deep.equal({
      exception: 'continue',
      ruleOrder: 'strict',
      defaultActions: ['aws:drop_established', 'aws:alert_established'],
      tcpIdle: 360,
    })
    expect([setup.profile, setup.rules.length]).to.deep.equal(['suricata-7', 1])
  })

  it('takes every key of the load balancer, and leaves out what is so by default', () => {
    const { loadBalancer } = makeSetup({
      hosts: 3,
      'load-balancer': {
        stickiness: '3-tuple',
        'tcp-idle': 350,
        'on-deregistration': 'no_rebalance',
        'on-unhealthy': 'no_rebalance',
        capacity: '1000',
        health: { interval: 30, 'unhealthy-threshold': 3, 'healthy-threshold': '2' },
        'deregistration-delay': 0,
        zones: ['a', 'b', 'b'],
        zone: 'b',
        'all-unhealthy': 'closed',
        mtu: 8500,
        'host-mtu': '8568',
        'host-tcp-established': 350,
      },
    }).topology
    expect(loadBalancer).to.deep.include({
      stickiness: '3-tuple',
      failover: 'no_rebalance',
      capacity: 1000,
      health: { interval: 30, unhealthyThreshold: 3, healthyThreshold: 2 },
      deregistrationDelay: 0,
      zones: { hosts: ['a', 'b', 'b'], client: 'b', crossZone: false },
      allUnhealthy: 'closed',
      mtu: 8500,
      hostMtu: 8568,
      hostTcpEstablished: 350,
    })
    const written = makeSetup({
      'load-balancer': {
        stickiness: '5-tuple',
        health: { interval: '10s', 'unhealthy-threshold': 2 },
        'deregistration-delay': '5m',
        'cross-zone': false,
        'all-unhealthy': 'open',
        'host-tcp-established': 432_000,
      },
    })
    expect(written.key).to.equal(makeSetup().key)
    const crossing = makeSetup({ 'load-balancer': { zones: ['a', 'b'], zone: 'c', 'cross-zone': 'true' } })
    expect(crossing.topology.loadBalancer.zones).to.deep.equal({
      hosts: ['a', 'b'],
      client: 'c',
      crossZone: true,
    })
  })

  it('gives equal keys to equal setups however they are written, and other keys to others', () => {
    const written = makeSetup({
      hosts: ['fw-a', 'fw-b'],
      policy: 'drop',
      'load-balancer': { 'tcp-idle': '350s' },
    })
    expect(written.key)
      .to.equal(makeSetup().key)
      .and.to.match(/^[0-9a-f]{16}$/)
    const others: SetupInput[] = [
      { policy: 'reject' },
      { hosts: 3 },
      { rules: ['x'] },
      { 'tcp-idle': '350s' },
    ]
    expect(new Set(others.map((input) => makeSetup(input).key)).add(makeSetup().key).size).to.equal(5)
  })

  it('knows the generations of policies: reject is the default of the next one', () => {
    expect(makeSetup({ generation: 'next' }).policy).to.include({ generation: 'next', exception: 'reject' })
    expect(makeSetup({ generation: 'next', policy: 'drop', mode: 'monitor' }).policy).to.include({
      generation: 'next',
      exception: 'drop',
      mode: 'monitor',
    })
    const classic = makeSetup({ generation: 'classic', mode: 'enforce' })
    expect(classic.key).to.equal(makeSetup().key)
    expect(makeSetup({ generation: 'next', policy: 'drop' }).key).not.to.equal(makeSetup().key)
  })

  it('names up to 250 hosts, each once', () => {
    const { hosts } = makeSetup({ hosts: 250 }).topology
    expect(new Set(hosts).size).to.equal(250)
    expect([hosts[0], hosts[25], hosts[26], hosts[249]]).to.deep.equal(['fw-a', 'fw-z', 'fw-aa', 'fw-ip'])
    expect(makeSetup({ hosts: '3' }).topology.hosts).to.have.length(3)
  })
})

describe('suite/setup: what a profile gives by default', () => {
  it('its own policy', () => {
    expect(makeSetup({ profile: 'suricata-6.0.9' }).policy.exception).to.equal('continue')
    expect(makeSetup({ profile: 'aws-nfw', generation: 'next' }).policy.exception).to.equal('reject')
    expect(makeSetup({ profile: 'panos' }).policy.exception).to.equal('drop')
    expect(makeSetup({ profile: 'suricata-6.0.9', policy: 'drop' }).policy.exception).to.equal('drop')
  })

  it('its load balancer and its resets at expiry', () => {
    const measured = (value: string | number | readonly string[]) =>
      ({ value, mark: 'RUN', source: 'measured' }) as const
    const profile = {
      name: 'mine',
      extends: 'cisco-asa',
      knobs: {
        lbPlacement: measured('hash'),
        lbTcpIdle: measured(600),
        lbOtherIdle: measured(60),
        lbNonSynMiss: measured('drop'),
        lbFailover: measured('no_rebalance'),
        lbResetOn: measured(['idle']),
        resetOnExpiry: measured('both'),
      },
    }
    const { topology, policy, ownProfile, key } = makeSetup({ profile })
    expect(topology.loadBalancer).to.deep.equal({
      placement: 'hash',
      tcpIdle: 600,
      otherIdle: 60,
      nonSynMiss: 'drop',
      failover: 'no_rebalance',
      resetOn: { idle: true, unhealthy: false, deregistration: false },
    })
    expect([policy.resetOnExpiry, ownProfile]).to.deep.equal(['both', profile])
    expect(makeSetup({ profile, 'reset-on-expiry': 'none' }).policy.resetOnExpiry).to.equal('none')
    expect(
      makeSetup({ profile, 'load-balancer': { 'tcp-idle': 90 } }).topology.loadBalancer.tcpIdle,
    ).to.equal(90)
    const other = { ...profile, knobs: { ...profile.knobs, lbTcpIdle: measured(601) } }
    expect(makeSetup({ profile: other }).key).not.to.equal(key)
  })
})
