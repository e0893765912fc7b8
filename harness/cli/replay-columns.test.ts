import { expect } from 'chai'
import fc from 'fast-check'
import { layoutFor, type Row } from './replay-columns.ts'

const ROW: Row = {
  number: '12',
  time: '0.610924',
  flow: '0',
  direction: 's2c',
  packet: 'PSH ACK 128 B',
  host: 'fw-b',
  verdict: 'reject',
  why: 'stream midstream, RST seq=3036404606 ack=238514898 to sender',
}
const WIDEST = { packet: 13, host: 4 }
const asIs = (text: string) => text

function drawn(columns: number, row = ROW): readonly string[] {
  const layout = layoutFor(columns, WIDEST)
  return [...layout.heading.split('\n'), ...layout.row(row, asIs).split('\n')]
}

describe('cli/replay-columns', () => {
  it('is a line for each packet where nothing is narrow', () => {
    expect(drawn(Number.POSITIVE_INFINITY)).to.deep.equal([
      '      #       time   flow  dir  packet                host    verdict   why',
      '     12   0.610924      0  s2c  PSH ACK 128 B         fw-b    reject    stream midstream, RST seq=3036404606 ack=238514898 to sender',
    ])
  })

  it('breaks a long reason in its own column, as long as that is wide', () => {
    expect(drawn(110).slice(1)).to.deep.equal([
      '     12   0.610924      0  s2c  PSH ACK 128 B         fw-b    reject    stream midstream, RST seq=3036404606',
      '                                                                        ack=238514898 to sender',
    ])
  })

  it('has long reasons below and short ones beside at 80 columns', () => {
    expect(drawn(80)).to.deep.equal([
      '    #       time flow dir packet             host verdict  why',
      '   12   0.610924    0 s2c PSH ACK 128 B      fw-b reject',
      '      stream midstream, RST seq=3036404606 ack=238514898 to sender',
    ])
    expect(drawn(80, { ...ROW, why: 'flow drop' }).at(-1)).to.equal(
      '   12   0.610924    0 s2c PSH ACK 128 B      fw-b reject   flow drop',
    )
  })

  it('has two lines for each packet where its columns do not fit', () => {
    expect(drawn(40)).to.deep.equal([
      '    #       time dir packet',
      '      flow, verdict by host: why',
      '   12   0.610924 s2c PSH ACK 128 B',
      '      0, reject by fw-b: stream',
      '      midstream, RST seq=3036404606',
      '      ack=238514898 to sender',
    ])
    expect(drawn(40, { ...ROW, flow: '-', why: '' }).at(-1)).to.equal('      reject by fw-b')
  })

  it('makes room for packets that need more words', () => {
    const packet = 'SCTP SHUTDOWN COMPLETE 16 B'
    const layout = layoutFor(Number.POSITIVE_INFINITY, { packet: packet.length, host: 4 })
    const [one, other] = [ROW, { ...ROW, packet }].map((row) => layout.row(row, asIs).indexOf('fw-b'))
    expect(one).to.equal(other)
    expect(layout.heading.indexOf('host')).to.equal(one)
  })

  it('is never wider than the screen', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 12 })
    const words = fc.array(word, { maxLength: 12 }).map((all) => all.join(' '))
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 160 }), words, word, words, (columns, why, host, packet) => {
        const layout = layoutFor(columns, { packet: packet.length, host: host.length })
        for (const line of [layout.heading, layout.row({ ...ROW, why, host, packet }, asIs)]
          .join('\n')
          .split('\n'))
          expect(line.length).to.be.at.most(columns)
      }),
    )
  })
})
