import { expect } from 'chai'
import { PLAIN_READING } from '../model/reading.ts'
import { FlowbreakError } from '../support/errors.ts'
import { assigned, SYN, segment } from './example-packets.test.ts'
import { FlowTable } from './table.ts'

const MOST = 64
const syn = (port: number) => segment(0, { ...SYN, sourcePort: 10_000 + port })

describe('flow/table, bounded', () => {
  it('forgets the flows that were silent for longest, and says how many', () => {
    const table = new FlowTable(PLAIN_READING, MOST)
    const batch = assigned(
      Array.from({ length: 1000 }, (_, port) => syn(port)),
      table,
    )
    expect([...batch.flow.subarray(0, 1000)]).to.deep.equal(Array.from({ length: 1000 }, (_, id) => id))
    expect([table.count, table.forgotten]).to.deep.equal([1000, 1000 - MOST])
    expect([...table.known()].map(({ id }) => id)).to.deep.equal(
      Array.from({ length: MOST }, (_, n) => 1000 - MOST + n),
    )
    expect(table.info(999).client).to.equal('192.0.2.10:10999')
    expect(() => table.info(935)).to.throw(FlowbreakError, 'Flow 935 is not known any more')
    expect(() => table.info(1000)).to.throw(FlowbreakError, 'There is no flow 1000')
  })

  it('keeps a flow that goes on, passes over its id, and never gives an id twice', () => {
    const table = new FlowTable(PLAIN_READING, MOST)
    const ids: number[] = []
    for (let port = 1; port <= 500; port++) {
      const batch = assigned([syn(0), syn(port)], table)
      expect(batch.flow[0]).to.equal(0)
      ids.push(batch.flow[1] ?? -1)
    }
    expect(ids).to.deep.equal([...new Set(ids)].sort((a, b) => a - b))
    expect(ids.some((id) => id % MOST === 0)).to.equal(false)
    expect(table.forgotten).to.equal(500 + 1 - MOST)
  })

  it('takes a forgotten flow that goes on for a new one', () => {
    const table = new FlowTable(PLAIN_READING, MOST)
    assigned([segment(0, SYN)], table)
    assigned(
      Array.from({ length: MOST }, (_, port) => syn(port)),
      table,
    )
    expect(table.has(0)).to.equal(false)
    const batch = assigned([segment(1), segment(0)], table)
    expect([...batch.flow.subarray(0, 2)]).to.deep.equal([MOST + 1, MOST + 1])
    expect(table.info(MOST + 1)).to.include({ opens: 'mid', firstPacket: 1 })
  })

  it('knows nothing after a reset and begins anew', () => {
    const table = new FlowTable(PLAIN_READING, MOST)
    const flood = Array.from({ length: 200 }, (_, port) => syn(port))
    assigned(flood, table)
    table.reset()
    expect([table.count, table.forgotten, table.has(150)]).to.deep.equal([0, 0, false])
    expect(assigned(flood, table).flow[199]).to.equal(199)
    expect(table.forgotten).to.equal(200 - MOST)
  })
})
