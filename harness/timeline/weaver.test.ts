import { expect } from 'chai'
import type { Injection, Position } from '../model/case.ts'
import { Tcp } from '../model/codes.ts'
import { verifyChecksums } from '../wire/forge.ts'
import { loadRecorded } from './recorded.ts'
import { captureFile, weave } from './weave.fixture.ts'

const LADDER = 'echo-ladder-ipv4'
const SECOND = 1e9

const swap = (at: Position, cause: 'drain' | 'crash' = 'drain'): Injection => ({
  kind: 'host-swap',
  label: 'host-swap',
  at,
  cause,
})
const gap = (at: Position, seconds: number, scope: 'flow' | 'topology' = 'flow'): Injection => ({
  kind: 'idle-gap',
  label: 'idle-gap',
  at,
  gap: seconds * SECOND,
  scope,
})
const numbersOf = (packets: readonly { readonly number: number }[]) => packets.map(({ number }) => number)

describe('timeline/weaver', () => {
  it('offers a capture without injections as it is, in one phase', async () => {
    const { packets, phases, events } = await weave(LADDER, [])
    const { batch } = await loadRecorded(captureFile(LADDER))
    expect(numbersOf(packets)).to.deep.equal(Array.from(batch.number))
    expect(packets.map(({ time }) => time)).to.deep.equal(Array.from(batch.time))
    expect(phases).to.deep.equal(['before'])
    expect(events).to.be.empty
  })

  it('puts a host swap just before the packet that it names', async () => {
    const { packets, events } = await weave(LADDER, [swap({ packet: 12 })])
    expect(events).to.deep.equal([{ before: 11, event: { kind: 'drain', host: -1, flow: 0 } }])
    expect(packets[10]?.phase).to.equal('before')
    expect(packets[11]).to.include({ phase: 'after host-swap', number: 12 })
  })

  it('finds packets by what they are in their flow', async () => {
    const found: [Position, number][] = [
      [{ before: 'syn', nth: 1 }, 1],
      [{ before: 'syn-ack', nth: 1 }, 2],
      [{ before: 'handshake-ack', nth: 1 }, 3],
      [{ before: 'established', nth: 1 }, 4],
      [{ before: 'data', direction: 'c2s', nth: 2 }, 8],
      [{ before: 'data', direction: 's2c', nth: 1 }, 6],
      [{ before: 'ack', direction: 's2c', nth: 1 }, 5],
      [{ before: 'fin', nth: 2 }, 25],
      [{ before: 'any', nth: 9 }, 9],
      [{ time: 0.6 * SECOND }, 11],
    ]
    for (const [at, packet] of found) {
      const { events } = await weave(LADDER, [swap(at)])
      expect(events[0]?.before, JSON.stringify(at)).to.equal(packet - 1)
    }
  })

  it('says where a position is not', async () => {
    const failing: [Position, RegExp][] = [
      [{ packet: 27 }, /packet 27, but .*echo-ladder-ipv4\.pcap ends at packet 26/],
      [{ time: 99 * SECOND }, /99s, but/],
      [{ before: 'rst', nth: 1 }, /rst number 1, but flow 0 .* has 0/],
    ]
    for (const [at, message] of failing) {
      const error = await weave(LADDER, [swap(at)]).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(Error).with.property('message').that.matches(message)
    }
  })

  it('stretches the silence before a packet to exactly the gap, and moves all that follows', async () => {
    const plain = await weave(LADDER, [])
    const { packets } = await weave(LADDER, [gap({ packet: 8 }, 351)])
    const time = (index: number) => packets[index]?.time ?? 0
    expect(time(7) - time(6)).to.equal(351 * SECOND)
    expect(numbersOf(packets)).to.deep.equal(numbersOf(plain.packets))
    for (let i = 8; i < packets.length; i++)
      expect(time(i) - time(i - 1)).to.be.closeTo(
        (plain.packets[i]?.time ?? 0) - (plain.packets[i - 1]?.time ?? 0),
        1,
      )
  })

  it('lets other flows go on while one is silent, unless everything is', async () => {
    const at = { packet: 700 }
    const flow = 17
    const shifted = await weave('concurrent-200-ipv4', [gap(at, 100)], { flow })
    const times = shifted.packets.map(({ time }) => time)
    expect([...times].sort((a, b) => a - b)).to.deep.equal(times)
    const others = shifted.packets.filter((packet) => packet.flow !== flow)
    expect(others.every(({ time }) => time < 60 * SECOND)).to.equal(true)
    const all = await weave('concurrent-200-ipv4', [gap(at, 100, 'topology')], { flow })
    expect(numbersOf(all.packets)).to.deep.equal(Array.from({ length: 2000 }, (_, index) => index + 1))
    expect(all.packets.at(-1)?.time).to.be.greaterThan(90 * SECOND)
  })

  it('refuses a gap shorter than what was recorded', async () => {
    const error = await weave('http-keepalive-idle-ipv4', [gap({ packet: 8 }, 1)]).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).to.have.property('code', 'ERR_INJECTION_GAP')
  })

  it('breaks a gap with keepalives and their answers, with the numbers that RFC 9293 3.8.4 asks for', async () => {
    const { packets } = await weave(LADDER, [
      {
        kind: 'idle-gap',
        label: 'idle-gap',
        at: { packet: 8 },
        gap: 200 * SECOND,
        keepalive: { every: 60 * SECOND, from: 'client' },
        scope: 'flow',
      },
    ])
    const before = packets[6]
    const made = packets.filter(({ number }) => number === 0)
    expect(made.map(({ direction }) => direction)).to.deep.equal([0, 1, 0, 1, 0, 1])
    expect(made[0]?.seq).to.equal(((before?.seq ?? 0) - 1) >>> 0)
    expect(made[1]?.ack).to.equal(before?.seq)
    expect(made.every(({ frame, link }) => verifyChecksums(frame, link) === 'ok')).to.equal(true)
    expect((made[0]?.time ?? 0) - (before?.time ?? 0)).to.equal(60 * SECOND)
    expect(made.every(({ phase }) => phase === 'before')).to.equal(true)
    expect(packets.find(({ number }) => number === 8)?.phase).to.equal('after idle-gap')
  })

  it('puts events and gaps of one packet in the order given', async () => {
    const { packets, events, phases } = await weave(LADDER, [gap({ packet: 8 }, 100), swap({ packet: 8 })])
    expect(phases).to.deep.equal(['before', 'after idle-gap', 'after host-swap'])
    expect(events[0]?.before).to.equal(7)
    expect(packets[7]).to.include({ phase: 'after host-swap', number: 8 })
  })

  it('makes a segment from the numbers that its sender has reached', async () => {
    const { packets } = await weave(LADDER, [
      {
        kind: 'segment',
        label: 'segment',
        at: { packet: 8 },
        direction: 'c2s',
        flags: 'PA',
        seq: -10,
        ack: 5,
        length: 20,
        timestamp: 0,
      },
    ])
    const next = packets.find(({ number }) => number === 8)
    const made = packets[7]
    expect(made).to.include({ number: 0, payload: 20, flags: Tcp.psh | Tcp.ack, phase: 'after segment' })
    expect(made?.seq).to.equal(((next?.seq ?? 0) - 10) >>> 0)
    expect(made?.ack).to.equal(((next?.ack ?? 0) + 5) >>> 0)
    expect(verifyChecksums(made?.frame ?? new Uint8Array(), made?.link ?? 0)).to.equal('ok')
  })

  it('duplicates the last packet of a direction byte for byte', async () => {
    const { packets } = await weave(LADDER, [
      { kind: 'duplicate', label: 'duplicate', at: { packet: 8 }, direction: 's2c' },
    ])
    expect(packets[7]?.frame).to.deep.equal(packets.find(({ number }) => number === 6)?.frame)
  })

  it('reconnects on a new port with new numbers, in place of what was recorded', async () => {
    const { packets, phases } = await weave(LADDER, [
      {
        kind: 'reconnect',
        label: 'reconnect',
        at: { packet: 12 },
        tuple: 'new-port',
        delay: SECOND,
        packets: 7,
      },
    ])
    expect(phases).to.deep.equal(['before', 'reconnect'])
    const made = packets.slice(11)
    expect(made).to.have.lengthOf(7)
    expect(
      made.every(({ flow, number, phase }) => flow === 1 && number === 0 && phase === 'reconnect'),
    ).to.equal(true)
    expect(made.map(({ flags }) => flags)).to.deep.equal(packets.slice(0, 7).map(({ flags }) => flags))
    const [syn, synAck, ack] = made
    expect(synAck?.ack).to.equal(((syn?.seq ?? 0) + 1) >>> 0)
    expect(ack?.ack).to.equal(((synAck?.seq ?? 0) + 1) >>> 0)
    expect(syn?.seq).not.to.equal(packets[0]?.seq)
    expect(made.every(({ frame, link }) => verifyChecksums(frame, link) === 'ok')).to.equal(true)
  })

  it('reconnects only where the packet before met the verdict that it waits for', async () => {
    const reconnect: Injection = {
      kind: 'reconnect',
      label: 'reconnect',
      at: { packet: 13 },
      tuple: 'same',
      delay: SECOND,
      when: ['reject'],
    }
    const rejected = await weave(LADDER, [swap({ packet: 12 }), reconnect], {
      verdict: (_, index) => (index === 11 ? 'reject' : 'forward'),
    })
    expect(rejected.packets.filter(({ phase }) => phase === 'reconnect')).to.have.lengthOf(26)
    expect(rejected.packets.some(({ number }) => number > 12)).to.equal(false)
    const dropped = await weave(LADDER, [swap({ packet: 12 }), reconnect], { verdict: () => 'drop' })
    expect(dropped.packets.map(({ number }) => number).at(-1)).to.equal(26)
    expect(dropped.phases).not.to.include('reconnect')
  })

  it('leaves out the packet at the place of a guarded reconnect, also where a gap has moved it', async () => {
    const { packets } = await weave(
      LADDER,
      [
        gap({ packet: 12 }, 400),
        {
          kind: 'reconnect',
          label: 'reconnect',
          at: { packet: 13 },
          tuple: 'same',
          delay: SECOND,
          when: ['reject'],
        },
      ],
      { verdict: ({ number }) => (number === 12 ? 'reject' : 'forward') },
    )
    expect(packets.some(({ number }) => number > 12)).to.equal(false)
    expect(packets.filter(({ phase }) => phase === 'reconnect')).to.have.lengthOf(26)
  })
})

