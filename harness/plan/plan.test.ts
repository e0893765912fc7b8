import { expect } from 'chai'
import type { Case, Expectation, Injection } from '../model/case.ts'
import { type Capabilities, FEATURES } from '../model/target.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { lacks } from './capabilities.ts'
import { planCases } from './plan.ts'
import { isInShard, parseShard } from './shard.ts'

function caseOf(name: string, setup: SetupInput = {}, more: Partial<Case> = {}): Case {
  return {
    name,
    suite: 's',
    file: 's.yaml',
    line: 3,
    rows: [],
    tags: [],
    requirement: 'R.',
    axes: {},
    capture: '/c.pcap',
    flow: 0,
    endpoints: 'recorded',
    setup: makeSetup(setup),
    injections: [],
    expectations: [],
    ...more,
  }
}

function suiteOf(name: string, ...cases: readonly Case[]): Parameters<typeof planCases>[0][number] {
  return { name, file: `${name}.yaml`, cases }
}

const SUITES = [
  suiteOf('b', caseOf('b/z', { policy: 'reject' }), caseOf('b/a', {}, { tags: ['idle', 'slow'] })),
  suiteOf(
    'a',
    caseOf('a/swap/policy:drop', {}, { tags: ['swap'] }),
    caseOf('a/idle', { policy: 'continue' }, { tags: ['idle'] }),
  ),
]

function names(options: Parameters<typeof planCases>[1]): readonly string[] {
  return planCases(SUITES, options).cases.map(({ name }) => name)
}

describe('plan/plan', () => {
  it('takes suites by name and cases as they stand, whatever the order of finding', () => {
    const all = ['a/swap/policy:drop', 'a/idle', 'b/z', 'b/a']
    expect(names({})).to.deep.equal(all)
    expect(planCases([...SUITES].reverse()).cases.map(({ name }) => name)).to.deep.equal(all)
  })

  it('selects by part of a name, pattern, tag and policy, all of them together', () => {
    expect(names({ grep: ['idle'] })).to.deep.equal(['a/idle'])
    expect(names({ grep: ['*/a', 'policy:'] })).to.deep.equal(['a/swap/policy:drop', 'b/a'])
    expect(names({ tags: ['idle'] })).to.deep.equal(['a/idle', 'b/a'])
    expect(names({ tags: ['swap', 'slow'] })).to.deep.equal(['a/swap/policy:drop', 'b/a'])
    expect(names({ policies: ['reject', 'continue'] })).to.deep.equal(['a/idle', 'b/z'])
    expect(names({ tags: ['idle'], policies: ['drop'] })).to.deep.equal(['b/a'])
    expect(names({ grep: ['nothing'] })).to.deep.equal([])
    expect(planCases(SUITES, { tags: ['idle'] })).to.include({ total: 4, selected: 2 })
  })

  it('refuses a policy that there is not, and a name that two cases have', () => {
    expect(() => names({ policies: ['rejct'] })).to.throw(/"rejct" is not a policy.*"reject"\?$/)
    expect(() =>
      planCases([...SUITES, suiteOf('c', caseOf('a/idle', {}, { file: 'c.yaml', line: 9 }))]),
    ).to.throw('c.yaml:9:1: The case "a/idle" is also in s.yaml:3: rename one of them.')
  })

  it('puts every case into exactly one shard, by its name alone', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `s/case-${i}/policy:drop`)
    const shards = [1, 2, 3].map((index) => many.filter((name) => isInShard(name, { index, count: 3 })))
    expect(shards.flat().sort()).to.deep.equal([...many].sort())
    for (const shard of shards) expect(shard.length).to.be.within(280, 390)
    expect(isInShard('s/case-1', parseShard('1/1'))).to.equal(true)
    const parts = ['1/2', '2/2'].map((text) => names({ shard: parseShard(text) }))
    expect(parts.flat().sort()).to.deep.equal([...names({})].sort())
  })

  it('reads shards', () => {
    expect(parseShard('2/5')).to.deep.equal({ index: 2, count: 5 })
    for (const text of ['0/2', '3/2', '1', '1/0', 'a/b', '1/2/3', ''])
      expect(() => parseShard(text), text)
        .to.throw(/is not a shard/)
        .with.property('code', 'ERR_SHARD')
  })
})

const EVERYTHING: Capabilities = {
  clock: 'virtual',
  reactive: true,
  hosts: 2,
  families: ['ipv4', 'ipv6'],
  policies: ['drop', 'reject', 'continue'],
  sharing: ['none', 'replication'],
  events: ['drain', 'crash', 'restore', 'steer', 'return', 'set-timeout'],
  observes: ['verdict', 'reason', 'emitted', 'counters'],
  folding: 'one',
  profiles: 'any',
  features: FEATURES,
  clockScale: 1,
}
const NOTHING: Capabilities = {
  clock: 'real',
  reactive: false,
  hosts: 1,
  families: ['ipv4'],
  policies: ['drop'],
  sharing: ['none'],
  events: [],
  observes: ['verdict'],
  folding: 'one',
  profiles: ['linux-conntrack'],
  features: [],
  clockScale: 1,
}
const AT = { at: { packet: 3 } } as const
const SWAP: Injection = { ...AT, label: 'host-swap', kind: 'host-swap', cause: 'crash' }
const STEER: Injection = {
  ...AT,
  label: 'asymmetric-path',
  kind: 'asymmetric-path',
  direction: 's2c',
  to: 'bypass',
  scope: 'flow',
}
const TIMEOUT = { ...AT, label: 'timeout-change', kind: 'timeout-change', tcpIdle: 60 } as const
const RETURN: Injection = { ...AT, label: 'path-return', kind: 'path-return' }
const RECONNECT: Injection = { ...AT, label: 'reconnect', kind: 'reconnect', tuple: 'same', delay: 0 }
const PACKETS: Expectation = {
  kind: 'packets',
  phase: 'before',
  which: 'all',
  conforms: ['reject'],
  tolerated: [],
  level: 'core',
  provenance: { mark: 'DOC', where: 'guide' },
}

