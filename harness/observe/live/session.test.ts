import { expect } from 'chai'
import { Link, Tcp, Verdict } from '../../model/codes.ts'
import { isForwardedAfterAll } from '../../model/target.ts'
import type { TimedEvent } from '../../model/timeline.ts'
import { readdress } from '../../wire/readdress.ts'
import { type Device, FakePort, type Leaving, passing } from './fake-port.test.ts'
import { answerTo, flagsOf, isTcp, resetTo, with_ } from './fake-segments.test.ts'
import { chunkOf, IDLE, playThrough, type Step } from './live-bench.test.ts'
import { monotonicNow } from './port.ts'

const HANDSHAKE: readonly Step[] = [
  { from: 'client', flags: Tcp.syn, seq: 100 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 },
  { from: 'client', seq: 101, ack: 501 },
]
const DATA: Step = { from: 'client', flags: Tcp.ack | Tcp.psh, seq: 101, ack: 501, payload: 40 }

describe('observe/live/session', () => {
  it('tells what comes out from what does not, on both families and both ways', async () => {
    const dropsServer = with_((arm, frame) => (arm === 0 ? passing(arm, frame) : []))
    for (const family of ['ipv4', 'ipv6'] as const) {
      const steps = [...HANDSHAKE, DATA].map((step) => ({ ...step, family }))
      const all = await playThrough(passing, [chunkOf(steps)])
      expect(all.verdicts).to.deep.equal(['forward', 'forward', 'forward', 'forward'])
      expect(all.sightings).to.deep.equal([])
      const some = await playThrough(dropsServer, [chunkOf(steps)], { lateness: 50 })
      expect(some.verdicts).to.deep.equal(['forward', 'drop', 'forward', 'forward'])
    }
  })

  it('is undecided about what a dead, a deaf or a mis-wired device does, never a drop', async () => {
    const swapped: Device = (arm, frame) => passing(arm, frame).map((each) => ({ ...each, arm: arm ^ 3 }))
    const deaf: Device = (arm, frame) => (arm === 0 ? passing(arm, frame) : [])
    const undecided = ['undecided', 'undecided', 'undecided']
    const patience = { patience: 50, lateness: 50 }
    const dead = await playThrough(() => [], [chunkOf(HANDSHAKE)], patience)
    expect(dead.verdicts).to.deep.equal(undecided)
    const exchanged = await playThrough(swapped, [chunkOf(HANDSHAKE)], { hosts: 2, ...patience })
    expect(exchanged.verdicts).to.deep.equal(undecided)
    expect((await playThrough(deaf, [chunkOf(HANDSHAKE)], patience)).verdicts).to.deep.equal([
      'forward',
      'undecided',
      'forward',
    ])
  })

  it('is undecided about what is missing while the capture missed frames', async () => {
    const port = new FakePort(
      with_((arm, frame) => {
        port.missed++
        return arm === 0 ? passing(arm, frame) : []
      }),
    )
    const { verdicts } = await playThrough(passing, [chunkOf(HANDSHAKE)], { port, lateness: 50 })
    expect(verdicts).to.deep.equal(['forward', 'undecided', 'forward'])
  })

  it('a reset about a packet that does not come out is a reject, with the frame, and whom it was sent to', async () => {
    const rejects = with_((arm, frame) =>
      frame.length > 60 ? [{ arm, frame: resetTo(frame) }] : passing(arm, frame),
    )
    const { verdicts, batches } = await playThrough(rejects, [chunkOf([...HANDSHAKE, DATA])])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'reject'])
    const [emitted] = batches[0]?.packets.emitted ?? []
    expect(emitted).to.include({ cause: 3, kind: 'tcp-rst', to: 'sender', by: 0, link: Link.raw, seq: 501 })
  })

  it('a reset is heard that had come when its time was over, but that a busy process read later than the marker behind it', async () => {
    const port = new FakePort()
    let reset: Leaving | undefined
    const beBusy = () => {
      const until = monotonicNow() + 100e6
      while (monotonicNow() < until);
    }
    port.device = (arm, frame) => {
      if (frame.length > 60 && isTcp(frame)) {
        reset = { arm, frame: resetTo(frame) }
        return []
      }
      const [held] = [reset]
      if (held === undefined || isTcp(frame)) return passing(arm, frame)
      reset = undefined
      setTimeout(() => {
        beBusy()
        port.leave(passing(arm, frame))
        setImmediate(() => setImmediate(() => port.leave([held])))
      })
      return []
    }
    const { verdicts } = await playThrough(passing, [chunkOf([...HANDSHAKE, DATA])], { port, lateness: 50 })
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'reject'])
  })

  it('resets are told of in the order of the packets that they are about, whenever they came', async () => {
    const rejects = with_((arm, frame) => {
      if (frame.length <= 60) return passing(arm, frame)
      return [{ arm, frame: resetTo(frame), delay: arm === 0 ? 30 : 0 }]
    })
    const back: Step = { from: 'server', flags: Tcp.ack, seq: 501, ack: 101, payload: 40 }
    const { batches } = await playThrough(rejects, [chunkOf([...HANDSHAKE, DATA, back])])
    expect(batches[0]?.packets.emitted.map(({ cause }) => cause)).to.deep.equal([3, 4])
  })

  it('of packets that a reset could be about, it is about the one that it acknowledges, rather than about a reset', async () => {
    const reset: Step = { from: 'client', flags: Tcp.rst | Tcp.ack, seq: 101, ack: 501 }
    const rejects = with_((arm, frame) => {
      if (frame.length > 60) return [{ arm, frame: resetTo(frame, undefined, 141) }]
      return (flagsOf(frame) & Tcp.rst) === 0 ? passing(arm, frame) : []
    })
    const { verdicts } = await playThrough(rejects, [chunkOf([...HANDSHAKE, reset, DATA])], { lateness: 50 })
    expect(verdicts.slice(3)).to.deep.equal(['drop', 'reject'])
  })

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

  it('a reset that fits no packet was sent by the device on its own', async () => {
    const lonely = with_((arm, frame) =>
      frame.length > 60
        ? [...passing(arm, frame), { arm: 0, frame: resetTo(frame, 9999) }]
        : passing(arm, frame),
    )
    const { verdicts, batches } = await playThrough(lonely, [chunkOf([...HANDSHAKE, DATA])])
    expect(verdicts[3]).to.equal('forward')
    expect(batches[0]?.packets.emitted[0]).to.include({ cause: -1, flow: 0, to: 'client', seq: 9999 })
  })

  it('a device that answers as the other end is told from one that drops', async () => {
    const answers = with_((arm, frame) =>
      flagsOf(frame) === Tcp.syn ? [{ arm, frame: answerTo(frame) }] : passing(arm, frame),
    )
    const { verdicts } = await playThrough(answers, [chunkOf(HANDSHAKE.slice(0, 1))])
    expect(verdicts).to.deep.equal(['answered'])
  })

  it('copies that come twice, late or changed are told apart', async () => {
    const twice = with_((arm, frame) => [...passing(arm, frame), ...passing(arm, frame)])
    const again = await playThrough(twice, [chunkOf(HANDSHAKE)])
    expect(again.verdicts).to.deep.equal(['forward', 'forward', 'forward'])
    expect(again.sightings.map(({ kind, step }) => `${kind} ${step}`)).to.have.members([
      'again 0',
      'again 1',
      'again 2',
    ])

    const changes = with_((arm, frame) =>
      passing(arm, frame).map((each) => ({ ...each, frame: smaller(each.frame) })),
    )
    const altered = await playThrough(changes, [chunkOf(HANDSHAKE.slice(0, 1))])
    expect(altered.verdicts).to.deep.equal(['forward'])
    expect(altered.sightings).to.have.length(1)
    expect(altered.sightings[0]).to.include({ kind: 'altered', field: 'window', sent: '1000', seen: '7' })
  })

  it('what comes out after it was taken for dropped is taken back with a later batch', async () => {
    const { port, release } = holding()
    const between = async () => release()
    const chunks = [chunkOf([...HANDSHAKE, DATA]), chunkOf([{ from: 'client', seq: 141, ack: 501 }])]
    const { verdicts, batches } = await playThrough(passing, chunks, { port, between, lateness: 50 })
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop', 'forward'])
    const [late] = (batches[1]?.sightings ?? []).filter(isForwardedAfterAll)
    expect(late).to.include({ step: 3, number: 4, told: Verdict.drop })
    expect(late?.after).to.be.greaterThan(50e6)
  })

  it('so is what comes out once the timeline has ended, and what is missing then is waited for longer', async () => {
    const { port, release } = holding()
    const chunks = [chunkOf([...HANDSHAKE, DATA])]
    const afterwards = () => setTimeout(release, 10)
    const { batches, patience } = await playThrough(passing, chunks, { port, afterwards, lateness: 500 })
    expect(batches.map(({ packets }) => packets.count)).to.deep.equal([4, 0])
    const [late] = batches[1]?.sightings ?? []
    expect(late).to.include({ kind: 'late', index: -1, step: 3, told: Verdict.drop })
    expect(patience).to.equal((late?.after ?? 0) * 2)
  })

  it('of two equal packets, tells which one was dropped', async () => {
    for (const family of ['ipv4', 'ipv6'] as const)
      for (const dropped of [0, 1, 2]) {
        let count = 0
        const one = with_((arm, frame) => (count++ === dropped ? [] : passing(arm, frame)))
        const same: Step = { ...DATA, family }
        const { verdicts } = await playThrough(one, [chunkOf([same, same, same])], { lateness: 50 })
        const expected = ['forward', 'forward', 'forward']
        expected[dropped] = 'drop'
        expect(verdicts, `${family} ${dropped}`).to.deep.equal(expected)
      }
  })

  it('speaks to a device that translates as its own answers say, and hears what it makes of that', async () => {
    const steps = [...HANDSHAKE, DATA, { from: 'server' as const, seq: 501, ack: 141, payload: 9 }]
    const { verdicts, port, sightings } = await playThrough(masquerade(), [chunkOf(steps)], {
      translates: true,
    })
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'forward', 'forward'])
    const toServer = port.sent.filter(({ arm, frame }) => arm === 1 && isTcp(frame))
    expect(toServer).to.have.length(2)
    for (const { frame } of toServer) expect([...frame.subarray(16, 20)]).to.deep.equal([9, 9, 9, 9])
    const fields = new Set(sightings.map(({ kind, field }) => `${kind} ${field}`))
    expect([...fields]).to.have.members([
      'altered source',
      'altered source port',
      'altered destination',
      'altered destination port',
      'altered seq',
      'altered ack',
    ])
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

