import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { makeSetup } from '../../suite/setup.ts'
import type { Lot } from './lot.ts'
import { LotPacker, LotUnpacker } from './parcel.ts'

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

  it('sends once what cases have in common', () => {
    const { cases, ...lot } = lotOf(0, 0)
    const shared = { rows: [], tags: [], injections: [], expectations: [] }
    const whole = { ...lot, cases: cases.map((test) => ({ ...test, ...shared, axes: { of: test.name } })) }
    const sent = new LotPacker().pack(whole)
    expect(sent.cases).to.deep.equal([
      { name: '0/a', axes: { of: '0/a' } },
      { name: '0/b', axes: { of: '0/b' } },
    ])
    expect(new LotUnpacker().unpack(structuredClone(sent))).to.deep.equal(whole)
  })
})
