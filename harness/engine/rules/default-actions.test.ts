import { expect } from 'chai'
import { FlowbreakError } from '../../support/errors.ts'
import { type ExamplePacket, HANDSHAKE, Lab, type LabOptions, packet } from '../example-engine.test.ts'
import type { AlertingRule } from './alerts.ts'

/** A packet of a line, with text for payload. */
function saying(line: string, text: string): ExamplePacket {
  const made = packet(`${line} len=${text.length}`)
  made.bytes.set(new TextEncoder().encode(text), made.bytes.length - text.length)
  return made
}

function lab(action: string, rules: readonly string[] = [], sids: number[] = []): Lab {
  const alerts = { alert: ({ sid }: AlertingRule) => void sids.push(sid) }
  return new Lab({
    exception: 'continue',
    rules,
    alerts,
    policy: { ruleOrder: 'strict', defaultActions: [action] },
  })
}

const PASS = ['pass http any any -> any any (http.host; content:"good.example"; endswith; sid:1;)']
const FIRST = 'GET / HTTP/1.1\r\nHo'
const REST = 'st: good.example\r\n\r\n'

describe('engine/rules: default actions of the application layer', () => {
  it('wait for the host of HTTP across segments, and let a pass rule see it', () => {
    for (const action of ['aws:drop_established_app_layer', 'aws:drop_established_app_layer_to_server'])
      expect(
        lab(action, PASS).play(
          ...HANDSHAKE,
          saying('> PA 1 1', FIRST),
          `< A 1 ${FIRST.length + 1}`,
          saying(`> PA ${FIRST.length + 1} 1`, REST),
          `< PA 1 ${FIRST.length + REST.length + 1} len=9`,
        ),
        action,
      ).to.deep.equal(Array(7).fill('forward'))
  })

  it('drop what no rule passes, and the rest of the flow', () => {
    const bad = FIRST + REST.replace('good', 'evil')
    expect(
      lab('aws:drop_established_app_layer', PASS).play(
        ...HANDSHAKE,
        saying('> PA 1 1', bad),
        `< A 1 ${bad.length + 1}`,
        '> R 1',
      ),
    ).to.deep.equal([...Array(3).fill('forward'), 'drop default action', 'drop flow drop', 'drop flow drop'])
  })

  it("drop a server's banner, unless only what goes to the server is meant", () => {
    const banner = saying('< PA 1 1', '220 ready\r\n')
    expect(
      lab('aws:drop_established_app_layer')
        .play(...HANDSHAKE, banner)
        .at(-1),
    ).to.equal('drop default action')
    expect(
      lab('aws:drop_established_app_layer_to_server')
        .play(...HANDSHAKE, banner)
        .at(-1),
    ).to.equal('forward')
  })

  it('drop a window update, a keepalive and a reset after the handshake; what is not TCP; not the handshake', () => {
    for (const last of ['> A 1 1 win=99', '> A 0 1', '> R 1'])
      expect(lab('aws:drop_established_app_layer').play(...HANDSHAKE, last), last).to.deep.equal([
        ...Array(3).fill('forward'),
        'drop default action',
      ])
    expect(lab('aws:drop_established_app_layer').play('> UDP', '> PING')).to.deep.equal([
      'drop default action',
      'drop default action',
    ])
  })

  it('alert ones tell of the same packets by their own sids, and drop nothing', () => {
    for (const [action, sid, times] of [
      ['aws:alert_strict', 2, 4],
      ['aws:alert_established', 4, 1],
      ['aws:alert_established_app_layer', 6, 1],
      ['aws:alert_established_app_layer_to_server', 8, 1],
    ] as const) {
      const sids: number[] = []
      expect(lab(action, [], sids).play(...HANDSHAKE, '> A 1 1 win=99'), action).to.deep.equal(
        Array(4).fill('forward'),
      )
      expect(sids, action).to.deep.equal(Array(times).fill(sid))
    }
  })
})

