import { expect } from 'chai'
import type { CounterExpectation, Expectation, ImpactExpectation, PacketExpectation } from '../model/case.ts'
import { Host, Reason } from '../model/codes.ts'
import type { CaseTrace } from '../model/run-log.ts'
import { gradeCase } from './grade.ts'

const provenance = { mark: 'DOC', where: 'a test' } as const

/** A trace of packets that alternate between client and server, `verdicts` a letter each, all of phase 1 but the first two. */
function traceOf(verdicts: string, change: Partial<CaseTrace> = {}): CaseTrace {
  const each = <T>(value: (index: number) => T) => Array.from(verdicts, (_, index) => value(index))
  return {
    hosts: ['fw-a', 'fw-b'],
    phases: ['before', 'after host-swap'],
    flows: [{ protocol: 'tcp', client: '192.0.2.10:40000', server: '198.51.100.20:80' }],
    number: each((i) => i + 1),
    time: each((i) => i * 1000),
    flow: each(() => 0),
    direction: each((i) => (i % 2 === 0 ? '>' : '<')).join(''),
    kind: each(() => 1),
    flags: each(() => 16),
    payload: each(() => 0),
    phase: each((i) => (i < 2 ? 0 : 1)),
    host: each((i) => (i < 2 ? 0 : 1)),
    by: each((i) => (i < 2 ? 0 : 1)),
    verdict: verdicts,
    reason: each(() => Reason.none),
    knowledge: 'l'.repeat(verdicts.length),
    emitted: [],
    events: [],
    controls: { sent: 4, out: 4, dead: [] },
    ...change,
  }
}

function packets(change: Partial<PacketExpectation>): PacketExpectation {
  return {
    kind: 'packets',
    phase: 'after host-swap',
    which: 'all',
    conforms: ['drop'],
    tolerated: [],
    level: 'core',
    provenance,
    ...change,
  }
}

function grade(expectation: Expectation, trace: CaseTrace, counters: readonly Record<string, number>[] = []) {
  return gradeCase({ flow: 0, expectations: [expectation], trace, counters })
}

const reset = {
  index: 2,
  kind: 'tcp-rst',
  to: 'client',
  by: 1,
  seq: 1,
  ack: 1,
  acceptable: true,
} as const

