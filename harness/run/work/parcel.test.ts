import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { makeSetup } from '../../suite/setup.ts'
import { errorAttempt, judge } from '../attempts.ts'
import { summaryOf } from '../play.ts'
import type { Lot } from './lot.ts'
import { LotPacker, LotUnpacker, ToldPacker, unpackTold } from './parcel.ts'

const setups = [makeSetup({ profile: 'suricata-7' }), makeSetup({ policy: 'reject' })] as const

function lotOf(index: number, at: 0 | 1): Lot {
  const setup = setups[at]
  const cases = ['a', 'b'].map(
    (name): Case => ({
      ...{
        name: `${index}/${name}`,
        suite: 's',
        file: 's.yaml',
        line: 1,
        rows: [],
        tags: [],
        requirement: '',
      },
      ...{
        axes: {},
        capture: 'c.pcap',
        flow: 0,
        endpoints: 'recorded',
        setup,
        injections: [],
        expectations: [],
      },
    }),
  )
  return { index, target: 't', setup: setup.key, cases, replays: [[0], [1]] }
}

describe('run/work/parcel', () => {
  it('brings lots over whole, and each setup once', () => {
    const packer = new LotPacker()
    const unpacker = new LotUnpacker()
    const lots = [lotOf(0, 0), lotOf(1, 1), lotOf(2, 0)]
    const sent = lots.map((lot) => structuredClone(packer.pack(lot)))
    expect(sent.map(({ configuration }) => configuration?.key)).to.deep.equal([
      setups[0].key,
      setups[1].key,
      undefined,
    ])
    const got = sent.map((lot) => unpacker.unpack(lot))
    expect(got).to.deep.equal(lots)
    expect(got[2]?.cases[0]?.setup).to.equal(got[0]?.cases[1]?.setup)
  })

  it('brings what cases came to over whole, without what the run knows of them', () => {
    const lot = lotOf(0, 0)
    const packer = new ToldPacker(lot)
    for (const test of lot.cases) {
      const { evidence: _, ...event } = judge(
        { case: summaryOf(test), target: 't' },
        [errorAttempt('gone')],
        NO_KNOWN_FAILURES,
      )
      const sent = structuredClone(packer.pack({ event, line: 'line' }))
      expect(sent.event).not.to.have.property('case')
      expect(unpackTold(sent, lot)).to.deep.equal({ event, line: 'line' })
    }
  })

  it('sends what is about no case of the lot as it is', () => {
    const told = { event: { type: 'warning', code: 'WARN_TEST', message: 'so' }, line: '{}' } as const
    expect(unpackTold(new ToldPacker(lotOf(0, 0)).pack(told), lotOf(0, 0))).to.equal(told)
  })
})