describe('plan/capabilities', () => {
  it('names the capability that is lacking', () => {
    const one: SetupInput = { hosts: 1, profile: 'linux-conntrack' }
    const table: [Case, string | undefined][] = [
      [caseOf('a', one), undefined],
      [caseOf('a'), '2 hosts'],
      [caseOf('a', { ...one, policy: 'continue' }), 'policy continue'],
      [caseOf('a', { ...one, sharing: 'replication' }), 'sharing replication'],
      [caseOf('a', one, { axes: { family: 'ipv6' } }), 'family ipv6'],
      [caseOf('a', one, { axes: { family: 'ipv4' } }), undefined],
      [caseOf('a', { ...one, profile: 'suricata-7' }), 'profile suricata-7'],
      [caseOf('a', { ...one, profile: 'aws-nfw' }), 'profile aws-nfw'],
      [caseOf('a', { ...one, rules: ['pass ip any any -> any any (sid:1;)'] }), 'rules'],
      [caseOf('a', { ...one, tunnels: 'inner' }), 'inner-tunnels'],
      [caseOf('a', one, { injections: [{ ...TIMEOUT, scope: 'hosts' }] }), 'event set-timeout'],
      [caseOf('a', one, { injections: [{ ...TIMEOUT, scope: 'lb' }] }), undefined],
      [caseOf('a', one, { injections: [SWAP] }), 'event crash'],
      [caseOf('a', one, { injections: [STEER] }), 'event steer'],
      [caseOf('a', one, { injections: [RETURN] }), 'event return'],
      [caseOf('a', one, { injections: [RECONNECT] }), undefined],
      [caseOf('a', one, { injections: [{ ...RECONNECT, when: ['reject'] }] }), undefined],
      [caseOf('a', one, { endpoints: 'reactive' }), undefined],
      [caseOf('a', one, { expectations: [PACKETS] }), 'observes emitted'],
      [caseOf('a', one, { expectations: [{ ...PACKETS, conforms: ['drop', 'reject'] }] }), undefined],
      [caseOf('a', one, { expectations: [{ ...PACKETS, reason: 'rules' }] }), 'observes reason'],
      [caseOf('a', one, { expectations: [{ ...PACKETS, level: 'provisional' }] }), undefined],
      [
        caseOf('a', one, {
          expectations: [{ ...PACKETS, kind: 'counter', counter: 'PassedPackets', equals: 1 }],
        }),
        'observes counters',
      ],
    ]
    for (const [test, lacking] of table) {
      expect(lacks(test, NOTHING), JSON.stringify(test)).to.equal(lacking)
      expect(lacks(test, EVERYTHING)).to.equal(undefined)
    }
  })

  it('asks for what was emitted where only that shows it: towards whom, a reject without record, what endpoints obey', () => {
    const reject: SetupInput = { hosts: 1, policy: 'reject' }
    const record: Capabilities = { ...EVERYTHING, reactive: false, observes: ['verdict', 'reason'] }
    const table: [Case, string | undefined][] = [
      [caseOf('a', reject, { expectations: [PACKETS] }), undefined],
      [caseOf('a', reject, { expectations: [{ ...PACKETS, towards: 'sender' }] }), 'observes emitted'],
      [caseOf('a', { hosts: 1 }, { endpoints: 'reactive' }), undefined],
      [caseOf('a', reject, { endpoints: 'reactive' }), 'observes emitted'],
      [
        caseOf(
          'a',
          { hosts: 1, rules: ['reject tcp any any -> any any (sid:1;)'] },
          { endpoints: 'reactive' },
        ),
        'observes emitted',
      ],
      [caseOf('a', { hosts: 1, profile: 'cisco-asa' }, { endpoints: 'reactive' }), undefined],
      [
        caseOf('a', { hosts: 1, profile: 'cisco-asa', 'reset-on-expiry': 'both' }, { endpoints: 'reactive' }),
        'observes emitted',
      ],
    ]
    for (const [test, lacking] of table) {
      expect(lacks(test, record), JSON.stringify(test)).to.equal(lacking)
      expect(lacks(test, EVERYTHING)).to.equal(undefined)
    }
  })

  it('takes a profile of one’s own by the one that it extends only where a target can be set to it', () => {
    const knobs = { tcpNew: { value: 30, mark: 'DOC', source: 'guide' } } as const
    const own = caseOf('a', { hosts: 1, profile: { name: 'mine', extends: 'suricata-7', knobs } })
    const fixed: Capabilities = { ...EVERYTHING, profiles: ['suricata-7'], features: ['inner-tunnels'] }
    expect(lacks(own, fixed)).to.equal('profile mine')
    expect(lacks(own, { ...fixed, profiles: ['mine'] })).to.equal(undefined)
    expect(lacks(own, { ...fixed, features: ['inner-tunnels', 'own-profile'] })).to.equal(undefined)
    expect(lacks(own, { ...fixed, profiles: ['pf'], features: ['own-profile'] })).to.equal('profile mine')
  })
})
