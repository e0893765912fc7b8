import { expect } from 'chai'
import { HANDSHAKE, Lab } from './example-engine.test.ts'

const MISS = 'drop stream midstream'

/** Whether a session is alive so many seconds after its last packet, which came at `from` seconds. */
function survives(gap: number, lab = new Lab(), from = 0, lines: readonly string[] = HANDSHAKE): boolean {
  lab.play(...lines.map((line) => `${line} @${from}`))
  return lab.play(`> A 1 1 @${from + gap}`)[0] === 'forward'
}

describe('engine: expiry', () => {
  it('an established session lives through the second of its time-out, and not longer (10.5 row 14)', () => {
    expect(survives(350)).to.equal(true)
    expect(survives(350.999)).to.equal(true)
    expect(survives(351)).to.equal(false)
  })

  it('counts whole seconds of the clock, not of the gap', () => {
    expect(survives(350.4, new Lab(), 0.5)).to.equal(true)
    expect(survives(350.5, new Lab(), 0.5)).to.equal(false)
    expect(survives(350, new Lab(), 0.9)).to.equal(true)
  })

  it('or counts the gap (knob expiry continuous)', () => {
    const lab = () => new Lab({ knobs: { expiry: 'continuous' } })
    expect(survives(350, lab(), 0.5)).to.equal(true)
    expect(survives(350.001, lab(), 0.5)).to.equal(false)
    expect(survives(350.001, lab(), 0.1)).to.equal(false)
  })

  it('the policy overrides the time-out of established sessions', () => {
    expect(survives(60, new Lab({ policy: { tcpIdle: 60 } }))).to.equal(true)
    expect(survives(61, new Lab({ policy: { tcpIdle: 60 } }))).to.equal(false)
    expect(survives(600, new Lab({ profile: 'suricata-7' }))).to.equal(true)
  })

  it('keepalives keep a session (row 15)', () => {
    const lab = new Lab()
    lab.play(...HANDSHAKE)
    expect(lab.play('> A 0 1 @300', '< A 1 1 @300', '> A 0 1 @600', '> PA 1 1 len=9 @900')).to.deep.equal(
      Array(4).fill('forward'),
    )
  })

  it('after expiry the next packet is a miss (row 13), a SYN opens anew', () => {
    const lab = new Lab({ exception: 'reject' })
    lab.play(...HANDSHAKE)
    expect(lab.play('> PA 1 1 len=9 @400', '> PA 1 1 len=9 @400', '> S 90 @401')).to.deep.equal([
      'reject stream midstream',
      'drop flow drop',
      'forward',
    ])
  })

  it('a handshake lives for the new time-out, a closing session for that of established ones', () => {
    const lab = new Lab()
    lab.play('> S 0 @0', '< SA 0 1 @60')
    expect(lab.play('> A 1 1 @121')).to.deep.equal([MISS])
    const closing = new Lab()
    closing.play(...HANDSHAKE, '> FA 1 1')
    expect(closing.play('< A 1 2 @350')).to.deep.equal(['forward'])
  })

  it('time that goes back neither ends nor shortens a session', () => {
    const lab = new Lab()
    lab.play(...HANDSHAKE.map((line) => `${line} @100`))
    expect(lab.play('> A 1 1 @90', '> A 1 1 @450')).to.deep.equal(['forward', 'forward'])
  })

  const pseudo = { UDP: ['> UDP', '< UDP'], ICMP: ['> PING', '< PONG'] }
  for (const [name, [to, back]] of Object.entries(pseudo)) {
    const rules = [
      'pass ip any any -> any any (flow:established; sid:1;)',
      'drop ip any any -> any any (flow:to_client; sid:2;)',
    ]
    const lab = () => new Lab({ profile: 'suricata-7', rules })
    it(`${name}: 30 s in one direction, 300 s in both`, () => {
      expect(lab().play(`${to} @0`, `${back} @30`)).to.deep.equal(['forward', 'forward'])
      // Expired: the answer makes a flow of its own, the other way round, so that the request goes to its client.
      expect(lab().play(`${to} @0`, `${back} @31`, `${to} @31`)).to.deep.equal([
        'forward',
        'forward',
        'forward',
      ])
      const both = lab()
      both.play(`${to} @0`, `${back} @1`)
      expect(both.play(`${back} @301`)).to.deep.equal(['forward'])
      const gone = new Lab({
        profile: 'suricata-7',
        rules: ['drop ip any any -> any any (flow:established; sid:1;)'],
      })
      expect(gone.play(`${to} @0`, `${back} @0`, `${to} @300`, `${to} @601`)).to.deep.equal([
        'forward',
        'drop rules',
        'drop rules',
        'forward',
      ])
    })
  }
})
