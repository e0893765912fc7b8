import { expect } from 'chai'
import type { Injection } from '../../model/case.ts'
import { Tcp } from '../../model/codes.ts'
import { verifyChecksums } from '../../wire/forge.ts'
import { type Offered, weave } from '../weave.fixture.ts'

const LADDER = 'echo-ladder-ipv4'
const SECOND = 1e9

const swapBeforeData: Injection = {
  kind: 'host-swap',
  label: 'host-swap',
  at: { before: 'data', direction: 'c2s', nth: 3 },
  cause: 'drain',
}
const reconnect = (tuple: 'same' | 'new-port'): Injection => ({
  kind: 'reconnect',
  label: 'reconnect',
  at: { packet: 26 },
  tuple,
  delay: SECOND,
})
const afterSwap = ({ phase }: Offered) => phase === 'after host-swap'

describe('timeline/reactive', () => {
  for (const capture of [
    LADDER,
    'echo-ladder-ipv6',
    'http-get-ipv4',
    'half-close-ipv6',
    'echo-ladder-server-close-ipv4',
  ])
    it(`plays ${capture} to its end when everything is passed on`, async () => {
      const { packets, impact } = await weave(capture, [], { endpoints: 'reactive' })
      expect(impact).to.equal('survived')
      const bytes = (direction: number) =>
        packets
          .filter((packet) => packet.direction === direction)
          .reduce((sum, { payload }) => sum + payload, 0)
      const recorded = await weave(capture, [])
      for (const direction of [0, 1])
        expect(bytes(direction)).to.equal(
          recorded.packets
            .filter((packet) => packet.direction === direction)
            .reduce((sum, { payload }) => sum + payload, 0),
        )
      expect(packets.filter(({ flags }) => (flags & Tcp.fin) !== 0)).to.have.lengthOf(2)
      expect(packets.every(({ frame, link }) => verifyChecksums(frame, link) === 'ok')).to.equal(true)
    })

  it('retransmits what is lost, with back-off, and gets through', async () => {
    let lost = 0
    const { packets, impact } = await weave(LADDER, [], {
      endpoints: 'reactive',
      verdict: ({ payload, direction }) =>
        payload > 0 && direction === 0 && lost++ < 3 ? 'drop' : 'forward',
    })
    expect(impact).to.equal('survived')
    const tries = packets.filter(({ payload, direction }) => payload > 0 && direction === 0).slice(0, 4)
    const gaps = tries
      .slice(1)
      .map(({ time }, index) => Math.round((time - (tries[index]?.time ?? 0)) / SECOND))
    expect(gaps).to.deep.equal([1, 2, 4])
    expect(new Set(tries.map(({ seq }) => seq)).size).to.equal(1)
  })

  it('hangs until it gives up when everything is dropped after a break', async () => {
    const { packets, impact } = await weave(LADDER, [swapBeforeData], {
      endpoints: 'reactive',
      verdict: (packet) => (afterSwap(packet) ? 'drop' : 'forward'),
    })
    expect(impact).to.equal('hung')
    const tries = packets.filter(afterSwap)
    expect(tries.length).to.be.greaterThan(4)
    expect(tries.every(({ direction }) => direction === 0)).to.equal(true)
  })

  it('never opens when the SYN-ACK is always lost', async () => {
    const { packets, impact } = await weave(LADDER, [], {
      endpoints: 'reactive',
      verdict: ({ direction }) => (direction === 1 ? 'drop' : 'forward'),
    })
    expect(impact).to.equal('hung')
    expect(packets.every(({ flags }) => (flags & Tcp.syn) !== 0)).to.equal(true)
  })

  it('recovers by a new connection where the case has a reconnect', async () => {
    const { packets, impact, phases } = await weave(LADDER, [swapBeforeData, reconnect('new-port')], {
      endpoints: 'reactive',
      verdict: (packet) => (afterSwap(packet) && packet.flow === 0 ? 'drop' : 'forward'),
    })
    expect(impact).to.equal('recovered')
    expect(phases).to.deep.equal(['before', 'after host-swap', 'reconnect'])
    expect(packets.some(({ flow, phase }) => flow === 1 && phase === 'reconnect')).to.equal(true)
  })

  it('loops between challenge ACK and reset when the same tuple is still held by the server', async () => {
    const { packets, impact } = await weave(LADDER, [swapBeforeData, reconnect('same')], {
      endpoints: 'reactive',
      verdict: ({ phase, flags }) =>
        phase === 'after host-swap' || (flags & Tcp.rst) !== 0 ? 'drop' : 'forward',
    })
    expect(impact).to.equal('hung')
    const trap = packets.filter(({ phase }) => phase === 'reconnect').slice(0, 3)
    expect(trap.map(({ flags }) => flags)).to.deep.equal([Tcp.syn, Tcp.ack, Tcp.rst])
    expect(trap[2]?.seq).to.equal(trap[1]?.ack)
  })

  it('keeps silent for a gap before it goes on', async () => {
    const { packets, impact } = await weave(
      LADDER,
      [{ kind: 'idle-gap', label: 'idle-gap', at: { packet: 8 }, gap: 400 * SECOND, scope: 'flow' }],
      { endpoints: 'reactive' },
    )
    expect(impact).to.equal('survived')
    const first = packets.findIndex(({ phase }) => phase === 'after idle-gap')
    const silence = (packets[first]?.time ?? 0) - (packets[first - 1]?.time ?? 0)
    expect(silence).to.be.closeTo(400 * SECOND, 0.05 * SECOND)
  })

  it('refuses injections that prescribe packets, and flows that were not recorded from their SYN', async () => {
    const duplicate: Injection = {
      kind: 'duplicate',
      label: 'duplicate',
      at: { packet: 8 },
      direction: 'c2s',
    }
    const prescribed = await weave(LADDER, [duplicate], { endpoints: 'reactive' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(prescribed).to.have.property('code', 'ERR_REACTIVE_INJECTION')
    const udp = await weave('udp-ladder-ipv4', [], { endpoints: 'reactive' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(udp).to.have.property('code', 'ERR_REACTIVE')
    const fragments = await weave('tcp-fragments-ipv4', [], { endpoints: 'reactive' }).catch(
      (thrown: unknown) => thrown,
    )
    expect(fragments).to.have.property('message').that.includes('is a fragment of the flow under test')
  })
})
