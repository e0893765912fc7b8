import { expect } from 'chai'
import { jsonPieces } from './json-list.ts'

describe('jsonPieces', () => {
  const wraps: readonly ((items: readonly unknown[]) => unknown)[] = [
    (items) => items,
    (items) => ({ schema: 1, none: [], items }),
    (items) => ({ zero: 0, results: { text: '[]"\n0', items, after: [{ a: 1 }] } }),
    (items) => ({ a: { b: { items } }, c: [] }),
  ]

  it('comes to the text of the whole, however deep the list lies and however long it is', () => {
    for (const wrap of wraps)
      for (const count of [0, 1, 2, 64, 65, 200]) {
        const items = Array.from({ length: count }, (_, at) => ({
          at,
          text: '"\n]',
          list: [{ at }, []],
          e: {},
        }))
        const pieces = [...jsonPieces(wrap, items, (item) => item)]
        expect(pieces.join('')).to.equal(JSON.stringify(wrap(items), null, 2))
      }
  })
})
