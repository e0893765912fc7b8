import { expect } from 'chai'
import fc from 'fast-check'
import { HashTable } from './hash-table.ts'

/** Few values a word, so that keys meet again and share words; the ends of the range among them. */
const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-1, 0x7fffffff, -0x80000000))
const keysOf = (words: number) =>
  fc.array(fc.array(word, { minLength: words, maxLength: words }), { maxLength: 400 })

function write(table: HashTable, key: readonly number[]): void {
  key.forEach((value, i) => {
    table.key[i] = value
  })
}

/** A model of the table: ids by a key's text. */
function addAll(table: HashTable, keys: readonly (readonly number[])[]): Map<string, number> {
  const model = new Map<string, number>()
  for (const key of keys) {
    write(table, key)
    const known = model.get(key.join())
    expect(table.find()).to.equal(known ?? -1)
    expect(table.add()).to.equal(known ?? model.size)
    if (known === undefined) model.set(key.join(), model.size)
    expect(table.count).to.equal(model.size)
  }
  return model
}

describe('support/hash-table', () => {
  for (const words of [1, 4, 10]) {
    it(`gives the ids that a Map would, with keys of ${words} words, also after a reset`, () => {
      fc.assert(
        fc.property(keysOf(words), keysOf(words), (first, second) => {
          const table = new HashTable(words)
          addAll(table, first)
          table.reset()
          expect(table.count).to.equal(0)
          for (const key of first) {
            write(table, key)
            expect(table.find()).to.equal(-1)
          }
          const model = addAll(table, second)
          for (const [text, id] of model)
            expect(Array.from({ length: words }, (_, i) => table.word(id, i)).join()).to.equal(text)
        }),
        { seed: 7 },
      )
    })
  }

  it('keeps every id through many doublings', () => {
    const table = new HashTable(2)
    const wrong: number[] = []
    for (let id = 0; id < 50_000; id++) {
      write(table, [id << 16, id])
      if (table.add() !== id) wrong.push(id)
    }
    for (let id = 0; id < 50_000; id++) {
      write(table, [id << 16, id])
      if (table.find() !== id) wrong.push(id)
    }
    expect(wrong).to.deep.equal([])
  })

  it('forgets keys that are removed, finds all others, and gives their ids again, also after a reset', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 })), { maxLength: 500 })
    fc.assert(
      fc.property(steps, fc.boolean(), (all, resets) => {
        const table = new HashTable(1)
        const model = new Map<number, number>()
        for (const [at, [adds, key]] of all.entries()) {
          if (resets && at === all.length >> 1) {
            table.reset()
            model.clear()
          }
          write(table, [key])
          const id = model.get(key)
          if (adds) model.set(key, table.add())
          else if (id !== undefined) {
            table.remove(id)
            model.delete(key)
          }
          for (let other = 0; other <= 40; other++) {
            write(table, [other])
            expect(table.find()).to.equal(model.get(other) ?? -1)
          }
          expect(new Set(model.values()).size).to.equal(model.size)
        }
        expect(table.count).to.be.at.most(41)
      }),
      { seed: 8, numRuns: 60 },
    )
  })
})
