import { expect } from 'chai'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'
import { RECORD_WORDS, State } from './record.ts'
import { SessionTable } from './table.ts'

const FULL = 'drop flow table full'

/** A lab whose hosts keep four flows. */
function crowded(options: LabOptions = {}): Lab {
  return new Lab({ ...options, knobs: { maxFlows: 4, ...options.knobs } })
}

const syns = (from: number, to: number, seconds: number) =>
  Array.from({ length: to - from }, (_, n) => `> S 0 port=${from + n} @${seconds}`)

function counts(lab: Lab, host = 0) {
  const { EvictedFlows, RefusedFlows, OtherDroppedPackets } = lab.engine.counters(host)
  return { EvictedFlows, RefusedFlows, OtherDroppedPackets }
}

describe('engine: a table with room for so many flows', () => {
  it('has the flow make way that was silent for longest, and counts it', () => {
    const lab = crowded()
    lab.play(...HANDSHAKE, ...syns(1, 4, 1))
    expect(lab.play('> A 1 1 @20', ...syns(4, 7, 21))).to.deep.equal(Array(4).fill('forward'))
    expect(counts(lab)).to.deep.equal({ EvictedFlows: 3, RefusedFlows: 0, OtherDroppedPackets: 0 })
    expect(lab.play('> A 1 1 @22')).to.deep.equal(['forward'])
  })

  it('meets the next packet of an evicted session as one without session', () => {
    const lab = crowded({ exception: 'reject' })
    lab.play(...HANDSHAKE, ...syns(1, 5, 20))
    expect(counts(lab)).to.include({ EvictedFlows: 1 })
    expect(lab.play('> PA 1 1 len=10 @30')).to.deep.equal(['reject stream midstream'])
  })

  it('forgets the mark of an evicted flow', () => {
    const lab = crowded()
    expect(lab.play('> A 1 1', '> A 1 1 @1')).to.deep.equal(['drop stream midstream', 'drop flow drop'])
    lab.play(...syns(1, 5, 20))
    expect(counts(lab)).to.include({ EvictedFlows: 1 })
    expect(lab.play('> A 1 1 @21', '> A 1 1 @29')).to.deep.equal([FULL, 'drop stream midstream'])
    expect(lab.engine.counters(0)).to.include({ StreamExceptionPolicyPackets: 2, RefusedFlows: 1 })
  })

  it('lets no flow make way that had a packet lately', () => {
    const lab = crowded()
    lab.play(...syns(1, 5, 10))
    expect(lab.play('> S 0 port=5 @11.9', '> S 0 port=5 @12')).to.deep.equal([FULL, 'forward'])
    expect(counts(lab)).to.deep.equal({ EvictedFlows: 1, RefusedFlows: 1, OtherDroppedPackets: 1 })
    const held = crowded({ knobs: { maxFlows: 1 } })
    held.play(...HANDSHAKE)
    expect(held.play('> S 0 port=1 @5.9', '> UDP @5.9', '> S 0 port=1 @6')).to.deep.equal([
      FULL,
      FULL,
      'forward',
    ])
  })

  it('refuses new flows, and never those that it has, where nobody makes way', () => {
    const lab = crowded({ knobs: { onTableFull: 'refuse' } })
    lab.play(...HANDSHAKE, ...syns(1, 4, 1))
    expect(lab.play('> S 0 port=9 @50', '> A 1 1 @50', '> PING @50')).to.deep.equal([FULL, 'forward', FULL])
    expect(counts(lab)).to.deep.equal({ EvictedFlows: 0, RefusedFlows: 2, OtherDroppedPackets: 2 })
  })

  it('counts flows that were idle for longer than their time-out for none', () => {
    const lab = crowded({ knobs: { onTableFull: 'refuse' } })
    lab.play(...HANDSHAKE, ...syns(1, 4, 1))
    expect(lab.play(...syns(4, 8, 70))).to.deep.equal(['forward', 'forward', 'forward', FULL])
    expect(counts(lab)).to.include({ EvictedFlows: 0, RefusedFlows: 1 })
    expect(lab.play('> A 1 1 @71')).to.deep.equal(['forward'])
  })

  it('evicts exactly as many as come too many, whatever the order', () => {
    const lab = crowded({ knobs: { maxFlows: 50 } })
    const flood = Array.from({ length: 3000 }, (_, port) => `> S 0 port=${port + 1} @${port / 10}`)
    expect(new Set(lab.play(...flood))).to.deep.equal(new Set(['forward']))
    // A flow without session lives for 60 s, in which 600 come, so that none has expired before it is evicted.
    expect(counts(lab)).to.include({ EvictedFlows: 3000 - 50, RefusedFlows: 0 })
  })

  it('keeps the bound when another host is copied, each host for itself', () => {
    const lab = crowded({ sharing: 'replication', knobs: { onTableFull: 'refuse' } })
    lab.play(...syns(1, 5, 1), ...syns(11, 14, 1).map((line) => `${line} host=1`))
    lab.engine.apply({ kind: 'drain', host: 0, flow: -1 }, 2e9)
    expect([counts(lab, 0).RefusedFlows, counts(lab, 1).RefusedFlows]).to.deep.equal([0, 3])
  })

  it('begins anew after a reset', () => {
    const lab = crowded()
    lab.play(...syns(1, 40, 1))
    lab.engine.reset()
    expect(lab.play(...syns(50, 54, 1))).to.deep.equal(Array(4).fill('forward'))
    expect(counts(lab)).to.deep.equal({ EvictedFlows: 0, RefusedFlows: 0, OtherDroppedPackets: 0 })
  })
})

describe('engine: flows that share a place', () => {
  it('finds no record of another flow there', () => {
    const table = new SessionTable(64)
    const opened = (flow: number) => {
      const base = table.touch(flow)
      table.open(base, State.bare, 0, flow)
      return base
    }
    expect([5, 6, 69].map(opened)).to.deep.equal([5, 6, 5].map((place) => place * RECORD_WORDS))
    expect(table.entries).to.equal(2)
    expect(table.flowAt(5)).to.equal(69)
    expect(table.words[table.touch(69)]).to.equal(State.bare)
    expect(table.words[table.touch(6)]).to.equal(State.bare)
    expect(table.words[table.touch(133)]).to.equal(State.absent)
    expect(table.entries).to.equal(1)
    table.clear()
    expect([table.entries, table.used, table.flowAt(5)]).to.deep.equal([0, 0, 5])
  })
})
