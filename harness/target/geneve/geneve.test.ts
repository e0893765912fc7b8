import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Link, Tcp } from '../../model/codes.ts'
import { type Step, segment } from '../../observe/live/live-bench.test.ts'
import { casesOf } from '../../run/live-case.test.ts'
import { putU16, putU32, u16, u32 } from '../../wire/bytes.ts'
import { writeIpv4Checksum } from '../../wire/checksum.ts'
import { forgeTcp } from '../../wire/forge.ts'
import { readdress } from '../../wire/readdress.ts'
import { tried } from '../example-played.test.ts'
import { makeTarget } from '../targets.ts'
import { bound, ECHO, ExampleAppliance, innerOf, playThrough } from './example-appliance.test.ts'

const HANDSHAKE: readonly Step[] = [
  { from: 'client', flags: Tcp.syn, seq: 100 },
  { from: 'server', flags: Tcp.syn | Tcp.ack, seq: 500, ack: 101 },
  { from: 'client', seq: 101, ack: 501 },
]
const DATA: Step = { from: 'client', flags: Tcp.ack | Tcp.psh, seq: 101, ack: 501, payload: 40 }
const ALL = { steps: [...HANDSHAKE, DATA] }
const FORWARD = ['forward', 'forward', 'forward', 'forward']
/** By its length: the one with a payload. */
const isData = (payload: Uint8Array) => innerOf(payload).length > 65
/** As calibration sends them, of no connection. */
const isReset = (payload: Uint8Array) => ((innerOf(payload)[33] ?? 0) & Tcp.rst) !== 0
/** Where the marks of our own header are. */
const At = { endpoint: 12, attachment: 24, cookie: 36 } as const

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

