import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Case } from '../model/case.ts'
import { costsText, readCosts, roundedCosts } from './costs.ts'
import { type Costs, divide } from './division.ts'

// Only these fields are looked at.
const caseOf = (name: string): Case => ({ name, suite: name.slice(0, 1) }) as Case

function parts(cases: readonly Case[], count: number, costs: Costs): string[][] {
  return Array.from({ length: count }, (_, at) =>
    divide(cases, { index: at + 1, count }, costs).map(({ name }) => name),
  )
}

const names = fc.uniqueArray(fc.stringMatching(/^[ab]\/[a-z]{1,6}$/), { minLength: 1, maxLength: 60 })
const costed = names.chain((all) =>
  fc.record({
    all: fc.constant(all),
    costs: fc.array(fc.nat(1000), { minLength: all.length, maxLength: all.length }),
    count: fc.integer({ min: 1, max: 9 }),
  }),
)

describe('plan/division', () => {
  it('puts every case into one part, and no part far above the others', () => {
    fc.assert(
      fc.property(costed, ({ all, costs, count }) => {
        const known = new Map(all.map((name, at) => [name, costs[at] ?? 0]))
        const divided = parts(all.map(caseOf), count, known)
        expect(divided.flat().sort()).to.deep.equal([...all].sort())
        const loads = divided.map((part) => part.reduce((sum, name) => sum + (known.get(name) ?? 0), 0))
        const mean = costs.reduce((sum, cost) => sum + cost, 0) / count
        expect(Math.max(...loads)).to.be.at.most(mean + Math.max(...costs))
      }),
      { seed: 5 },
    )
  })

  it('depends on cases and costs alone, in whatever order they are, and keeps the order of cases in a part', () => {
    fc.assert(
      fc.property(costed, ({ all, costs, count }) => {
        const known = all.map((name, at) => [name, costs[at] ?? 0] as const)
        const once = parts(all.map(caseOf), count, new Map(known))
        const again = parts([...all].reverse().map(caseOf), count, new Map([...known].reverse()))
        expect(again.map((part) => part.reverse())).to.deep.equal(once)
      }),
      { seed: 6 },
    )
  })

  it('takes the mean of its suite for a case of unknown cost, else that of all', () => {
    const costs = new Map([
      ['a/1', 100],
      ['a/2', 100],
      ['b/1', 2],
    ])
    // a/new is as dear as the others of its suite; c/new costs the mean of all, 67.
    const all = ['a/1', 'a/2', 'a/new', 'b/1', 'b/new', 'c/new'].map(caseOf)
    expect(parts(all, 4, costs)).to.deep.equal([['a/1'], ['a/2'], ['a/new'], ['b/1', 'b/new', 'c/new']])
    expect(parts(all, 2, new Map())).to.deep.equal([
      ['a/1', 'a/new', 'b/new'],
      ['a/2', 'b/1', 'c/new'],
    ])
    expect(parts(all.slice(0, 1), 3, costs)).to.deep.equal([['a/1'], [], []])
  })

  it('reads what it wrote, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-costs-'))
    const file = join(folder, 'costs.json')
    const costs = roundedCosts(
      new Map([
        ['b', 12.345],
        ['a', 0.001_24],
      ]),
    )
    writeFileSync(file, costsText(costs))
    expect([...readCosts(file)]).to.deep.equal([
      ['a', 0.0012],
      ['b', 12],
    ])
    for (const text of ['{}', '{"schema":1,"cases":{"a":-1}}', 'no JSON']) {
      writeFileSync(file, text)
      expect(() => readCosts(file))
        .to.throw(`${file} does not contain the costs of cases (`)
        .with.property('code', 'ERR_COSTS')
    }
    rmSync(folder, { recursive: true })
  })
})