describe('engine/rules: after a break under policy continue (AWS stream exception policy)', () => {
  const request = saying('> PA 500 500', FIRST + REST)
  const play = (rules: readonly string[]) => new Lab({ exception: 'continue', rules }).play(request)

  it('a rule of an application protocol does not match, one that needs no state does', () => {
    expect(play(['drop http any any -> any any (sid:1;)'])).to.deep.equal(['forward'])
    expect(play(['drop http any any -> any any (http.host; content:"good"; sid:1;)'])).to.deep.equal([
      'forward',
    ])
    expect(play(['drop tcp any any -> any any (flow:established; sid:1;)'])).to.deep.equal(['forward'])
    expect(play(['drop tcp any any -> any any (flow:stateless; sid:1;)'])).to.deep.equal(['drop rules'])
    expect(play(['drop tcp any any -> any any (content:"good.example"; sid:1;)'])).to.deep.equal([
      'drop rules',
    ])
  })

  it('aws:drop_strict drops it, the established ones do not', () => {
    expect(lab('aws:drop_strict').play(request)).to.deep.equal(['drop default action'])
    for (const scope of ['established', 'established_app_layer', 'established_app_layer_to_server'])
      expect(lab(`aws:drop_${scope}`).play(request), scope).to.deep.equal(['forward'])
  })
})

describe('engine/rules: default actions (1.5)', () => {
  const strict = (defaultActions: readonly string[], rules: readonly string[] = []): LabOptions => ({
    exception: 'continue',
    rules,
    policy: { ruleOrder: 'strict', defaultActions },
  })

  it('drop_strict drops what no rule passes, whatever its state', () => {
    const lab = new Lab(strict(['aws:drop_strict'], ['pass udp any any -> any any (sid:1;)']))
    expect(lab.play('> S 0', '> UDP', '< UDP', '> PING')).to.deep.equal([
      'drop default action',
      'forward',
      'forward',
      'drop default action',
    ])
  })

  it('drop_established drops what the client sends once established, and what is not TCP', () => {
    const lab = new Lab(strict(['aws:drop_established']))
    expect(lab.play(...HANDSHAKE, '< PA 1 1 len=9', '> A 1 10', '> UDP', '> PING')).to.deep.equal([
      ...Array(4).fill('forward'),
      ...Array(3).fill('drop default action'),
    ])
  })

  it('a broken connection under continue: drop_strict drops it, drop_established does not', () => {
    expect(new Lab(strict(['aws:drop_strict'])).play('> PA 1 1 len=9')).to.deep.equal(['drop default action'])
    expect(new Lab(strict(['aws:drop_established'])).play('> PA 1 1 len=9')).to.deep.equal(['forward'])
  })

  it('alert actions decide nothing', () => {
    const lab = new Lab(strict(['aws:alert_strict', 'aws:alert_established']))
    expect(lab.play('> S 0', '> UDP')).to.deep.equal(['forward', 'forward'])
  })

  it('does not touch what the policy or the stream decided', () => {
    const lab = new Lab({ ...strict(['aws:drop_strict']), exception: 'drop' })
    expect(lab.play('> A 1 1', '> R 1 port=7')).to.deep.equal(['drop stream midstream', 'drop stream error'])
  })

  it('refuses what it does not read, two drops, and action order', () => {
    expect(() => new Lab(strict(['aws:reject_strict']))).to.throw(FlowbreakError, 'aws:reject_strict')
    expect(() => new Lab(strict(['aws:drop_established', 'aws:alert_established_app_layer']))).to.throw(
      FlowbreakError,
      'not of both',
    )
    expect(() => new Lab(strict(['aws:drop_strict', 'aws:drop_established']))).to.throw(
      FlowbreakError,
      'one drop action',
    )
    expect(() => new Lab({ policy: { defaultActions: ['aws:drop_strict'] } })).to.throw(
      FlowbreakError,
      'strict rule order',
    )
  })
})
