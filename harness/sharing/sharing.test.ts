import { expect } from 'chai'
import { HANDSHAKE, Lab } from '../engine/example-engine.test.ts'
import { makeSetup } from '../suite/setup.ts'
import { SHARINGS } from '../suite/words.ts'
import { makeSharing, openSharing } from './sharing.ts'

describe('sharing', () => {
  it('none: no host knows of what another one has seen, whatever happens', () => {
    const lab = new Lab({ sharing: makeSharing({ kind: 'none' }) })
    lab.play(...HANDSHAKE)
    lab.engine.apply({ kind: 'drain', host: 0, flow: 0 }, 0)
    expect(lab.play('> PA 1 1 len=10 host=1')).to.deep.equal(['drop stream midstream'])
  })

  it('asks nothing of packets for none, nor for replication that copies snapshots', async () => {
    for (const kind of ['none', 'replication']) {
      await using open = await openSharing(makeSetup({ sharing: kind }).topology.sharing)
      const lab = new Lab({
        sharing: (tables) => {
          const model = open.make(tables)
          expect(model.watchesPackets, kind).to.equal(false)
          return model
        },
      })
      lab.play(...HANDSHAKE)
    }
    expect(SHARINGS).to.include.members(['none', 'replication'])
  })
})
