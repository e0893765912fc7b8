import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { rowFor, type StoryRow } from './row.ts'

const ROW: StoryRow = {
  time: '2.007959',
  number: '11',
  flow: '0',
  direction: 'c2s',
  packet: 'PSH ACK 30 B',
  by: 'fw-b',
  verdict: 'reject',
  why: 'stream midstream; RST seq=2 ack=3 to client',
}

function drawn(columns: number, row = ROW): readonly string[] {
  const coloured = rowFor(columns, row, (verdict) => `\u001b[35m${verdict}\u001b[39m`)
  return stripVTControlCharacters(coloured).split('\n')
}

describe('report/story/row', () => {
  it('is one line where there is room', () => {
    const line =
      '  2.007959     11    0 c2s  PSH ACK 30 B       fw-b     reject    stream midstream; RST seq=2 ack=3 to client'
    expect(drawn(Number.POSITIVE_INFINITY)).to.deep.equal([line])
    expect(drawn(line.length)).to.deep.equal([line])
  })

  it('has the reason below where it does not fit beside', () => {
    expect(drawn(80)).to.deep.equal([
      '  2.007959     11    0 c2s  PSH ACK 30 B       fw-b     reject',
      '            stream midstream; RST seq=2 ack=3 to client',
    ])
    expect(drawn(64, { ...ROW, why: '' })).to.have.length(1)
  })

  it('has what became of the packet below it on a narrow screen', () => {
    expect(drawn(40)).to.deep.equal([
      '  2.007959     11 c2s PSH ACK 30 B',
      '            0, reject by fw-b: stream',
      '            midstream; RST seq=2 ack=3',
      '            to client',
    ])
    expect(drawn(40, { ...ROW, number: 'ctl', flow: '', verdict: 'forward', why: '' })).to.deep.equal([
      '  2.007959    ctl c2s PSH ACK 30 B',
      '            forward by fw-b',
    ])
  })
})
