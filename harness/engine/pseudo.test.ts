import { expect } from 'chai'
import { type ExamplePacket, HANDSHAKE, Lab, packet } from './example-engine.test.ts'

const DRAIN = { kind: 'drain', host: 0, flow: -1 } as const

/** An ICMP destination unreachable about the packet of a line, quoting so many bytes of what follows its IP header. */
function unreachable(
  line: string,
  quoted: number,
  options: { type?: number; code?: number } = {},
): ExamplePacket {
  const about = packet(line).bytes.slice(14)
  const quote = about.slice(0, 20 + quoted)
  const length = 28 + quote.length
  const ip = [0x45, 0, 0, length, 0, 0, 0, 0, 64, 1, 0, 0]
  const source = about.slice(16, 20)
  const destination = about.slice(12, 16)
  const icmp = [options.type ?? 3, options.code ?? 1, 0, 0, 0, 0, 0, 0]
  const bytes = [...Array(12).fill(2), 8, 0, ...ip, ...source, ...destination, ...icmp, ...quote]
  return { seconds: 0, host: 0, bytes: Uint8Array.from(bytes) }
}

describe('engine: UDP and ICMP (10.7)', () => {
  for (const family of ['ipv4', 'ipv6'] as const) {
    for (const [name, to, back] of [
      ['UDP', '> UDP', '< UDP'],
      ['ICMP echo', '> PING', '< PONG'],
    ] as const) {
      it(`${name} over ${family}: a new flow at any host, whichever direction comes first, under every policy`, () => {
        for (const exception of ['drop', 'reject', 'continue'] as const) {
          const lab = new Lab({ exception, frames: { family } })
          expect(lab.play(to, back, `${back} host=1`, `${to} host=1`)).to.deep.equal(Array(4).fill('forward'))
          expect(lab.engine.counters(1).StreamExceptionPolicyPackets).to.equal(0)
        }
      })

      it(`${name} over ${family}: established once this host has seen both directions, client is who came first`, () => {
        const rules = ['drop ip any any -> any any (flow:established,to_client; sid:1;)']
        const lab = new Lab({ rules, frames: { family } })
        lab.play(to)
        lab.engine.apply(DRAIN, 0)
        expect(lab.play(back, `${back} host=1`, `${to} host=1`)).to.deep.equal([
          'drop rules',
          'forward',
          'drop rules',
        ])
      })
    }
  }

  it('what is not IP is forwarded', () => {
    const arp = Uint8Array.from([...Array(12).fill(2), 8, 6, ...Array(46).fill(0)])
    const rules = ['drop ip any any -> any any (sid:1;)']
    expect(new Lab({ rules }).play({ seconds: 0, host: 0, bytes: arp })).to.deep.equal(['forward'])
  })
})

describe('engine: ICMP errors (10.1, 2.8)', () => {
  it('about a marked flow: dropped with it where it quotes the whole TCP header, forwarded with 8 bytes of it', () => {
    const lab = new Lab()
    lab.play('> A 1 1')
    expect(lab.play(unreachable('> A 1 1', 20), unreachable('> A 1 1', 8))).to.deep.equal([
      'drop flow drop',
      'forward',
    ])
  })

  it('of other types and codes: never', () => {
    const lab = new Lab()
    lab.play('> A 1 1')
    expect(
      lab.play(unreachable('> A 1 1', 20, { type: 11 }), unreachable('> A 1 1', 20, { code: 16 })),
    ).to.deep.equal(['forward', 'forward'])
  })

  it('about a flow without entry at this host, or of a mark that expired: forwarded, and makes no entry', () => {
    const lab = new Lab()
    expect(lab.play(unreachable('> A 1 1', 20))).to.deep.equal(['forward'])
    lab.play('> A 1 1')
    expect(lab.play({ ...unreachable('> A 1 1', 20), host: 1 })).to.deep.equal(['forward'])
    expect(lab.play({ ...unreachable('> A 1 1', 20), seconds: 61 })).to.deep.equal(['forward'])
  })

  it('keeps the flow alive, and the mark', () => {
    const lab = new Lab()
    lab.play('> A 1 1 @0', { ...unreachable('> A 1 1', 20), seconds: 50 })
    expect(lab.play('> A 1 1 @110')).to.deep.equal(['drop flow drop'])
  })

  it('about UDP: with 8 bytes', () => {
    const lab = new Lab({ rules: ['drop udp any any -> any any (sid:1;)'] })
    lab.play('> UDP')
    expect(lab.play(unreachable('> UDP', 8), unreachable('> UDP', 7))).to.deep.equal([
      'drop flow drop',
      'forward',
    ])
  })

  it('on a live session: rules see it as the flow goes, from the receiver to the client', () => {
    const rules = ['drop icmp any any -> any any (flow:established,to_client; sid:1;)']
    const lab = new Lab({ rules })
    lab.play(...HANDSHAKE)
    expect(lab.play(unreachable('> A 1 1', 20), unreachable('< A 1 1', 20))).to.deep.equal([
      'drop rules',
      'forward',
    ])
  })
})

