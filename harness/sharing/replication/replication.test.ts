import { expect } from 'chai'
import { HANDSHAKE, Lab } from '../../engine/example-engine.test.ts'
import { NANOS_PER_SECOND } from '../../model/batch.ts'
import type { ReplicationSharing } from '../../model/setup.ts'
import { replication } from './replication.ts'

const DATA = '> PA 1 1 len=10'

function lab(options: Partial<ReplicationSharing> = {}): Lab {
  const sharing = {
    kind: 'replication',
    mode: 'snapshot',
    lag: 0,
    drain: 0,
    transfer: 0,
    ...options,
  } as const
  return new Lab({ sharing: replication(sharing) })
}

/** A step of the replication of host 0, in seconds. */
function step(engine: Lab, kind: 'export' | 'replicate', at: number): void {
  engine.engine.apply({ kind, host: 0 }, at * NANOS_PER_SECOND)
}

describe('sharing: replication', () => {
  it('gives what a draining host exported to the others, once it is replicated', () => {
    const engine = lab()
    engine.play(...HANDSHAKE)
    engine.engine.apply({ kind: 'drain', host: 0, flow: 0, outage: true }, 0)
    step(engine, 'export', 1)
    expect(engine.play(`${DATA} host=1 @1`)).to.deep.equal(['drop stream midstream'])
    const other = lab()
    other.play(...HANDSHAKE)
    other.engine.apply({ kind: 'drain', host: 0, flow: 0, outage: true }, 0)
    step(other, 'export', 1)
    step(other, 'replicate', 2)
    expect(other.play(`${DATA} host=1 @2`, '< A 1 11 host=1 @2')).to.deep.equal(['forward', 'forward'])
  })

  it('does not export what was opened after the snapshot', () => {
    const engine = lab()
    engine.engine.apply({ kind: 'drain', host: 0, flow: 0, outage: true }, 0)
    step(engine, 'export', 1)
    engine.play(...HANDSHAKE.map((line) => `${line} @2`))
    step(engine, 'replicate', 3)
    expect(engine.play(`${DATA} host=1 @3`)).to.deep.equal(['drop stream midstream'])
  })

  it('lets a session go on that advanced after the snapshot', () => {
    const engine = lab()
    engine.play(...HANDSHAKE)
    engine.engine.apply({ kind: 'drain', host: 0, flow: 0, outage: true }, 0)
    step(engine, 'export', 1)
    engine.play('> PA 1 1 len=1000 @2', '< A 1 1001 @2')
    step(engine, 'replicate', 3)
    const later = ['> PA 1001 1 len=10 host=1 @3', '< PA 1 1011 len=5 host=1 @3', '> A 1011 6 host=1 @3']
    expect(engine.play(...later)).to.deep.equal(['forward', 'forward', 'forward'])
  })

  it('replicates nothing of a host that crashed', () => {
    const engine = lab()
    engine.play(...HANDSHAKE)
    engine.engine.apply({ kind: 'crash', host: 0, flow: 0 }, 0)
    expect(engine.play(`${DATA} host=1 @1`)).to.deep.equal(['drop stream midstream'])
  })

  it('loses what it is told to lose: one flow, or all', () => {
    for (const [flow, outcome] of [
      [0, 'drop stream midstream'],
      [-1, 'drop stream midstream'],
      [7, 'forward'],
    ] as const) {
      const engine = lab()
      engine.play(...HANDSHAKE)
      engine.engine.apply({ kind: 'lose-replicas', flow }, 0)
      engine.engine.apply({ kind: 'drain', host: 0, flow: 0, outage: true }, 0)
      step(engine, 'export', 1)
      step(engine, 'replicate', 1)
      expect(engine.play(`${DATA} host=1 @2`), `flow ${flow}`).to.deep.equal([outcome])
    }
  })

  it('streams changes in continuous mode: a crash spares what is older than the lag', () => {
    for (const [crash, outcome] of [
      [4, 'drop stream midstream'],
      [6, 'forward'],
    ] as const) {
      const engine = lab({ mode: 'continuous', lag: 5 })
      engine.play(...HANDSHAKE)
      engine.engine.apply({ kind: 'crash', host: 0, flow: 0 }, crash * NANOS_PER_SECOND)
      expect(engine.play(`${DATA} host=1 @7`), `crash at ${crash}s`).to.deep.equal([outcome])
    }
  })

  it('forgets between cases what it exported, lost and sent', () => {
    const engine = lab({ mode: 'continuous', lag: 5 })
    engine.play(...HANDSHAKE)
    engine.engine.apply({ kind: 'lose-replicas', flow: -1 }, 0)
    step(engine, 'export', 0)
    engine.engine.reset()
    step(engine, 'replicate', 0)
    expect(engine.play(`${DATA} host=1 @9`)).to.deep.equal(['drop stream midstream'])
    engine.engine.reset()
    engine.play(...HANDSHAKE)
    expect(engine.play(`${DATA} host=1 @9`)).to.deep.equal(['forward'])
  })
})
