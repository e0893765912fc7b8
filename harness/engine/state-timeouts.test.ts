import { expect } from 'chai'
import { HANDSHAKE, Lab } from './example-engine.test.ts'

describe('engine: time-outs of each TCP state', () => {
  /** Whether what was opened by `lines` is still there after so many seconds of silence: a packet of it is forwarded. */
  function lives(profile: string, lines: readonly string[], probe: string, seconds: number): boolean {
    const lab = new Lab({ profile })
    lab.play(...lines)
    return lab.play(`${probe} @${seconds}`)[0] === 'forward'
  }
  const SYN = ['> S 0']
  const SYN_ACK = ['> S 0', '< SA 0 1']
  const HALF = [...HANDSHAKE, '> FA 1 1', '< A 1 2']
  const BOTH = [...HALF, '< FA 1 2']
  const DONE = [...BOTH, '> A 2 2']
  const RESET = [...HANDSHAKE, '> R 1']
  /** SYN, SYN-ACK, established, half closed, both closed, closed and acknowledged, reset. */
  const TABLE: Readonly<Record<string, readonly number[]>> = {
    pf: [120, 30, 86_400, 900, 45, 90, 90],
    panos: [5, 10, 3600, 120, 15, 15, 15],
    'cisco-asa': [30, 30, 3600, 600, 60, 60, 0],
    fortinet: [10, 10, 3600, 120, 1, 1, 1],
    checkpoint: [25, 25, 3600, 3600, 20, 20, 20],
    'juniper-srx': [20, 20, 1800, 1800, 150, 150, 150],
  }
  for (const [
    profile,
    [syn = 0, synAck = 0, open = 0, half = 0, both = 0, done = 0, reset = 0],
  ] of Object.entries(TABLE))
    it(profile, () => {
      const states: readonly [readonly string[], string, number][] = [
        [SYN, '< SA 0 1', syn],
        [SYN_ACK, '> A 1 1', synAck],
        [HANDSHAKE, '> A 1 1', open],
        [HALF, '< A 1 2', half],
        [BOTH, '> A 2 2', both],
        [DONE, '> A 2 2', done],
        [RESET, '< A 1 1', reset],
      ]
      for (const [lines, probe, seconds] of states) {
        expect(lives(profile, lines, probe, seconds), `${lines.at(-1)} ${seconds}`).to.equal(true)
        expect(lives(profile, lines, probe, seconds + 0.001), `${lines.at(-1)} ${seconds} and more`).to.equal(
          false,
        )
      }
    })

  it('panos drops a denied flow for 90 s, whatever comes meanwhile', () => {
    const rules = ['drop ip any any -> any any (sid:1;)']
    expect(
      new Lab({ profile: 'panos', rules }).play('> S 0 @0', '> S 0 @60', '> S 0 @90', '> S 0 @91'),
    ).to.deep.equal(['drop rules', 'drop flow drop', 'drop flow drop', 'drop rules'])
  })
})