describe('engine: fragments (10.1)', () => {
  /** The packet of a line cut in two fragments, the first with `at` bytes of its segment. */
  function fragments(line: string, at: number): ExamplePacket[] {
    const whole = packet(line)
    return [
      [0, at],
      [at, whole.bytes.length - 34],
    ].map(([from = 0, to = 0], index) => {
      const bytes = Uint8Array.from([...whole.bytes.slice(0, 34), ...whole.bytes.slice(34 + from, 34 + to)])
      bytes[16] = 0
      bytes[17] = 20 + to - from
      bytes[20] = index === 0 ? 0x20 : 0
      bytes[21] = from / 8
      return { ...whole, bytes }
    })
  }

  for (const exception of ['drop', 'reject', 'continue'] as const) {
    it(`${exception}: the first is forwarded, the one that completes meets the datagram's fate, in silence`, () => {
      const lab = new Lab({ exception })
      const fate = exception === 'continue' ? 'forward' : 'drop stream midstream'
      expect(lab.play(...fragments('> PA 100 100 len=20', 24))).to.deep.equal(['forward', fate])
      expect(lab.batch.emitted).to.deep.equal([])
    })
  }

  it('are rejected with a reset about the datagram where the system does that', () => {
    const lab = new Lab({ exception: 'reject', knobs: { rejectRebuilt: true } })
    const verdicts = lab.play(...fragments('> PA 100 100 len=20', 24))
    expect(verdicts).to.deep.equal(['forward', 'reject stream midstream'])
    expect(lab.batch.emitted.map(({ cause }) => cause)).to.deep.equal([1])
  })

  it('of which another host saw one are not put together, whichever comes first', () => {
    const [head, tail] = fragments('> PA 100 100 len=20', 24)
    if (head === undefined || tail === undefined) throw new Error('two fragments')
    for (const order of [
      [head, { ...tail, host: 1 }],
      [tail, { ...head, host: 1 }],
    ] as const)
      expect(new Lab().play(...order)).to.deep.equal(['forward', 'forward'])
  })

  it('of UDP make a pseudo-session', () => {
    const lab = new Lab({ rules: ['drop udp any any -> any any (flow:established; sid:1;)'] })
    expect(lab.play(...fragments('> UDP', 8), '< UDP')).to.deep.equal(['forward', 'forward', 'drop rules'])
  })

  it('rules about addresses meet each fragment, rules about ports the datagram', () => {
    expect(
      new Lab({ rules: ['drop ip any any -> any any (sid:1;)'] }).play(...fragments('> UDP', 8)),
    ).to.deep.equal(['drop rules', 'drop rules'])
    expect(
      new Lab({ rules: ['drop udp any any -> any 80 (sid:1;)'] }).play(...fragments('> UDP', 8)),
    ).to.deep.equal(['forward', 'drop rules'])
  })
})
