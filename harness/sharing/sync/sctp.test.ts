import { expect } from 'chai'
import { OPEN, said } from '../../engine/conntrack/sctp-said.test.ts'
import { Lab } from '../../engine/example-engine.test.ts'
import { readSharing } from '../../suite/setup/sharing.ts'
import { makeSetup } from '../../suite/setup.ts'
import { Chunk } from '../../wire/sctp.ts'
import { makeSync } from './sync.ts'

describe('sharing: sync of SCTP', () => {
  it('has an association go on at a host that was told of its state and tags', () => {
    const sharing = readSharing(
      'sync:way=conntrackd,mode=active-active,external-cache=false',
      { hosts: 2, loadBalancer: makeSetup().topology.loadBalancer, folder: '.' },
      (_path, message) => {
        throw new Error(message)
      },
    )
    if (sharing.kind !== 'sync') throw new Error('another sharing')
    const lab = new Lab({ profile: 'linux-conntrack', sharing: makeSync(sharing) })
    const data = { side: 0, chunk: Chunk.data, host: 1 } as const
    expect(lab.play(said(data))).to.deep.equal(['drop ct invalid'])
    lab.play(...OPEN)
    expect(lab.play(said({ ...data, at: 1, tag: 9 }), said({ ...data, at: 1 }))).to.deep.equal([
      'drop ct invalid',
      'forward',
    ])
    // What it does there comes back.
    const shutdown = said({ side: 0, chunk: Chunk.shutdown, host: 1, at: 1 })
    const late = said({ side: 1, chunk: Chunk.data, at: 5 })
    expect(lab.play(shutdown, late)).to.deep.equal(['forward', 'drop ct invalid'])
  })
})
