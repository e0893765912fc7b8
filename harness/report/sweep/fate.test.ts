import { expect } from 'chai'
import fc from 'fast-check'
import { Direction } from '../../model/codes.ts'
import type { Played, SweepColumn, SweptPacket } from '../../model/sweep.ts'
import { disagreements, disputed, fateOf, peersOf } from './fate.ts'
import { packRuns, unpackRuns } from './view.ts'

const PACKETS: readonly SweptPacket[] = [0, 1, 0, 1, 0, 1].map((direction, at) => ({
  ...{ number: at + 1, time: at, direction, kind: 1, flags: 16, payload: 0 },
}))
const cell = (verdicts: string): Played => ({ verdicts, by: 'dddddd', told: [] })
const unbroken = cell('ffffff')
const letter = (verdicts: string, at = 2) => fateOf(cell(verdicts), unbroken, PACKETS, at).letter

describe('fateOf', () => {
  it('has a letter for what became of the first packet lost, and whether anything comes out after it', () => {
    expect(letter('ffffff')).to.equal('.')
    expect(letter('ffdddd')).to.equal('D')
    expect(letter('ffrddd')).to.equal('R')
    expect(letter('ffaaaa')).to.equal('A')
    expect(letter('ffdfdf')).to.equal('d')
    expect(letter('fffrdf')).to.equal('r')
    expect(letter('ffudff')).to.equal('?')
    expect(letter('ffd---')).to.equal('D')
  })

  it('counts only what would have come out unbroken, from the break on', () => {
    const usual = cell('dfdfff')
    expect(fateOf(cell('dfdfff'), usual, PACKETS, 1).letter).to.equal('.')
    expect(fateOf(cell('dfddff'), usual, PACKETS, 1)).to.deep.include({
      letter: 'd',
      lost: { c2s: 0, s2c: 1 },
    })
    expect(fateOf(cell('ddffff'), unbroken, PACKETS, 2).letter).to.equal('.')
  })

  it('tells the next packet of each direction, and from where all come out', () => {
    expect(fateOf(cell('ffrdff'), unbroken, PACKETS, 2)).to.deep.equal({
      letter: 'r',
      next: { c2s: 'reject', s2c: 'drop' },
      lost: { c2s: 1, s2c: 1 },
      recovers: 4,
    })
    expect(fateOf(cell('ffrddd'), unbroken, PACKETS, 2)).to.not.have.property('recovers')
    expect(Direction.c2s).to.equal(0)
  })

  it('goes by what users felt where endpoints are live', () => {
    const felt = { ...cell('ffffff'), impact: { kind: 'hung', after: 5 } } as const
    expect(fateOf(felt, unbroken, PACKETS, 2).letter).to.equal('H')
  })

  it('says of what was not played that it was not, or is not known', () => {
    expect(fateOf({ why: 'skipped', detail: '' }, unbroken, PACKETS, 0).letter).to.equal('-')
    expect(fateOf({ why: 'doubt', detail: '' }, unbroken, PACKETS, 0).letter).to.equal('?')
  })
})

describe('disagreements', () => {
  const columns = ['one drop', 'one reject', 'two drop', 'two reject'].map((text): SweepColumn => {
    const values = text.split(' ')
    return { target: values[0] ?? '', values, unbroken, options: [] }
  })
  const map = { axes: ['target', 'policy'], columns }
  const peers = peersOf(map)
  const row = (...verdicts: readonly string[]) => verdicts.map(cell)

  it('names the axes over which alone a row differs', () => {
    expect(disagreements(map, peers, row('fd', 'fd', 'fd', 'fd'))).to.deep.equal([])
    expect(disagreements(map, peers, row('fd', 'fr', 'fd', 'fr'))).to.deep.equal(['policy'])
    expect(disagreements(map, peers, row('fd', 'fd', 'ff', 'ff'))).to.deep.equal(['target'])
    expect(disagreements(map, peers, row('fd', 'fd', 'fd', 'ff'))).to.deep.equal(['target', 'policy'])
  })

  it('marks the cells about which targets differ', () => {
    expect([...disputed(map, peers, row('fd', 'fr', 'fd', 'ff'))]).to.deep.equal([1, 3])
  })

  it('takes another reset for another end, and nothing for what was not played', () => {
    const told = [{ packet: 1, kind: 'tcp-rst', to: 'client', by: 'fw-a' }] as const
    const cells = row('fr', 'fr', 'fr', 'fr')
    expect(disagreements(map, peers, [{ ...cell('fr'), told }, ...cells.slice(1)])).to.include('policy')
    const unseen = { ...cell('fr'), emissions: 'unseen' } as const
    expect(disagreements(map, peers, [unseen, ...cells.slice(1)])).to.deep.equal([])
    expect(disagreements(map, peers, [{ why: 'doubt', detail: '' }, ...cells.slice(1)])).to.deep.equal([])
  })
})

describe('packRuns', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('f', 'd', '-', 'é', 'Ā'), { maxLength: 40 }), (letters) => {
        expect(unpackRuns(packRuns(letters.join('')))).to.deep.equal(letters)
      }),
    )
    expect(packRuns('fffd')).to.equal('f3d')
  })
})
