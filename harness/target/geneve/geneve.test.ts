import { expect } from 'chai'
import { Link, Tcp } from '../../model/codes.ts'
import { DATA, HANDSHAKE, type Step } from '../../observe/live/live-bench.test.ts'
import { casesOf } from '../../run/live-case.test.ts'
import { putU16, u16, u32 } from '../../wire/bytes.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { readdress } from '../../wire/readdress.ts'
import { tried } from '../example-played.test.ts'
import { makeTarget } from '../targets.ts'
import { bound, ECHO, ExampleAppliance, innerOf, playThrough } from './example-appliance.test.ts'
import { ALL, At, FORWARD, isData, isReset, onData, otherFlow } from './example-flow.test.ts'

const LATE = `
suite: late
title: For tests
setup: { profile: aws-nfw, hosts: 2, sharing: replication }
cases:
  - name: late
    requirement: What comes out late has come out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ asymmetric-path: { at: "c2s:data#2", direction: c2s, to: fw-b } }]
    expect: { before: forward }
`

describe('target geneve', () => {
  it('forwards, both ways and both families, and gives a flow one cookie and one port', async () => {
    for (const family of ['ipv4', 'ipv6'] as const) {
      await using appliance = await ExampleAppliance.open()
      const steps = [...HANDSHAKE, DATA].map((step) => ({ ...step, family }))
      const { verdicts, sightings } = await playThrough([appliance], [{ steps }])
      expect({ verdicts, sightings }).to.deep.equal({ verdicts: FORWARD, sightings: [] })
      const cookies = new Set(appliance.came.map((payload) => u32(payload, At.cookie)))
      expect(cookies.size).to.equal(1)
      expect(appliance.came[0]?.subarray(0, 4)).to.deep.equal(
        Buffer.from([8, 0, ...(family === 'ipv4' ? [8, 0] : [0x86, 0xdd])]),
      )
    }
  })

  it('gives each flow a cookie of its own', async () => {
    await using appliance = await ExampleAppliance.open()
    const { frame } = otherFlow()
    await playThrough([appliance], [{ steps: [HANDSHAKE[0] as Step, { from: 'client', frame, flow: 1 }] }])
    const [first, second] = appliance.came.map((payload) => u32(payload, At.cookie))
    expect(first).not.to.equal(second)
  })

  it('an appliance that returns nothing has dropped', async () => {
    await using appliance = await onData(() => [])
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop'])
    expect(sightings).to.deep.equal([])
  })

  it('a reset that it returns in place of a packet is a reject, and goes to the end that it is for', async () => {
    await using appliance = await onData((payload) => [{ payload: resetFor(payload) }])
    const { verdicts, emitted } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'reject'])
    expect(emitted).to.deep.equal([{ cause: 3, to: 'sender', by: 0 }])
  })

  it('one that returns a packet twice is seen to', async () => {
    await using appliance = await onData((payload) => [{ payload }, { payload }])
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(FORWARD)
    expect(sightings).to.deep.equal(['again 3'])
  })

  it('one that returns a packet late has forwarded it, late', async () => {
    const held: Uint8Array[] = []
    // It is given up before the packet after it is sent.
    await using appliance = await ExampleAppliance.open((payload) => {
      if (!isData(payload)) return [...held.splice(0), payload].map((each) => ({ payload: each }))
      held.push(payload)
      return []
    })
    const next: Step = { from: 'client', seq: 141, ack: 501, time: 1 }
    const { verdicts, takenBack } = await playThrough([appliance], [ALL, { steps: [next] }])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop', 'forward'])
    expect(takenBack).to.deep.equal([3])
  })

  it('a case is graded by what came out late', async () => {
    const held: (() => void)[] = []
    let over = false
    await using first = await ExampleAppliance.open((payload, { socket, from }) => {
      if (isReset(payload)) return []
      if (over || !isData(payload)) return [{ payload }]
      over = true
      held.push(() => socket.send(payload, from, '127.0.0.1'))
      return []
    })
    // The data is given up before the host is left.
    await using second = await ExampleAppliance.open((payload) => {
      if (isReset(payload)) return []
      for (const leave of held.splice(0)) leave()
      return [{ payload }]
    })
    const target = await makeTarget(
      {
        kind: 'geneve',
        profile: 'aws-nfw',
        sharing: 'replication',
        hosts: [first, second].map(({ port }) => `127.0.0.1:${port}`),
      },
      { name: 'lab', version: 'test' },
    )
    const { told, problems } = await tried(target, casesOf(LATE))
    expect(problems).to.deep.equal([])
    for (const { outcome, trace, sightings = [] } of told.values()) {
      expect(outcome).to.equal('pass')
      expect(trace?.verdict).to.match(/^f+$/)
      expect(sightings.find(({ kind }) => kind === 'late')?.indices).to.include(3)
    }
    expect([told.size, held.length]).to.deep.equal([1, 0])
  })

  it('one that changes a packet is seen to, field by field', async () => {
    await using appliance = await onData((payload) => {
      putU16(payload, 40 + 34, 7)
      return [{ payload }]
    })
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(FORWARD)
    expect(sightings).to.deep.equal(['altered 3 window'])
  })

  it('takes packets back at its own GENEVE port, by the port of their flow, from hosts elsewhere', async () => {
    await using appliance = await ExampleAppliance.open(ECHO, '127.0.0.2')
    const sockets = new Map<number, Awaited<ReturnType<typeof bound>>>()
    try {
      // As a gateway load balancer wants it: ports as they were.
      appliance.socket.removeAllListeners('message')
      appliance.socket.on('message', async (payload, { port }) => {
        const socket = sockets.get(port) ?? (await bound('127.0.0.2', port))
        sockets.set(port, socket)
        socket.send(payload, appliance.port, '127.0.0.1')
      })
      const { verdicts, sightings } = await playThrough(
        [{ port: appliance.port, address: '127.0.0.2' }],
        [ALL],
      )
      expect({ verdicts, sightings }).to.deep.equal({ verdicts: FORWARD, sightings: [] })
    } finally {
      for (const socket of sockets.values()) socket.close()
    }
  })

  it('sends the packets of each host to it', async () => {
    await using first = await ExampleAppliance.open()
    await using second = await ExampleAppliance.open(() => [])
    const moved = { ...DATA, host: 1 }
    const { verdicts } = await playThrough([first, second], [{ steps: [...HANDSHAKE, moved] }])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop'])
    expect([first.came.length, second.came.length]).to.deep.equal([3, 1])
  })

  it('a packet that comes back from another host has not come out', async () => {
    await using first = await ExampleAppliance.open()
    await using second = await ExampleAppliance.open()
    first.behaviour = (payload) => [{ payload, ...(isData(payload) ? { socket: second.socket } : {}) }]
    const { verdicts, sightings } = await playThrough([first, second], [ALL])
    expect(verdicts[3]).to.equal('drop')
    expect(sightings).to.deep.equal(['elsewhere 3'])
  })
})

/** In the tunnel of a segment, a reset to its sender. */
function resetFor(payload: Uint8Array): Uint8Array {
  const frame = innerOf(payload)
  const template = { bytes: frame, link: Link.raw }
  const made = forgeTcp(template, { flags: Tcp.rst, seq: u32(frame, 28), ack: 0, payload: 0, window: 0 })
  const source = { address: frame.slice(16, 20), port: u16(frame, 22) }
  const destination = { address: frame.slice(12, 16), port: u16(frame, 20) }
  readdress(made, Link.raw, { source, destination })
  return Buffer.concat([payload.subarray(0, 40), made])
}
