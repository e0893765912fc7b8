import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import { makeSetup } from '../suite/setup.ts'
import {
  addressedBySetup,
  aloneBySuite,
  durationOf,
  type Foldable,
  type FoldFacts,
  foldCases,
  namesClientPorts,
  offsetsOf,
} from './folding.ts'
import { Load } from './load.ts'

const SECOND = 1e9

/** A case of so many packets in its first second, each of which opens a flow. */
function foldable(name: string, facts: Partial<FoldFacts> = {}, packets = 2): Foldable & { name: string } {
  const load = new Load(SECOND)
  for (let i = 0; i < packets; i++) load.add(i, 100, true)
  load.sessions = packets
  return {
    name,
    test: { name } as Case,
    facts: {
      pattern: '',
      anchor: 0,
      begin: 0,
      end: SECOND,
      packets,
      bytes: packets * 100,
      load,
      ...facts,
    },
  }
}

function names(folds: readonly (readonly { readonly name: string }[])[]): string[] {
  return folds.map((fold) => fold.map(({ name }) => name).join(''))
}

function suiteCase(more: Partial<Case> = {}): Case {
  return {
    endpoints: 'recorded',
    injections: [],
    expectations: [],
    setup: makeSetup({ profile: 'suricata-7' }),
    ...more,
  } as unknown as Case
}

const OBSERVES = { observes: ['verdict', 'counters'], reactive: true } as const