describe('timeline/weaver: what happens while packets go on', () => {
  const outage: Injection = {
    kind: 'host-swap',
    label: 'host-swap',
    at: { before: 'data', direction: 'c2s', nth: 2 },
    cause: 'drain',
    during: 'outage',
    flush: 2 * SECOND,
    back: 4 * SECOND,
  }
  const gap: Injection = {
    kind: 'idle-gap',
    label: 'idle-gap',
    at: { before: 'data', direction: 'c2s', nth: 3 },
    gap: 3 * SECOND,
    scope: 'flow',
  }

  for (const endpoints of ['recorded', 'reactive'] as const)
    it(`puts a flush and a return at their times, ${endpoints}`, async () => {
      const { events, packets, phases } = await weave('echo-ladder-ipv4', [outage, gap], { endpoints })
      const timeOf = (at: number) => packets[at]?.time ?? Number.POSITIVE_INFINITY
      const [left, flushed, back] = events
      expect(left?.event).to.deep.equal({ kind: 'drain', host: -1, flow: 0, outage: true })
      expect(flushed?.event).to.deep.equal({ kind: 'flush' })
      expect(back?.event).to.deep.equal({ kind: 'restore', host: -1, outage: true })
      const began = timeOf(left?.before ?? 0)
      for (const [event, after] of [
        [flushed, 2],
        [back, 4],
      ] as const) {
        if (event === undefined) continue
        expect(timeOf(event.before - 1)).to.be.below(began + after * SECOND)
        if (event.before < packets.length) expect(timeOf(event.before)).to.be.at.least(began + after * SECOND)
      }
      expect(events).to.have.length(3)
      expect(phases).to.deep.equal(['before', 'after host-swap', 'after idle-gap'])
    })

  it('puts a changed time-out and a full table at their places', async () => {
    const { events } = await weave('echo-ladder-ipv4', [
      { kind: 'timeout-change', label: 'timeout-change', at: { packet: 5 }, scope: 'lb', tcpIdle: 60 },
      { kind: 'table-full', label: 'table-full', at: { packet: 7 }, scope: 'lb', lasts: SECOND },
      { kind: 'table-full', label: 'table-full#2', at: { packet: 9 }, scope: 'lb' },
    ])
    expect(events).to.deep.equal([
      { before: 4, event: { kind: 'set-timeout', scope: 'lb', tcpIdle: 60 } },
      { before: 6, event: { kind: 'fill-table', scope: 'lb', lasts: SECOND } },
      { before: 8, event: { kind: 'fill-table', scope: 'lb' } },
    ])
  })
})
