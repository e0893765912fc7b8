import { expect } from 'chai'
import { Link, Tcp, Verdict } from '../../model/codes.ts'
import { isForwardedAfterAll } from '../../model/target.ts'
import { readdress } from '../../wire/readdress.ts'
import { type Device, FakePort, passing } from './fake-port.test.ts'
import { answerTo, flagsOf, isTcp, with_ } from './fake-segments.test.ts'
import { chunkOf, DATA, HANDSHAKE, playThrough, type Step } from './live-bench.test.ts'

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
