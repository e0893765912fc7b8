import { expect } from 'chai'
import { comparisonOf } from '../fixtures/comparison.ts'
import { comparisonJson } from './json.ts'

const read = (parts: Iterable<string>) => JSON.parse([...parts].join(''))

describe('JSON of a comparison', () => {
  it('aligns verdicts with columns, null where a value was refused or a packet not offered', () => {
    const { columns, packets, expiries, ...head } = read(
      comparisonJson(comparisonOf({ drop: 'fd', continue: '', reject: 'fr', short: 'f' }, 2), false),
    )
    expect(head).to.deep.equal({
      schema: 1,
      capture: 'captures/by-hand.pcap',
      injections: ['host-swap@2'],
      axis: 'policy',
    })
    expect(columns[1]).to.deep.include({ value: 'continue', totals: null, firstDifference: null })
    expect(columns[1].refused).to.contain('cannot be set')
    expect(columns[2].firstDifference).to.deep.equal({ packet: 2, time: 0.001 })
    expect(columns[2].totals).to.include({ packets: 2, forward: 1, reject: 1 })
    expect(packets[1]).to.deep.include({
      packet: 2,
      direction: 's2c',
      verdicts: ['drop', null, 'reject', null],
      hosts: ['fw-b', null, 'fw-b', null],
      emitted: [[], [], [{ kind: 'tcp-rst', to: 'server' }], []],
    })
    expect(packets[0]).not.to.have.property('emitted')
    expect(expiries).to.deep.equal([])
  })

  it('says that it was interrupted, or that the capture is damaged', () => {
    const comparison = { ...comparisonOf({ drop: 'f' }), damage: { offset: 7, reason: 'cut' } }
    expect(read(comparisonJson(comparison, true))).to.deep.include({
      interrupted: true,
      damage: { offset: 7, reason: 'cut' },
    })
    expect(read(comparisonJson(comparisonOf({ drop: 'f' }), false))).not.to.have.any.keys(
      'interrupted',
      'damage',
    )
  })
})