/** A port to a device that keeps what has a payload until it is told to let it go. */
function holding(): { readonly port: FakePort; readonly release: () => void } {
  const held: (() => void)[] = []
  const port = new FakePort(
    with_((arm, frame) => {
      if (frame.length <= 60) return passing(arm, frame)
      held.push(() => port.leave(passing(arm, frame)))
      return []
    }),
  )
  return {
    port,
    release: () => {
      for (const leave of held.splice(0)) leave()
    },
  }
}

/** With another window. */
function smaller(frame: Uint8Array): Uint8Array {
  const copy = frame.slice()
  new DataView(copy.buffer).setUint16(34, 7)
  return copy
}

/** Clients go by 9.9.9.9:60000 and other sequence numbers on the server's side. */
function masquerade(): Device {
  const client = { address: new Uint8Array(4), port: 0 }
  const SHIFT = 1_000_000
  return with_((arm, frame) => {
    const copy = frame.slice()
    if (arm === 0) {
      client.address = copy.slice(12, 16)
      client.port = ((copy[20] ?? 0) << 8) | (copy[21] ?? 0)
      const source = { address: Uint8Array.from([9, 9, 9, 9]), port: 60_000 }
      readdress(copy, Link.raw, { source, seqDelta: SHIFT })
    } else {
      const view = new DataView(copy.buffer)
      // What is not addressed to 9.9.9.9, or acknowledges what was not sent, is of no connection.
      if (copy[16] !== 9 || view.getUint16(22) !== 60_000 || view.getUint32(28) < SHIFT) return []
      readdress(copy, Link.raw, { destination: client, ackDelta: -SHIFT })
    }
    return passing(arm, copy)
  })
}