describe('grade', () => {
  it('passes when every packet of the phase conforms, and counts each', () => {
    const { outcome, tally, mismatches } = grade(packets({}), traceOf('ffddd'))
    expect(outcome).to.equal('pass')
    expect(tally.core).to.deep.equal({ checked: 3, met: 3 })
    expect(mismatches).to.be.empty
  })

  it('fails on one packet, and says which, what was expected and what was seen', () => {
    const { outcome, mismatches } = grade(packets({}), traceOf('ffdfd'))
    expect(outcome).to.equal('fail')
    expect(mismatches).to.have.lengthOf(1)
    expect(mismatches[0]).to.include({ index: 3, expected: 'drop', observed: 'forward' })
    expect(mismatches[0]?.message).to.equal(
      'Packet 4 (s2c, after host-swap) was to be drop, and was forward.',
    )
  })

  it('reports a provisional mismatch without failing', () => {
    const { outcome, mismatches, tally } = grade(packets({ level: 'provisional' }), traceOf('ffddf'))
    expect(outcome).to.equal('pass')
    expect(mismatches).to.have.lengthOf(1)
    expect(tally.provisional).to.deep.equal({ checked: 3, met: 2 })
  })

  it('selects by direction, first, rest and packet number', () => {
    const trace = traceOf('ffdffd')
    expect(grade(packets({ which: 'first' }), trace).outcome).to.equal('pass')
    expect(grade(packets({ which: 'rest' }), trace).outcome).to.equal('fail')
    expect(grade(packets({ which: 6 }), trace).outcome).to.equal('pass')
    expect(grade(packets({ which: 4 }), trace).outcome).to.equal('fail')
    expect(
      grade(packets({ direction: 'c2s', which: 'rest', conforms: ['forward'] }), trace).outcome,
    ).to.equal('pass')
  })

  it('does not let a phase without packets show anything', () => {
    const { outcome, mismatches } = grade(packets({ phase: 'reconnect' }), traceOf('ffddd'))
    expect(outcome).to.equal('fail')
    expect(mismatches[0]?.observed).to.equal('nothing offered')
  })

  it('leaves out other flows, but not what an injection made', () => {
    const others = traceOf('ffdfd', { flow: [0, 0, 0, 5, 0] })
    expect(grade(packets({}), others).outcome).to.equal('pass')
    const injected = traceOf('ffdfd', { flow: [0, 0, 0, 5, 0], number: [1, 2, 3, 0, 5] })
    expect(grade(packets({}), injected).outcome).to.equal('fail')
  })

  it('accepts a tolerated verdict without asking for what goes with the conforming one', () => {
    const expectation = packets({
      which: 'first',
      conforms: ['reject'],
      tolerated: ['drop'],
      towards: 'client',
    })
    expect(grade(expectation, traceOf('ffd')).outcome).to.equal('pass')
    expect(grade(expectation, traceOf('fff')).outcome).to.equal('fail')
  })

  it('wants a reject to have told the right end, with a reset that it obeys', () => {
    const expectation = packets({ which: 'first', conforms: ['reject'], towards: 'sender' })
    expect(grade(expectation, traceOf('ffr', { emitted: [reset] })).outcome).to.equal('pass')
    const cases = [
      [],
      [{ ...reset, to: 'server' as const }],
      [{ ...reset, acceptable: false }],
      [reset, { ...reset, to: 'server' as const }],
    ]
    for (const emitted of cases)
      expect(grade(expectation, traceOf('ffr', { emitted })).outcome).to.equal('fail')
    const both = packets({ which: 'first', conforms: ['reject'], towards: 'both' })
    expect(grade(both, traceOf('ffr', { emitted: [reset, { ...reset, to: 'server' }] })).outcome).to.equal(
      'pass',
    )
    const any = packets({ which: 'first', conforms: ['reject'] })
    expect(grade(any, traceOf('ffr')).outcome).to.equal('fail')
  })

  it('holds who decided and why, where asked', () => {
    const trace = traceOf('ffd', { by: [0, 0, Host.loadBalancer], reason: [0, 0, Reason['flow drop']] })
    expect(grade(packets({ by: 'lb', reason: 'flow drop' }), trace).outcome).to.equal('pass')
    expect(grade(packets({ by: 'fw-b' }), trace).outcome).to.equal('fail')
    expect(grade(packets({ reason: 'stream error' }), trace).outcome).to.equal('fail')
    const [mute] = grade(packets({ reason: 'stream error' }), traceOf('ffd')).mismatches
    expect(mute?.message).to.match(/was to be drop for stream error, and was drop without a reason\.$/)
  })

  it('holds what hosts did for a packet, where asked', () => {
    const forwarder = { index: 2, host: 1, part: 'forwarder' }
    const trace = traceOf('ffd', { parts: [forwarder, { ...forwarder, host: 0, part: 'owner' }] })
    const asked = (...parts: string[]) => grade(packets({ parts }), trace)
    expect(asked('fw-a owner', 'fw-b forwarder').outcome).to.equal('pass')
    expect(asked('fw-b owner').mismatches[0]).to.include({
      expected: 'drop with fw-b owner',
      observed: 'drop with fw-b forwarder and fw-a owner',
    })
    expect(grade(packets({ parts: ['fw-a owner'] }), traceOf('ffd')).mismatches[0]?.observed).to.equal(
      'drop with no host having a part',
    )
  })

  it('is inconclusive when a control was lost or a packet stayed undecided, whatever else was seen', () => {
    for (const trace of [
      traceOf('ffddd', { controls: { sent: 4, out: 3, dead: ['fw-b s2c'] } }),
      traceOf('ffddu'),
      traceOf('ffdfu'),
    ]) {
      const { outcome, detail } = grade(packets({}), trace)
      expect(outcome).to.equal('inconclusive')
      expect(detail).to.match(/fw-b s2c|could not tell/)
    }
  })

  it('holds counters of one host or of all', () => {
    const counters = [{ DroppedPackets: 1 }, { DroppedPackets: 2 }]
    const counter: CounterExpectation = {
      kind: 'counter',
      counter: 'DroppedPackets',
      equals: 3,
      level: 'core',
      provenance,
    }
    expect(grade(counter, traceOf('ff'), counters).outcome).to.equal('pass')
    expect(grade({ ...counter, host: 'fw-b', equals: 2 }, traceOf('ff'), counters).outcome).to.equal('pass')
    expect(grade({ ...counter, host: 'fw-a' }, traceOf('ff'), counters).outcome).to.equal('fail')
    expect(grade({ ...counter, counter: 'RejectedPackets' }, traceOf('ff'), counters).outcome).to.equal(
      'fail',
    )
  })

  it('holds the impact', () => {
    const impact: ImpactExpectation = {
      kind: 'impact',
      conforms: ['hung', 'reset'],
      level: 'core',
      provenance,
    }
    const graded = { flow: 0, expectations: [impact], trace: traceOf('ff'), counters: [] }
    expect(gradeCase({ ...graded, impact: { kind: 'hung', after: 1 } }).outcome).to.equal('pass')
    expect(gradeCase({ ...graded, impact: { kind: 'survived', after: 0 } }).outcome).to.equal('fail')
    expect(gradeCase(graded).outcome).to.equal('fail')
  })

  it('writes out twenty mismatches of one expectation and counts the rest', () => {
    const { mismatches, tally } = grade(packets({}), traceOf(`ff${'f'.repeat(50)}`))
    expect(mismatches).to.have.lengthOf(20)
    expect(mismatches[19]?.message).to.contain('30 more packets likewise')
    expect(tally.core).to.deep.equal({ checked: 50, met: 0 })
  })
})
