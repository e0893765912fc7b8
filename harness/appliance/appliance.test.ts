import { expect } from 'chai'
import { packet } from '../engine/example-engine.test.ts'
import { cut } from '../engine/example-fragments.test.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { putHeader, TIMED_HEADER_BYTES } from '../target/geneve/header.ts'
import { u32 } from '../wire/bytes.ts'
import { isReassemblyTimeout } from '../wire/time-exceeded.ts'
import { Appliance, type ApplianceOptions } from './appliance.ts'
import { ExampleGateway, payloadOf, type Returned } from './example-gateway.test.ts'
import { headerOf } from './flow-headers.ts'

const ETHERNET = 14
const HANDSHAKE = ['> S 0 0', '< SA 0 1', '> A 1 1']

function start(input: SetupInput, options: Partial<ApplianceOptions> = {}): Promise<Appliance> {
  const setup = makeSetup({ hosts: 1, profile: 'suricata-7', ...input })
  return Appliance.start({ setup, listen: { address: '127.0.0.1', port: 0 }, clockScale: 1, ...options })
}

function inner(line: string, family: 'ipv4' | 'ipv6' = 'ipv4'): Uint8Array {
  return packet(line, { family }).bytes.subarray(ETHERNET)
}

/** The UDP payload of a gateway that says how many seconds it is. */
function timed(packet: Uint8Array, cookie: number, seconds: number): Uint8Array {
  const payload = new Uint8Array(TIMED_HEADER_BYTES + packet.length)
  putHeader(payload, 0, (packet[0] ?? 0) >> 4 === 6, cookie, seconds * 1e9)
  payload.set(packet, TIMED_HEADER_BYTES)
  return payload
}

/** The inner packet of what came back. */
function innerOf({ payload }: Returned): Uint8Array {
  return payload.subarray(headerOf(payload).length)
}