describe('plan/folding', () => {
  it('folds as far as the target can', () => {
    const cases = [
      foldable('a'),
      foldable('b', { pattern: 'crash' }),
      foldable('c', { alone: 'guards' }),
      foldable('d'),
      foldable('e', { pattern: 'crash' }),
      foldable('f', { pattern: 'drain' }),
    ]
    expect(names(foldCases(cases, 'one'))).to.deep.equal(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(names(foldCases(cases, 'isolated'))).to.deep.equal(['ad', 'b', 'c', 'e', 'f'])
    expect(names(foldCases(cases, 'aligned'))).to.deep.equal(['ad', 'be', 'c', 'f'])
  })

  it('puts those that keep their addresses with others only where they can follow one another', () => {
    const cases = [
      foldable('a'),
      foldable('b', { apart: 'rules name addresses' }),
      foldable('c', { apart: 'rules name addresses', pattern: 'crash' }),
      foldable('d', { pattern: 'crash' }),
      foldable('e', { apart: 'rules name addresses' }),
    ]
    expect(names(foldCases(cases, 'aligned'))).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
    expect(names(foldCases(cases, 'consecutive'))).to.deep.equal(['abe', 'c', 'd'])
  })

  it('cuts folds where a limit would be exceeded', () => {
    const cases = [...'abcde'].map((name) => foldable(name))
    expect(names(foldCases(cases, 'aligned', { sessions: 4 }))).to.deep.equal(['ab', 'cd', 'e'])
    expect(names(foldCases(cases, 'aligned', { packetsPerSecond: 7 }))).to.deep.equal(['abc', 'de'])
    expect(names(foldCases(cases, 'aligned', { newConnectionsPerSecond: 2 }))).to.have.lengthOf(5)
  })

  it('bounds the memory that a fold takes', () => {
    const many = Array.from({ length: 1030 }, (_, index) => foldable(`${index} `))
    expect(foldCases(many, 'aligned').map(({ length }) => length)).to.deep.equal([1024, 6])
    const large = [...'abc'].map((name) => foldable(name, { packets: 16_384 }))
    expect(names(foldCases(large, 'aligned'))).to.deep.equal(['ab', 'c'])
    const long = [...'abc'].map((name) => foldable(name, { bytes: 12 << 20 }))
    expect(names(foldCases(long, 'aligned'))).to.deep.equal(['ab', 'c'])
  })

  it('moves cases so that what happens coincides', () => {
    const fold = [
      foldable('a', { pattern: 'x', anchor: 2 * SECOND, end: 3 * SECOND }),
      foldable('b', { pattern: 'x', anchor: 7 * SECOND, end: 9 * SECOND }),
    ]
    expect(offsetsOf(fold)).to.deep.equal([5 * SECOND, 0])
    expect(durationOf(fold)).to.equal(9 * SECOND)
    const kept = (name: string, begin: number, end: number) => {
      const { test, ...rest } = foldable(name, { apart: 'rules name addresses', begin, end })
      return { ...rest, test: { ...test, setup: makeSetup({ profile: 'suricata-7', 'tcp-idle': 6000 }) } }
    }
    const consecutive = [
      kept('a', 0, SECOND),
      foldable('b'),
      kept('c', 0.25 * SECOND, 2 * SECOND),
      kept('d', 0, 1),
    ]
    const [first, other, second, third] = offsetsOf(consecutive)
    expect([first, other]).to.deep.equal([0, 0])
    // The one before has ended, and whatever is left of it has expired; clocks may tick in whole seconds.
    expect(second).to.equal(6003 * SECOND)
    expect(third).to.equal((6003 + 2 + 6002) * SECOND)
    expect(offsetsOf([foldable('a', { anchor: 1 }), foldable('b', { anchor: 2 })])).to.deep.equal([0, 0])
  })

  it('never folds what depends on answers, or on what cases have in common', () => {
    const counter = { kind: 'counter', counter: 'DroppedPackets' } as Case['expectations'][number]
    const guard = { kind: 'reconnect', when: ['reject'] } as unknown as Case['injections'][number]
    expect(aloneBySuite(suiteCase(), OBSERVES)).to.equal(undefined)
    expect(aloneBySuite(suiteCase({ endpoints: 'reactive' }), OBSERVES)).to.equal('reactive endpoints')
    expect(aloneBySuite(suiteCase({ injections: [guard] }), OBSERVES)).to.equal('guards')
    const inRounds = { ...OBSERVES, reactive: false }
    const crash = { kind: 'host-swap', cause: 'crash' } as unknown as Case['injections'][number]
    expect(aloneBySuite(suiteCase({ endpoints: 'reactive' }), inRounds)).to.equal(undefined)
    expect(aloneBySuite(suiteCase({ injections: [guard] }), inRounds)).to.equal(undefined)
    expect(aloneBySuite(suiteCase({ injections: [guard, crash] }), inRounds)).to.equal('guards')
    const counting = suiteCase({ expectations: [counter] })
    expect(aloneBySuite(counting, OBSERVES)).to.equal('counters are of all cases together')
    expect(aloneBySuite(counting, { observes: ['verdict'], reactive: true })).to.equal(undefined)
    const ofLoadBalancer = { ...counter, counter: 'NewFlowCount' }
    expect(aloneBySuite(suiteCase({ expectations: [ofLoadBalancer] }), OBSERVES)).to.equal(undefined)
  })

  it('knows setups in which addresses and ports have a meaning', () => {
    const under = (...rules: string[]) => makeSetup({ profile: 'suricata-7', rules })
    const rule = (head: string) => `${head} (msg:"192.0.2.1 any 5000"; sid:1;)`
    expect(addressedBySetup(under(rule('drop tcp any any -> any 80')))).to.equal(undefined)
    for (const head of [
      'drop tcp 192.0.2.0/24 any -> any any',
      'drop tcp any any -> !192.0.2.1 any',
      'drop tcp any any <> [192.0.2.1, 2001:db8::1] any',
    ])
      expect(addressedBySetup(under(rule(head))), head).to.equal('rules name addresses')
    const stateless = (match: object) =>
      makeSetup({
        profile: 'suricata-7',
        stateless: { rules: [{ priority: 1, action: 'aws:drop', match }] },
      })
    expect(addressedBySetup(stateless({ sources: ['192.0.2.0/24'] }))).to.equal('rules name addresses')
    expect(addressedBySetup(stateless({ 'destination-ports': [80] }))).to.equal(undefined)

    expect(namesClientPorts(under(rule('drop tcp any any -> any 80')))).to.equal(false)
    expect(namesClientPorts(under(rule('drop tcp any [1:1023,40000:] -> any 80')))).to.equal(true)
    expect(namesClientPorts(stateless({ 'source-ports': ['0:65535'] }))).to.equal(false)
    expect(namesClientPorts(stateless({ 'source-ports': ['1024:65535'] }))).to.equal(true)
  })
})
