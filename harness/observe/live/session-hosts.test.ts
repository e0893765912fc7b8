import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import type { TimedEvent } from '../../model/timeline.ts'
import { type Device, FakePort, passing } from './fake-port.test.ts'
import { isTcp } from './fake-segments.test.ts'
import { chunkOf, DATA, HANDSHAKE, IDLE, playThrough } from './live-bench.test.ts'

describe('observe/live/session: hosts, the load balancer and its port', () => {
  it('waits for hosts that were started until each of them lets something through', async () => {
    const started: number[] = []
    let refusals = 0
    const port = new FakePort((arm, frame) => {
      if (arm < 2 || isTcp(frame) || refusals === 3) return passing(arm, frame)
      refusals++
      return []
    })
    const actions = {
      ...IDLE,
      apply: async () => {
        started.push(1)
        return false
      },
      started: () => started.splice(0),
    }
    const steps = HANDSHAKE.map((step) => ({ ...step, host: 1 }))
    const chunk = chunkOf(steps, [{ kind: 'restore', host: 1 }])
    const { verdicts } = await playThrough(passing, [chunk], { hosts: 2, actions, port })
    expect(refusals).to.equal(3)
    expect(port.sent.findIndex(({ frame }) => isTcp(frame))).to.be.greaterThan(3)
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward'])
  })

  it('hands events to the hosts, waits until one answers again, and says how long that took', async () => {
    const crash: TimedEvent['event'] = { kind: 'crash', host: 0, flow: 0 }
    const applied: string[] = []
    let down = false
    const device: Device = (arm, frame) => (down ? [] : passing(arm, frame))
    const actions = {
      ...IDLE,
      apply: async (event: TimedEvent['event']) => {
        applied.push(event.kind)
        down = true
        setTimeout(() => {
          down = false
        }, 80)
        return true
      },
    }
    const { verdicts, batches } = await playThrough(device, [chunkOf(HANDSHAKE), chunkOf([DATA], [crash])], {
      actions,
    })
    expect(applied).to.deep.equal(['crash'])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'forward'])
    const [outage] = batches[1]?.outages ?? []
    expect(outage).to.include({ event: 'crash', host: 0, over: true })
    expect(outage?.lasted).to.be.greaterThan(50e6)
  })

  it('does not wait where the case goes on during the outage', async () => {
    const crash: TimedEvent['event'] = { kind: 'crash', host: 0, flow: 0, outage: true }
    let down = false
    const device: Device = (arm, frame) => (down ? [] : passing(arm, frame))
    const apply = async () => {
      down = true
      return true
    }
    const chunks = [chunkOf(HANDSHAKE), chunkOf([DATA], [crash])]
    const { verdicts, batches, port } = await playThrough(device, chunks, {
      actions: { ...IDLE, apply },
      patience: 50,
      lateness: 50,
    })
    // Nothing proves that road alive, so it is no drop.
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'undecided'])
    expect(batches[1]?.outages).to.deep.equal([])
    expect(port.sent.filter(({ frame }) => isTcp(frame))).to.have.length(4)
  })

  it('tells copies through two hosts apart by where they come out, whatever hop limits the hosts set', async () => {
    const slower: Device = (arm, frame) => {
      if (!isTcp(frame)) return passing(arm, frame)
      const copy = frame.slice()
      copy[7] = 60
      return [{ arm: arm ^ 1, frame: copy, delay: arm === 0 ? 30 : 0 }]
    }
    const steps = [0, 1].map(
      (host) => ({ from: 'client', flags: Tcp.syn, seq: 100, family: 'ipv6', host }) as const,
    )
    const { verdicts, sightings } = await playThrough(slower, [chunkOf(steps)], { hosts: 2 })
    expect(verdicts).to.deep.equal(['forward', 'forward'])
    expect(sightings.map(({ kind }) => kind)).to.not.include('elsewhere')
  })

  it('tells a copy from one that is still on its way, and that a host has dropped', async () => {
    let copies = 0
    const second: Device = (arm, frame) => (isTcp(frame) && ++copies === 2 ? [] : passing(arm, frame))
    const steps = [0, 0, 20].map((time) => ({ from: 'client', flags: Tcp.syn, seq: 100, time }) as const)
    const { verdicts } = await playThrough(second, [chunkOf(steps)], { lateness: 300 })
    expect(verdicts).to.deep.equal(['forward', 'drop', 'forward'])
  })

  it('what the load balancer decided stays as it is and is not sent', async () => {
    const chunk = chunkOf(HANDSHAKE)
    chunk.packets.host[1] = 255
    chunk.packets.verdict[1] = 2
    const { verdicts, port } = await playThrough(passing, [chunk])
    expect(verdicts).to.deep.equal(['forward', 'drop', 'forward'])
    expect(port.sent.filter(({ frame }) => isTcp(frame))).to.have.length(2)
  })

  it('says why when its port breaks, and stops when it is told to', async () => {
    const port = new FakePort(() => {
      port.fail(new Error('the child ended'))
      return []
    })
    let thrown: unknown
    await playThrough(passing, [chunkOf(HANDSHAKE)], { port }).catch((error: unknown) => {
      thrown = error
    })
    expect(String(thrown)).to.contain('the child ended')
  })
})
