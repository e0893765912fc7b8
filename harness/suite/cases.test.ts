import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import { type LoadedSuite, loadSuite } from './cases.ts'
import { withFiles } from './helpers.test.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url))

function load(name: string): LoadedSuite {
  const text = readFileSync(join(FIXTURES, name), 'utf8')
  const files = {
    'suites/suite.yaml': text,
    'suites/beside.pcapng': '',
    'captures/echo-ladder-ipv4.pcap': '',
    'captures/echo-ladder-ipv6.pcap': '',
  }
  return withFiles(files, (folder) =>
    loadSuite(join(folder, 'suites/suite.yaml'), { captures: [join(folder, 'captures')] }),
  )
}

/** A case without what depends on where its files are. */
function portable(test: Case): object {
  return { ...test, file: basename(test.file), capture: basename(test.capture) }
}

describe('suite/cases', () => {
  it('expands a suite into the cases of the golden file', () => {
    const { name, title, cases } = load('stream-exception.yaml')
    const golden: unknown = JSON.parse(readFileSync(join(FIXTURES, 'stream-exception.golden.json'), 'utf8'))
    expect(JSON.parse(JSON.stringify({ name, title, cases: cases.map(portable) }))).to.deep.equal(golden)
  })

  it('names cases by suite, case and axes, in the order of the file', () => {
    expect(load('stream-exception.yaml').cases.map(({ name }) => name)).to.deep.equal([
      'example/stream-exception/host-swap/data/policy:drop/family:ipv4',
      'example/stream-exception/host-swap/data/policy:drop/family:ipv6',
      'example/stream-exception/host-swap/data/policy:reject/family:ipv4',
      'example/stream-exception/host-swap/data/policy:reject/family:ipv6',
      'example/stream-exception/host-swap/data/policy:continue/family:ipv4',
      'example/stream-exception/host-swap/data/policy:continue/family:ipv6',
      'example/stream-exception/idle/reactive/policy:drop/profile:aws-nfw',
      'example/stream-exception/idle/reactive/policy:drop/profile:suricata-7',
      'example/stream-exception/idle/reactive/policy:reject/profile:aws-nfw',
      'example/stream-exception/idle/reactive/policy:reject/profile:suricata-7',
    ])
  })

  it('gives equal setups one object', () => {
    const { cases } = load('stream-exception.yaml')
    expect(cases[0]?.setup).to.equal(cases[1]?.setup)
    expect(cases[0]?.setup).not.to.equal(cases[2]?.setup)
  })

  it('takes a level from the source that fits the profile', () => {
    const [inAws, inSuricata] = load('stream-exception.yaml').cases.slice(-2)
    expect(inAws?.expectations[0]).to.deep.include({
      level: 'provisional',
      provenance: { mark: 'MEM', where: 'field notes' },
    })
    expect(inSuricata?.expectations[0]).to.deep.include({
      level: 'core',
      provenance: { mark: 'SRC', where: 'stream-tcp.c' },
    })
  })

  it('needs little: a case without axes, setup, tags and injections', () => {
    const [test, ...more] = load('minimal.yaml').cases
    expect(more).to.deep.equal([])
    expect(test).to.deep.include({
      name: 'example/minimal/untouched',
      line: 4,
      rows: [],
      tags: [],
      axes: {},
      flow: 0,
      endpoints: 'recorded',
      injections: [],
    })
    expect(test?.capture).to.match(/suites\/beside\.pcapng$/)
  })

  it('puts axes into any string, and sets the keys of a setup that they are named after', () => {
    const text = `
suite: axes
title: Axes
matrix: { hosts: [1, 3], failover: [rebalance, no_rebalance], where: [fin, 'c2s:data#2'], sharing: [none, replication] }
cases:
  - name: all
    tags: ['on-{hosts}']
    requirement: With {hosts} hosts and {sharing}.
    source: { mark: DOC, where: 'of {failover}' }
    capture: c
    setup: { load-balancer: { tcp-idle: '{hosts}00s' } }
    inject: [{ host-swap: { at: '{where}', host: fw-a } }]
    expect: { 'after host-swap': { hosts: { 1: drop, 3: forward } } }
`
    const { cases } = withFiles({ 's.yaml': text, 'c.pcap': '' }, (folder) =>
      loadSuite(join(folder, 's.yaml'), { captures: [] }),
    )
    expect(cases).to.have.length(16)
    const last = cases.at(-1)
    expect(last).to.deep.include({ tags: ['on-3'], requirement: 'With 3 hosts and replication.' })
    expect(last?.setup.topology).to.deep.include({
      hosts: ['fw-a', 'fw-b', 'fw-c'],
      sharing: { kind: 'replication', mode: 'snapshot', lag: 0, drain: 0, transfer: 0 },
    })
    expect(last?.setup.topology.loadBalancer).to.deep.include({ tcpIdle: 300, failover: 'no_rebalance' })
    expect(last?.injections[0]?.at).to.deep.equal({ before: 'data', direction: 'c2s', nth: 2 })
    expect(last?.expectations[0]).to.deep.include({
      conforms: ['forward'],
      provenance: { mark: 'DOC', where: 'of no_rebalance' },
    })
    expect(cases[0]?.injections).to.not.equal(last?.injections)
    expect(last?.name).to.equal('axes/all/hosts:3/failover:no_rebalance/where:c2s:data#2/sharing:replication')
  })

  it('gives cases that differ in axes which nothing names all in common but name and axes', () => {
    const text = `
suite: axes
title: Axes
setup: { profile: suricata-7 }
matrix: { policy: [drop, reject], stickiness: [5-tuple, 3-tuple], family: [ipv4, ipv6], run: [1, 2, 3] }
cases:
  - name: all
    requirement: What is expected is chosen by family.
    source: { mark: DOC, where: here }
    capture: c
    inject: [{ host-swap: { at: fin } }]
    expect: { 'after host-swap': { family: { ipv4: drop, ipv6: forward } } }
`
    const { cases, entryOf } = withFiles({ 's.yaml': text, 'c.pcap': '' }, (folder) =>
      loadSuite(join(folder, 's.yaml'), { captures: [] }),
    )
    expect(cases).to.have.length(24)
    for (const test of cases) {
      const { policy, stickiness, family, run } = test.axes
      expect(test.name).to.equal(
        `axes/all/policy:${policy}/stickiness:${stickiness}/family:${family}/run:${run}`,
      )
      expect(test.setup.policy.exception).to.equal(policy)
      expect(test.setup.topology.loadBalancer.stickiness ?? '5-tuple').to.equal(stickiness)
      expect(test.expectations[0]).to.deep.include({ conforms: [family === 'ipv4' ? 'drop' : 'forward'] })
      expect(entryOf(test)).to.equal(0)
    }
    const { name: _, axes: _axes, ...first } = cases[0] as Case
    expect(cases[2]).to.deep.include(first)
    expect(cases[2]?.injections).to.equal(first.injections)
  })

  it('reads every kind of injection', () => {
    const text = `
suite: injections
title: Injections
cases:
  - name: all
    requirement: Each kind once.
    source: { mark: DOC, where: here }
    capture: c
    inject:
      - idle-gap: { at: 12, gap: 351s, keepalive: { every: 60s, from: server }, scope: topology }
      - asymmetric-path: { at: 1, direction: s2c, to: bypass }
      - path-return: { at: 20 }
      - path-return: 21
      - reconnect: { at: 15, tuple: same, delay: 2s, when: [reject, drop], packets: 6 }
      - segment: { at: 14, direction: c2s, flags: A, seq: -100, ack: 1, length: 100, timestamp: -5 }
      - duplicate: { at: 14, direction: s2c }
    expect: { before: forward, 'after path-return#2': { s2c: { packet 24: drop } }, reconnect: blocked }
`
    const { cases } = withFiles({ 's.yaml': text, 'c.pcap': '' }, (folder) =>
      loadSuite(join(folder, 's.yaml'), { captures: [] }),
    )
    expect(cases[0]?.injections).to.deep.equal([
      {
        label: 'idle-gap',
        kind: 'idle-gap',
        at: { packet: 12 },
        gap: 351e9,
        keepalive: { every: 60e9, from: 'server' },
        scope: 'topology',
      },
      {
        label: 'asymmetric-path',
        kind: 'asymmetric-path',
        at: { packet: 1 },
        direction: 's2c',
        to: 'bypass',
        scope: 'flow',
      },
      { label: 'path-return', kind: 'path-return', at: { packet: 20 } },
      { label: 'path-return#2', kind: 'path-return', at: { packet: 21 } },
      {
        label: 'reconnect',
        kind: 'reconnect',
        at: { packet: 15 },
        tuple: 'same',
        delay: 2e9,
        when: ['reject', 'drop'],
        packets: 6,
      },
      {
        label: 'segment',
        kind: 'segment',
        at: { packet: 14 },
        direction: 'c2s',
        flags: 'A',
        seq: -100,
        ack: 1,
        length: 100,
        timestamp: -5,
      },
      { label: 'duplicate', kind: 'duplicate', at: { packet: 14 }, direction: 's2c' },
    ])
  })
})