describe('appliance', () => {
  it('sends back what it forwards as it came, options that it does not know included', async () => {
    await using appliance = await start({ policy: 'drop' })
    await using gateway = await ExampleGateway.open()
    const plain = payloadOf(inner('> S 0 0'), 7)
    const options = [
      plain.subarray(32, 40),
      Uint8Array.of(0x12, 0x34, 5, 1, 9, 8, 7, 6),
      plain.subarray(8, 32),
    ]
    const header = Buffer.concat([plain.subarray(0, 8), ...options])
    header[0] = (header.length - 8) >> 2
    header[6] = 42
    const sent = [plain, Buffer.concat([header, inner('< SA 0 1')])]
    for (const payload of sent) {
      gateway.send(payload, appliance.port)
      const returned = await gateway.next()
      expect(Buffer.compare(returned.payload, payload)).to.equal(0)
      expect(returned.port).to.equal(appliance.port)
    }
    expect(appliance.totals()).to.deep.include({ packets: 2, forward: 2, drop: 0, invalid: 0 })
  })

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`drops what the engine drops: ${family}`, async () => {
      await using appliance = await start({ policy: 'drop' })
      await using gateway = await ExampleGateway.open()
      gateway.send(payloadOf(inner('> PA 1 1 len=10', family), 7), appliance.port)
      const allowed = payloadOf(inner('> UDP', family), 8)
      gateway.send(allowed, appliance.port)
      expect(Buffer.compare((await gateway.next()).payload, allowed)).to.equal(0)
      expect(appliance.totals()).to.deep.include({ packets: 2, forward: 1, drop: 1 })
    })

    it(`sends its resets within the tunnel of the flow that they are about: ${family}`, async () => {
      await using appliance = await start({ policy: 'reject' })
      await using gateway = await ExampleGateway.open()
      const offending = inner('> PA 1 1 len=10', family)
      const payload = payloadOf(offending, 0xc0ffee)
      gateway.send(payload, appliance.port)
      const returned = await gateway.next()
      expect(Buffer.compare(headerOf(returned.payload), headerOf(payload))).to.equal(0)
      const reset = innerOf(returned)
      const [from, to, length, l4] = family === 'ipv4' ? [12, 16, 4, 20] : [8, 24, 16, 40]
      expect(reset.subarray(to, to + length)).to.deep.equal(offending.subarray(from, from + length))
      expect((reset[l4 + 13] ?? 0) & 4).to.equal(4)
      expect(u32(reset, l4 + 4)).to.equal(u32(offending, l4 + 8))
      expect(appliance.totals()).to.deep.include({ packets: 1, reject: 1, emitted: 1 })
    })
  }

  it('sends a reset before what came after the packet that it is about', async () => {
    await using appliance = await start({ policy: 'reject' })
    await using gateway = await ExampleGateway.open()
    const allowed = payloadOf(inner('> UDP'), 8)
    gateway.send(payloadOf(inner('> PA 1 1 len=10'), 7), appliance.port)
    gateway.send(allowed, appliance.port)
    const [reset, after] = [await gateway.next(), await gateway.next()]
    expect((innerOf(reset)[33] ?? 0) & 4).to.equal(4)
    expect(Buffer.compare(after.payload, allowed)).to.equal(0)
  })

  it('answers nothing that is none of a gateway load balancer', async () => {
    await using appliance = await start({})
    await using gateway = await ExampleGateway.open()
    const good = payloadOf(inner('> S 0 0'), 1)
    const cookieless = Buffer.from(good.subarray(0, 32))
    cookieless[0] = 6
    for (const bad of [
      Buffer.from('hello'),
      Buffer.alloc(0),
      Buffer.concat([cookieless, good.subarray(40)]),
      good.subarray(0, 39),
      good.subarray(0, 40),
    ])
      gateway.send(bad, appliance.port)
    gateway.send(good, appliance.port)
    expect(Buffer.compare((await gateway.next()).payload, good)).to.equal(0)
    expect(appliance.totals()).to.deep.include({ packets: 1, invalid: 5 })
  })

  it('tells both ends of a session that expires, without waiting for a packet', async () => {
    await using appliance = await start({ 'tcp-idle': '60s', 'reset-on-expiry': 'both' }, { clockScale: 20 })
    await using gateway = await ExampleGateway.open()
    const cookie = 0xfeed
    for (const line of HANDSHAKE) {
      gateway.send(payloadOf(inner(line), cookie), appliance.port)
      await gateway.next()
    }
    const resets = [await gateway.next(), await gateway.next()]
    for (const reset of resets) {
      expect(u32(headerOf(reset.payload), 36)).to.equal(cookie)
      expect((innerOf(reset)[33] ?? 0) & 4).to.equal(4)
    }
    const destinations = resets.map((reset) => u32(innerOf(reset), 16))
    const syn = inner('> S 0 0')
    expect(new Set(destinations)).to.deep.equal(new Set([u32(syn, 12), u32(syn, 16)]))
  })

  for (const clockScale of [200, 'told'] as const)
    it(`tells the sender of an IPv6 datagram that is not complete in time as Linux does, on a clock of ${clockScale}`, async () => {
      await using appliance = await start({ profile: 'linux-conntrack' }, { clockScale })
      await using gateway = await ExampleGateway.open()
      const whole = inner('> PA 1 1 len=44', 'ipv6')
      const first = cut(whole, { from: 0, to: 24, more: true }, 1)
      const send = (packet: Uint8Array, cookie: number, seconds: number) => {
        const payload = timed(packet, cookie, seconds)
        gateway.send(payload, appliance.port)
        return payload
      }
      const payload = send(first, 0xfeed, 0)
      expect(Buffer.compare((await gateway.next()).payload, payload)).to.equal(0)
      // Where time is told it stands still; else nothing more comes.
      const later = clockScale === 'told' ? send(inner('> UDP'), 1, 60.001) : undefined
      const told = await gateway.next()
      expect(u32(headerOf(told.payload), 36)).to.equal(0xfeed)
      const error = innerOf(told)
      expect(isReassemblyTimeout(error, 0, 40)).to.equal(true)
      expect(Buffer.compare(error.subarray(24, 40), first.subarray(8, 24))).to.equal(0)
      expect(Buffer.compare(error.subarray(48), first)).to.equal(0)
      if (later !== undefined) expect(Buffer.compare((await gateway.next()).payload, later)).to.equal(0)
      expect(appliance.totals()).to.deep.include({ emitted: 1, reject: 0, drop: 0 })
    })

  it('forgets sessions on demand', async () => {
    await using appliance = await start({ policy: 'drop' })
    await using gateway = await ExampleGateway.open()
    for (const line of HANDSHAKE) {
      gateway.send(payloadOf(inner(line), 1), appliance.port)
      await gateway.next()
    }
    await appliance.reset()
    gateway.send(payloadOf(inner('> PA 1 1 len=5'), 1), appliance.port)
    const allowed = payloadOf(inner('> UDP'), 2)
    gateway.send(allowed, appliance.port)
    expect(Buffer.compare((await gateway.next()).payload, allowed)).to.equal(0)
  })

  it('returns to the GENEVE port of a gateway elsewhere, by the port that its datagram came from', async () => {
    await using appliance = await start({})
    await using sender = await ExampleGateway.open('127.0.0.2')
    await using gateway = await ExampleGateway.open('127.0.0.2', appliance.port)
    const payload = payloadOf(inner('> UDP'), 3)
    for (let round = 0; round < 2; round++) {
      sender.send(payload, appliance.port)
      const returned = await gateway.next()
      expect(returned).to.deep.include({ address: '127.0.0.1', port: sender.port })
      expect(Buffer.compare(returned.payload, payload)).to.equal(0)
    }
  })

  it('returns to whoever sent it where it is told to', async () => {
    await using appliance = await start({}, { returnTo: 'sender' })
    await using sender = await ExampleGateway.open('127.0.0.2')
    sender.send(payloadOf(inner('> UDP'), 3), appliance.port)
    expect(await sender.next()).to.deep.include({ address: '127.0.0.1', port: appliance.port })
  })

  it('is found healthy over HTTP', async () => {
    await using appliance = await start({}, { health: { address: '127.0.0.1', port: 0 } })
    const { status } = await fetch(`http://127.0.0.1:${appliance.healthPort}/any`)
    expect(status).to.equal(200)
  })

  it('forgets sessions before it answers who asks that over HTTP', async () => {
    await using appliance = await start({ policy: 'drop' }, { health: { address: '127.0.0.1', port: 0 } })
    await using gateway = await ExampleGateway.open()
    for (const line of HANDSHAKE) {
      gateway.send(payloadOf(inner(line), 1), appliance.port)
      await gateway.next()
    }
    await fetch(`http://127.0.0.1:${appliance.healthPort}/sessions`, { method: 'DELETE' })
    gateway.send(payloadOf(inner('> PA 1 1 len=5'), 1), appliance.port)
    const allowed = payloadOf(inner('> UDP'), 2)
    gateway.send(allowed, appliance.port)
    expect(Buffer.compare((await gateway.next()).payload, allowed)).to.equal(0)
  })

  it('says that a port is taken', async () => {
    await using appliance = await start({})
    const listen = { address: '127.0.0.1', port: appliance.port }
    const error = await start({}, { listen }).then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).to.include({ code: 'ERR_APPLIANCE_LISTEN', exitCode: 3 })
  })

  it('refuses a sharing between hosts of one process', async () => {
    const error = await start({ sharing: 'replication' }).then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).to.include({ code: 'ERR_APPLIANCE_SHARING', exitCode: 2 })
  })
})
