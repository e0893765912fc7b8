import { expect } from 'chai'
import type { CaseFinished, Sighted } from '../model/run-log.ts'
import { alsoSeen } from './also-seen.ts'
import { finished, summary } from './fixtures/case.ts'

const seen = (...sightings: readonly Sighted[]) =>
  alsoSeen(finished(summary('case', {}), 'fail', { sightings } satisfies Partial<CaseFinished>))

describe('report/also-seen', () => {
  it('says how late', () => {
    expect(seen({ kind: 'late', indices: [3], after: [350_000] })).to.deep.equal(['packet 4 late by 0.350 s'])
    expect(seen({ kind: 'late', indices: [3, 4], after: [350_000, 1_200_000] })).to.deep.equal([
      '2 packets late, by 1.200 s at most',
    ])
  })

  it('says what became of a field once, and that it changed where it became different things', () => {
    const altered = { kind: 'altered', field: 'mss', sent: '1460', seen: '1380' } as const
    const seq = (index: number) =>
      ({ kind: 'altered', field: 'seq', sent: '1', seen: String(index), indices: [index] }) as const
    expect(seen({ ...altered, indices: [0, 1] }, seq(2), seq(3))).to.deep.equal([
      'mss 1460 → 1380 (2 packets)',
      'seq changed (2 packets)',
    ])
  })

  it('tells what nobody sent, and what was not taken back', () => {
    expect(
      seen(
        { kind: 'stray', indices: [], after: [1, 2] },
        { kind: 'refused', indices: [1], after: [1], field: 'unknown flow cookie' },
      ),
    ).to.deep.equal(['2 packets that nobody sent', 'packet 2 not taken back: unknown flow cookie'])
  })

  it('tells of outages, over or not', () => {
    const outages = [
      { event: 'crash', host: 'fw-a', time: 0, lasted: 310_000, over: true },
      { event: 'restore', time: 9, lasted: 30_000_000, over: false },
    ] as const
    expect(alsoSeen(finished(summary('case', {}), 'fail', { outages }))).to.deep.equal([
      'no way through for 0.310 s after crash of fw-a',
      'no way through after restore: given up after 30.000 s',
    ])
  })
})
