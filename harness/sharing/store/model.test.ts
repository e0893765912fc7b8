import { expect } from 'chai'
import { HANDSHAKE } from '../../engine/example-engine.test.ts'
import type { StoreState } from '../../model/timeline.ts'
import { MemoryStore, StoreLab } from './example-store.test.ts'

const OPENED = [...HANDSHAKE, '> PA 1 1 len=10', '< A 1 11']
const ELSEWHERE = ['> PA 11 1 len=10 host=1 @20', '< PA 1 21 len=10 host=1 @20', '> A 21 11 host=1 @20']
const CRASH = { kind: 'crash', host: 0, flow: 0 } as const

describe('sharing/store: model', () => {
  for (const family of ['ipv4', 'ipv6'] as const)
    it(`a host takes over a session that it lacks, of ${family}`, async () => {
      const store = new MemoryStore()
      const lab = new StoreLab(store, {}, { frames: { family } })
      await lab.play(...OPENED)
      lab.apply(CRASH, 10)
      expect(await lab.play(...ELSEWHERE)).to.deep.equal(['forward', 'forward', 'forward'])
      expect(lab.parts()).to.deep.equal(['0 at 1: pulled from the store'])
      expect(store.held.size).to.equal(1)
      for (const [key, value] of store.held) expect(key.split(',').length + value.length).to.be.at.most(128)
    })

  it('a session that the store lacks meets the profile: silence, packet by packet', async () => {
    const lab = new StoreLab(new MemoryStore())
    expect(await lab.play('> PA 1 1 len=10', '< A 1 11')).to.deep.equal([
      'drop stream midstream',
      'drop stream midstream',
    ])
    expect(lab.batch.emitted).to.be.empty
    expect(lab.parts()).to.deep.equal(['0 at 0: not in the store', '1 at 0: not in the store'])
  })

  it('UDP and ICMP are pulled too, a flow each', async () => {
    for (const [one, other] of [
      ['> UDP', '< UDP host=1'],
      ['> PING', '< PONG host=1'],
    ] as const) {
      const lab = new StoreLab(new MemoryStore())
      await lab.play(one)
      expect(await lab.play(other)).to.deep.equal(['forward'])
      expect(lab.parts()).to.deep.equal(['0 at 1: pulled from the store'])
    }
  })

  it('the store is asked for what a host lacks only', async () => {
    const store = new MemoryStore()
    await new StoreLab(store).play(...OPENED)
    expect(store.gets).to.equal(1)
  })

  it('what a host has changed less than the lag before it crashes is lost', async () => {
    const young = new StoreLab(new MemoryStore(), { lag: 30 })
    await young.play(...OPENED)
    young.apply(CRASH, 10)
    expect(await young.play(ELSEWHERE[0] ?? '')).to.deep.equal(['drop stream midstream'])
    const old = new StoreLab(new MemoryStore(), { lag: 9 })
    await old.play(...OPENED)
    old.apply(CRASH, 10)
    expect(await old.play(ELSEWHERE[0] ?? '')).to.deep.equal(['forward'])
  })

  it('a host that drains goes on to write, when the lag is over', async () => {
    const drained = async (lag: number) => {
      const lab = new StoreLab(new MemoryStore(), { lag })
      await lab.play(...OPENED)
      lab.apply({ kind: 'drain', host: 0, flow: 0 }, 10)
      return lab.play(ELSEWHERE[0] ?? '')
    }
    expect(await drained(20)).to.deep.equal(['forward'])
    expect(await drained(20.001)).to.deep.equal(['drop stream midstream'])
  })

  it('an answer may take as long as the time-out, and no longer', async () => {
    const pulled = async (latency: number) => {
      const lab = new StoreLab(new MemoryStore(), { latency, timeout: 0.5 })
      await lab.play(...OPENED)
      const verdicts = await lab.play(ELSEWHERE[0] ?? '')
      return [...verdicts, ...lab.parts()]
    }
    expect(await pulled(0.5)).to.deep.equal(['forward', '0 at 1: pulled from the store'])
    expect(await pulled(0.6)).to.deep.equal(['drop stream midstream', '0 at 1: no answer from the store'])
  })

  it('a store that is not up neither takes nor answers as its state has it', async () => {
    const played = async (state: StoreState, early: boolean) => {
      const lab = new StoreLab(new MemoryStore())
      if (early) lab.apply({ kind: 'store', state }, 0)
      await lab.play(...OPENED)
      lab.apply({ kind: 'store', state: early ? 'up' : state }, 10)
      return (await lab.play(ELSEWHERE[0] ?? ''))[0]
    }
    const lost = 'drop stream midstream'
    const states = ['down', 'slow', 'full', 'unauthorised'] as const
    expect(await Promise.all(states.map((state) => played(state, true)))).to.deep.equal([
      ...[lost, 'forward', lost, lost],
    ])
    expect(await Promise.all(states.map((state) => played(state, false)))).to.deep.equal([
      ...[lost, lost, 'forward', lost],
    ])
  })

  it('a host that missed a session asks again, and writes nothing over it', async () => {
    const lab = new StoreLab(new MemoryStore())
    await lab.play(...OPENED)
    lab.apply({ kind: 'store', state: 'slow' }, 10)
    expect(await lab.play(ELSEWHERE[0] ?? '')).to.deep.equal(['drop stream midstream'])
    lab.apply({ kind: 'store', state: 'up' }, 20)
    expect(await lab.play('> PA 11 1 len=10 host=1 @21')).to.deep.equal(['forward'])
  })

  it('a session that changes after an outage is in the store again', async () => {
    const lab = new StoreLab(new MemoryStore())
    lab.apply({ kind: 'store', state: 'down' }, 0)
    await lab.play(...OPENED)
    lab.apply({ kind: 'store', state: 'up' }, 1)
    await lab.play('> PA 11 1 len=10 @2')
    expect(await lab.play('< A 1 21 host=1 @3')).to.deep.equal(['forward'])
  })

  it('a failure that nothing asks for is no miss but an error, until the next reset', async () => {
    const store = new MemoryStore()
    const lab = new StoreLab(store)
    store.fails = 'down'
    let thrown: unknown
    await lab.play('> S 0').catch((error: unknown) => {
      thrown = error
    })
    expect(thrown).to.have.property('code', 'ERR_STORE')
    expect(String(thrown)).to.contain('The store at memory failed (it is down)')
    store.fails = undefined
    lab.engine.reset()
    await lab.engine.pending
    expect(await lab.play('> S 0')).to.deep.equal(['forward'])
  })

  it('nothing of one case is left for the next', async () => {
    const store = new MemoryStore()
    const lab = new StoreLab(store)
    await lab.play(...OPENED)
    await lab.play(ELSEWHERE[0] ?? '')
    lab.apply({ kind: 'store', state: 'down' }, 21)
    lab.engine.reset()
    await lab.engine.pending
    expect(store.held).to.be.empty
    expect(await lab.play('> PA 1 1 len=10')).to.deep.equal(['drop stream midstream'])
    expect(lab.parts()).to.deep.equal(['0 at 0: not in the store'])
  })

  it('changes that wait are bounded: the store is waited for before there are too many', async () => {
    const store = new MemoryStore()
    const lab = new StoreLab(store)
    const opening = Array.from({ length: 6000 }, (_, at) => `> UDP port=${1000 + at} @${at}`)
    await lab.play(...opening, ...opening)
    expect(store.sets).to.be.at.least(6000)
  })
})
