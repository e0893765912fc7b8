import { expect } from 'chai'
import fc from 'fast-check'
import type { Position } from '../model/case.ts'
import { parsePosition } from './position.ts'
import { PACKET_CLASSES } from './words.ts'

describe('suite/position', () => {
  it('reads packets, times and classes', () => {
    const read: [string | number, Position][] = [
      [12, { packet: 12 }],
      ['12', { packet: 12 }],
      ['1.5s', { time: 1.5e9 }],
      ['200ms', { time: 2e8 }],
      ['fin', { before: 'fin', nth: 1 }],
      ['syn-ack#2', { before: 'syn-ack', nth: 2 }],
      ['c2s:data#2', { before: 'data', direction: 'c2s', nth: 2 }],
      ['s2c:any', { before: 'any', direction: 's2c', nth: 1 }],
    ]
    for (const [text, position] of read) expect(parsePosition(text), String(text)).to.deep.equal(position)
  })

  it('reads every class back, in every direction, at every count', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PACKET_CLASSES),
        fc.constantFrom('c2s', 's2c', undefined),
        fc.integer({ min: 1, max: 999_999 }),
        (before, direction, nth) => {
          const text = `${direction === undefined ? '' : `${direction}:`}${before}#${nth}`
          expect(parsePosition(text)).to.deep.equal({ before, ...(direction && { direction }), nth })
        },
      ),
      { seed: 21 },
    )
  })

  it('refuses the rest', () => {
    for (const text of [
      '',
      '0',
      '-1',
      '1.5',
      'c2s:',
      'c2s:3',
      'up:data',
      'data#0',
      'data#',
      'Data',
      '1.5x',
      'data #2',
    ])
      expect(() => parsePosition(text), text).to.throw(/is not a (position|duration)/)
    expect(() => parsePosition('c2s:dta')).to.throw(/Did you mean "data"\?$/)
  })
})
