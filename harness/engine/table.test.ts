import { expect } from 'chai'
import { Oddity } from './oddity.ts'
import { CLIENT, NEXT, RECORD_WORDS, State } from './record.ts'
import { SessionTable } from './table.ts'

describe('engine: session table', () => {
  it('grows and keeps what it holds', () => {
    const table = new SessionTable()
    for (let flow = 0; flow < 1000; flow++) {
      const base = table.touch(flow)
      table.open(base, State.bare, 16, flow * 1e9)
      table.words[base + CLIENT + NEXT] = flow
    }
    for (let flow = 0; flow < 1000; flow++) {
      expect(table.words[flow * RECORD_WORDS + CLIENT + NEXT]).to.equal(flow)
      expect(table.lastSeen(flow * RECORD_WORDS)).to.equal(flow * 1e9)
    }
  })

  it('touches a far flow at once', () => {
    const table = new SessionTable()
    const base = table.touch(123_456)
    table.open(base, State.bare, 0, 5)
    expect(table.lastSeen(base)).to.equal(5)
    expect(table.used).to.equal(123_457)
  })

  it('forgets everything that was used', () => {
    const table = new SessionTable()
    for (const flow of [0, 7, 40]) table.open(table.touch(flow), State.bare, 0, 1)
    table.oddities.set(0, new Oddity())
    table.clear()
    expect(table.used).to.equal(0)
    expect(table.oddities.size).to.equal(0)
    expect([0, 7, 40].map((flow) => table.words[table.touch(flow)])).to.deep.equal([0, 0, 0])
  })

  it('opens a record anew without what was there', () => {
    const table = new SessionTable()
    const base = table.touch(3)
    table.words.fill(-1, base, base + RECORD_WORDS)
    table.open(base, State.bare, 32, 9)
    expect([...table.words.subarray(base, base + 14)]).to.deep.equal([State.bare, ...Array(12).fill(0), 32])
  })
})
