import { expect } from 'chai'
import fc from 'fast-check'
import { comparisonOf } from '../fixtures/comparison.ts'
import { allItems, foldedItems, type LadderItem } from './items.ts'

/** Items in short: the numbers of packets, names of phases, folds. */
function brief(items: Iterable<LadderItem>): (string | number)[] {
  return [...items].map((item) => {
    if (item.type === 'row') return item.row.packet
    return item.type === 'phase' ? item.label : `${item.type} ${item.packets}`
  })
}

function packetsOf(items: Iterable<LadderItem>): number {
  let packets = 0
  for (const item of items) if (item.type !== 'phase') packets += item.type === 'row' ? 1 : item.packets
  return packets
}

describe('items of a ladder of comparison', () => {
  it('begin a few packets before what breaks, and fold what goes on as it was', () => {
    const { rows } = comparisonOf({ drop: `${'f'.repeat(9)}${'d'.repeat(12)}`, keep: 'f'.repeat(21) }, 10)
    expect(brief(foldedItems(rows(), 99))).to.deep.equal([
      'same 6',
      ...[7, 8, 9, 'after host-swap', 10, 11, 12],
      ...['like 5', 'like 4'],
    ])
  })

  it('begin a few packets before the first difference where nothing broke', () => {
    const { rows } = comparisonOf({ one: 'fffffff', other: 'ffffffd' })
    expect(brief(foldedItems(rows(), 99))).to.deep.equal(['same 3', 4, 5, 6, 7])
  })

  it('are one fold where nothing broke and nothing differs', () => {
    const { rows } = comparisonOf({ one: 'fffffd', other: 'fffffd' })
    const [only, ...others] = foldedItems(rows(), 99)
    expect(others).to.deep.equal([])
    if (only?.type !== 'same') throw new Error('A fold was expected.')
    expect([...only.verdicts]).to.deep.equal([
      ['forward', 5],
      ['drop', 1],
    ])
  })

  it('do not fold what is shorter than its fold, nor over what differs in another way', () => {
    const { rows } = comparisonOf({ one: 'ffffffffff', other: 'ddddddrddd' }, 1)
    expect(brief(foldedItems(rows(), 99))).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('say how many packets were left out, if they are bounded', () => {
    const { rows } = comparisonOf({ one: 'fdfdfdfd', other: 'dfdfdfdf' })
    const items = [...foldedItems(rows(), 2)]
    expect(items.at(-1)).to.include({ type: 'cut' })
    expect(packetsOf(items)).to.equal(8)
  })

  it('count each packet once, shown or folded', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'fffdr.'), minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(
        letters,
        letters,
        fc.nat(60),
        fc.integer({ min: 1, max: 30 }),
        (one, other, breaks, most) => {
          const { rows } = comparisonOf({ one, other }, breaks + 1)
          // Packets that nobody was offered are none.
          const offered = () => [...rows()].filter(({ cells }) => cells.some((cell) => cell !== undefined))
          expect(packetsOf(foldedItems(offered(), most))).to.equal(offered().length)
          expect(packetsOf(allItems(offered()))).to.equal(offered().length)
        },
      ),
    )
  })

  it('count sequence numbers from the SYN, over the end of their range', () => {
    const { rows } = comparisonOf({ one: 'fffff' })
    const seqs = [...allItems(rows())].map((item) => (item.type === 'row' ? item.seq : undefined))
    expect(seqs).to.deep.equal([0, 0, 100, 100, 200])
  })
})