/** What an appliance does to the packet with data; all others it returns. */
function onData(what: (payload: Buffer, appliance: ExampleAppliance) => ReturnType<typeof ECHO>) {
  return ExampleAppliance.open((payload, appliance) =>
    isData(payload) ? what(Buffer.from(payload), appliance) : ECHO(payload, appliance),
  )
}

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

  it('fragments of its making are not taken back', async () => {
    await using appliance = await onData((payload) => cut(payload).map((piece) => ({ payload: piece })))
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop, fragmented by host'])
    expect(sightings).to.deep.equal(['refused 3 fragmented by host'])
  })

  it('a cookie that no flow has is not taken back', async () => {
    await using appliance = await onData((payload) => {
      putU32(payload, At.cookie, u32(payload, At.cookie) ^ 0x5555)
      return [{ payload }]
    })
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, unknown flow cookie')
    expect(sightings).to.deep.equal(['refused 3 unknown flow cookie'])
  })

  it('nor is a packet without a cookie', async () => {
    await using appliance = await onData((payload) => {
      payload[0] = 6
      return [{ payload: Buffer.concat([payload.subarray(0, 32), payload.subarray(40)]) }]
    })
    const { verdicts } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, unknown flow cookie')
  })

  it('nor is one with the cookie of another flow', async () => {
    let other = 0
    await using appliance = await ExampleAppliance.open((payload) => {
      if (!isData(payload)) {
        const [port = 0] = [innerOf(payload)[21]]
        if (port === 7) other = u32(payload, At.cookie)
        return [{ payload }]
      }
      const changed = Buffer.from(payload)
      putU32(changed, At.cookie, other)
      return [{ payload: changed }]
    })
    const { frame } = otherFlow()
    const { verdicts, sightings } = await playThrough(
      [appliance],
      [{ steps: [{ from: 'client', frame, flow: 1 }, ...HANDSHAKE, DATA] }],
    )
    expect(verdicts[4]).to.equal('drop, cookie of another flow')
    expect(sightings).to.deep.equal(['refused 4 cookie of another flow'])
  })

  it('nor is one that comes back to the port of another flow', async () => {
    const ports = new Set<number>()
    await using appliance = await ExampleAppliance.open(ECHO)
    appliance.socket.on('message', (_payload, { port }) => ports.add(port))
    appliance.behaviour = (payload, { from }) => {
      if (!isData(payload)) return [{ payload }]
      const port = [...ports].find((each) => each !== from)
      return port === undefined ? [] : [{ payload, port }]
    }
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, wrong tunnel port')
    expect(sightings).to.deep.equal(['refused 3 wrong tunnel port'])
  })

  it('nor is one with another endpoint', async () => {
    await using appliance = await onData((payload) => {
      putU32(payload, At.endpoint, 1)
      return [{ payload }]
    })
    const { verdicts } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, wrong tunnel options')
  })

  it('what is no GENEVE, or comes from nobody that it knows, says nothing', async () => {
    const stranger = await bound('127.0.0.1')
    try {
      await using appliance = await onData((payload) => [
        { payload: Buffer.from('nonsense') },
        { payload, socket: stranger },
      ])
      const { verdicts, sightings } = await playThrough([appliance], [ALL])
      expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop'])
      expect(sightings).to.deep.equal([])
    } finally {
      stranger.close()
    }
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

  it('a dead appliance is found before anything is played', async () => {
    await using dead = await ExampleAppliance.open()
    dead.alive = false
    expect(await problem(playThrough([dead], [ALL]))).to.match(
      /^ERR_CALIBRATION 3 A control over ipv4 .* does not come out/,
    )
  })

  it('so is one that never returns what it forwards as it should', async () => {
    await using appliance = await ExampleAppliance.open()
    appliance.controls = (payload) => [{ payload: Buffer.from(payload).fill(9, At.cookie, At.cookie + 4) }]
    expect(await problem(playThrough([appliance], [ALL]))).to.match(
      /^ERR_CALIBRATION 3 A control over ipv4 .* \(unknown flow cookie\)/,
    )
  })

  it('an appliance that is never healthy ends the run before it begins', async () => {
    await using appliance = await ExampleAppliance.open()
    const closed = await closedPort()
    for (const kind of ['tcp', 'http']) {
      const health = { kind, port: closed, interval: 0.05, wait: 0.3 }
      expect(await problem(playThrough([appliance], [ALL], { health }))).to.match(
        /^ERR_APPLIANCE_UNHEALTHY 3 The appliance 127\.0\.0\.1:\d+ did not become healthy within 0.3 s \((tcp|http) .*ECONNREFUSED.*\): /,
      )
    }
  })

  it('health is a matter of so many answers in a row, and of their status', async () => {
    await using appliance = await ExampleAppliance.open()
    let asked = 0
    const server = createServer((_request, response) => {
      response.writeHead(++asked === 2 ? 503 : 204).end()
    }).listen(0, '127.0.0.1')
    try {
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const health = { kind: 'http', port, path: '/up', interval: 0.05, healthy: 3 }
      const { verdicts } = await playThrough([appliance], [ALL], { health })
      expect(verdicts).to.deep.equal(FORWARD)
      expect(asked).to.be.at.least(5)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

/** A SYN of another connection: by another port. */
function otherFlow() {
  const frame = segment({ from: 'client', flags: Tcp.syn, seq: 1 })
  frame[14 + 21] = 7
  return { frame }
}

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

/** The IPv4 packet in a payload in two fragments, each in its tunnel. */
function cut(payload: Uint8Array): Uint8Array[] {
  const frame = innerOf(payload)
  const size = 24
  return [0, size].map((from) => {
    const data = frame.subarray(20 + from, from === 0 ? 20 + size : frame.length)
    const piece = Buffer.concat([frame.subarray(0, 20), data])
    putU16(piece, 2, piece.length)
    putU16(piece, 6, (from === 0 ? 0x2000 : 0) | (from >> 3))
    writeIpv4Checksum(piece, 0)
    return Buffer.concat([payload.subarray(0, 40), piece])
  })
}

/** What a promise was rejected with: code, exit code and sentence. */
async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  return `${error?.code} ${error?.exitCode} ${error?.message}`
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
