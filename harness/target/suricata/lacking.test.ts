import { expect } from 'chai'
import type { Case, Expectation } from '../../model/case.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { caseLacks } from './lacking.ts'

const COUNTED: Expectation = {
  kind: 'counter',
  counter: 'StreamExceptionPolicyPackets',
  equals: 1,
  level: 'core',
  provenance: { mark: 'DOC', where: 'guide' },
}
const PASS = 'pass tcp any any -> any 80 (sid:1;)'
const DROP = 'drop tcp any any -> any any (sid:2;)'
const REJECT = 'reject tcp any any -> any any (sid:3;)'
const ALERT = 'alert tcp any any -> any any (sid:4;)'

function lackingOf(input: SetupInput, expectations: readonly Expectation[] = []): string | undefined {
  const setup = makeSetup({ profile: 'suricata-7', ...input })
  return caseLacks({ setup, expectations } as Case)
}

function own(knobs: Readonly<Record<string, unknown>>, base = 'suricata-7') {
  const entries = Object.entries(knobs).map(([name, value]) => [
    name,
    { value, mark: 'MEM', source: 'a test' },
  ])
  return { name: 'mine', extends: base, knobs: Object.fromEntries(entries) } as NonNullable<
    SetupInput['profile']
  >
}

describe('target/suricata/lacking', () => {
  it('names the knob that Suricata cannot be set to, only where it matters', () => {
    const table: [SetupInput, string | undefined][] = [
      [{}, undefined],
      [{ profile: 'aws-nfw' }, undefined],
      [{ profile: 'aws-nfw', policy: 'continue', rules: [DROP, ALERT] }, undefined],
      [{ profile: 'aws-nfw', rules: [PASS] }, 'profile aws-nfw (passScope: flow)'],
      [{ profile: 'aws-nfw', rules: [REJECT] }, 'profile aws-nfw (rejectNonTcp: drop)'],
      [{ profile: 'aws-nfw', tunnels: 'inner' }, 'profile aws-nfw (carrier: stripped)'],
      [{ profile: 'suricata-6.0.9' }, 'profile suricata-6.0.9 (synReuseOnNullSession: false)'],
      [{ profile: 'linux-conntrack' }, 'profile linux-conntrack (tracker: conntrack)'],
      [{ rules: [PASS, DROP, REJECT] }, undefined],
      [
        { profile: own({ tcpEstablished: 90, udpNew: 5, dropInvalid: false, asyncOneside: true }) },
        undefined,
      ],
      [{ profile: own({ tcpClosed: 20 }) }, 'profile mine (tcpLastAck: 60)'],
      [{ profile: own({ tcpClosed: 20, tcpLastAck: 20, tcpTimeWait: 20 }) }, undefined],
      [{ profile: own({ continueMode: 'pickup' }), policy: 'continue' }, undefined],
      [
        { profile: own({ continueMode: 'bypass' }), policy: 'continue' },
        'profile mine (continueMode: bypass)',
      ],
      [{ profile: own({ continueMode: 'bypass' }), policy: 'drop' }, undefined],
      [{ profile: own({ maxFlows: 1024 }) }, undefined],
      [{ profile: own({ maxFlows: 1023 }) }, 'profile mine (maxFlows: 1023)'],
      [{ profile: own({ passScope: 'flow' }), rules: [DROP] }, undefined],
    ]
    for (const [input, lacking] of table) expect(lackingOf(input), JSON.stringify(input)).to.equal(lacking)
  })

  it('reads strict order where it means what action order does', () => {
    const strict = (...rules: readonly string[]) => lackingOf({ 'rule-order': 'strict', rules })
    expect(strict(ALERT, PASS, ALERT, DROP, ALERT)).to.equal(undefined)
    expect(strict(DROP, ALERT)).to.equal(undefined)
    expect(strict(DROP, ALERT, PASS)).to.equal('rule order strict')
    const actions = (...defaults: readonly string[]) =>
      lackingOf({ 'rule-order': 'strict', 'default-actions': [...defaults] })
    expect(actions('aws:drop_strict')).to.equal(undefined)
    expect(actions('aws:drop_established')).to.equal('default action aws:drop_established')
  })

  it('cannot count what the exception policy lets go on', () => {
    expect(lackingOf({ policy: 'drop' }, [COUNTED])).to.equal(undefined)
    expect(lackingOf({ policy: 'continue' }, [COUNTED])).to.equal(
      'counter StreamExceptionPolicyPackets under continue',
    )
    expect(lackingOf({ generation: 'next', mode: 'monitor', policy: 'reject' }, [COUNTED])).to.match(
      /^counter/,
    )
    expect(lackingOf({ policy: 'continue' }, [{ ...COUNTED, level: 'provisional' }])).to.equal(undefined)
    expect(lackingOf({ policy: 'continue' }, [{ ...COUNTED, counter: 'DroppedPackets' }])).to.equal(undefined)
  })
})
