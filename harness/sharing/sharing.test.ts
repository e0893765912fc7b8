import { expect } from 'chai'
import { makeSharing } from './sharing.ts'

/** The copies that a model makes when host 0 of three leaves. */
function copies(kind: 'none' | 'replication', cause: 'drain' | 'crash'): number[][] {
  const made: number[][] = []
  makeSharing({ kind }).hostLeaves(cause, 0, [1, 2], { copy: (from, to, at) => made.push([from, to, at]) }, 5)
  return made
}

describe('sharing', () => {
  it('replication copies a draining host to all that go on', () => {
    expect(copies('replication', 'drain')).to.deep.equal([
      [0, 1, 5],
      [0, 2, 5],
    ])
  })

  it('replication copies nothing of a crashed host', () => {
    expect(copies('replication', 'crash')).to.deep.equal([])
  })

  it('none copies nothing', () => {
    expect(copies('none', 'drain')).to.deep.equal([])
  })
})
