import { expect } from 'chai'
import type { Sharing } from '../model/setup.ts'
import type { SessionTables } from '../model/sharing.ts'
import { makeSharing, openSharing } from './sharing.ts'

/** Tables of three hosts that only note which whole tables are copied. */
function noting(made: number[][]): SessionTables {
  return {
    hosts: 3,
    inService: () => [1, 2],
    has: () => false,
    flows: () => [],
    read: () => undefined,
    write: () => false,
    copy: () => false,
    copyAll: (from, to, at) => made.push([from, to, at]),
    remove() {},
  }
}

/** The copies that a model makes when host 0 of three leaves. */
function copies(sharing: Sharing, kind: 'drain' | 'crash'): number[][] {
  const made: number[][] = []
  makeSharing(sharing)(noting(made)).apply({ kind, host: 0, flow: 0 }, 5)
  return made
}

describe('sharing', () => {
  it('replication copies a draining host to all that go on', () => {
    expect(copies({ kind: 'replication' }, 'drain')).to.deep.equal([
      [0, 1, 5],
      [0, 2, 5],
    ])
  })

  it('replication copies nothing of a crashed host', () => {
    expect(copies({ kind: 'replication' }, 'crash')).to.deep.equal([])
  })

  it('none copies nothing', () => {
    expect(copies({ kind: 'none' }, 'drain')).to.deep.equal([])
  })

  it('leaves the packets of none and replication where they arrive, without asking', async () => {
    for (const kind of ['none', 'replication'] as const) {
      await using open = await openSharing({ kind })
      expect(open.make(noting([])).watchesPackets).to.equal(false)
    }
  })
})
