import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { getProfile, makeProfile, profileNames, profileOf } from './index.ts'
import { isKnob, KNOBS, wrongValue } from './schema.ts'

const MARKS = ['DOC', 'SRC', 'SEED', 'RUN', 'MEM', 'INF']
/** Knobs that every profile has. */
const KNOB_NAMES = Object.entries(KNOBS).flatMap(([name, { group }]) => (group === 'conntrack' ? [] : [name]))

describe('profile', () => {
  it('lists the profiles and gives each by its name', () => {
    expect(profileNames()).to.include.members([
      'aws-nfw',
      'suricata-7',
      'suricata-6.0.9',
      'linux-conntrack',
      'pf',
      'panos',
      'cisco-asa',
      'cisco-cluster',
      'fortinet',
      'checkpoint',
      'juniper-srx',
    ])
    for (const name of profileNames()) expect(getProfile(name).name).to.equal(name)
  })

  it('names the known ones when asked for another', () => {
    expect(() => getProfile('pfsense'))
      .to.throw(FlowbreakError, `choose one of ${profileNames().join(', ')}.`)
      .with.property('code', 'ERR_PROFILE_UNKNOWN')
    expect(() => getProfile('suricta-7')).to.throw(FlowbreakError, / Did you mean "suricata-7"\?$/)
  })

  for (const name of profileNames()) {
    const { knobs, switches, facts, product } = getProfile(name)
    it(`${name} has every knob, with a value that may be written, a mark and a source`, () => {
      expect(product).to.match(/^[a-z0-9-]+$/)
      const others = knobs.tracker.value === 'conntrack' ? [] : Object.keys(knobs)
      expect(knobs).to.include.all.keys(KNOB_NAMES)
      expect(others.filter((knob) => !KNOB_NAMES.includes(knob))).to.be.empty
      for (const [knob, { value, mark, source }] of Object.entries(knobs)) {
        expect(isKnob(knob) ? wrongValue(knob, value) : 'no knob', knob).to.equal(undefined)
        expect(mark, knob).to.be.oneOf(MARKS)
        expect(source, knob).to.have.length.greaterThan(6)
      }
    })

    it(`${name}: its switches name policies that it has and other values of its knobs; its facts have sources`, () => {
      for (const { name: at, policy, knobs: changed, mark, source } of switches) {
        const has = changed.policies ?? knobs.policies.value
        if (policy !== undefined) expect(has, at).to.include(policy)
        expect(policy !== undefined || Object.keys(changed).length > 0, at).to.equal(true)
        for (const [knob, value] of Object.entries(changed)) {
          expect(isKnob(knob) ? wrongValue(knob, value) : 'no knob', `${at}: ${knob}`).to.equal(undefined)
          if (isKnob(knob)) expect(value, `${at}: ${knob}`).not.to.deep.equal(knobs[knob]?.value)
        }
        expect(mark, at).to.be.oneOf(MARKS)
        expect(source, at).to.have.length.greaterThan(6)
      }
      for (const [fact, { mark, source }] of Object.entries({ ...facts.sharing, ...facts.loadBalancer })) {
        expect(mark, fact).to.be.oneOf(MARKS)
        expect(source, fact).to.have.length.greaterThan(6)
        expect(isKnob(fact), `${fact} is no knob`).to.equal(false)
      }
    })
  }

  it('has the values that vendors document', () => {
    const of = (name: string) => getProfile(name).knobs
    expect(of('aws-nfw').tcpEstablished).to.include({ value: 350, mark: 'DOC' })
    expect(of('suricata-7').policies.value[0]).to.equal('drop')
    expect(of('suricata-6.0.9').policies.value[0]).to.equal('continue')
    expect(of('suricata-6.0.9').synReuseOnNullSession.value).to.equal(false)
    const { tcpNew, tcpSynReceived, tcpEstablished, tcpHalfClosed, tcpTimeWait, tcpUnverifiedReset } =
      of('panos')
    expect(
      [tcpNew, tcpSynReceived, tcpEstablished, tcpHalfClosed, tcpTimeWait, tcpUnverifiedReset].map(
        (k) => k.value,
      ),
    ).to.deep.equal([5, 10, 3600, 120, 15, 30])
    expect([of('panos').discardTcp.value, of('panos').discardUdp.value]).to.deep.equal([90, 60])
    const { pf } = { pf: of('pf') }
    expect(
      [pf.tcpNew, pf.tcpSynReceived, pf.tcpEstablished, pf.tcpHalfClosed, pf.tcpLastAck, pf.tcpClosed].map(
        (k) => k.value,
      ),
    ).to.deep.equal([120, 30, 86_400, 900, 45, 90])
    expect(pf.ackWindow).to.include({ value: 67_035, mark: 'SRC' })
    expect([of('checkpoint').tcpNew.value, of('checkpoint').tcpLastAck.value]).to.deep.equal([25, 20])
    expect([of('cisco-asa').tcpEstablished.value, of('cisco-asa').tcpHalfClosed.value]).to.deep.equal([
      3600, 600,
    ])
    expect(getProfile('cisco-cluster').facts.sharingModel).to.include.keys('redirect', 'delay', 'rtt')
  })

  it('makes a profile of one’s own over a known one', () => {
    const ownProfile = {
      name: 'mine',
      extends: 'pf',
      knobs: { tcpNew: { value: 7, mark: 'RUN', source: 'measured' } },
    } as const
    const made = profileOf({ profile: 'mine', ownProfile })
    expect(made.knobs.tcpNew.value).to.equal(7)
    expect(made.knobs.tcpSynReceived).to.equal(getProfile('pf').knobs.tcpSynReceived)
    expect([made.name, made.product]).to.deep.equal(['mine', 'pf'])
    expect(makeProfile({ ...ownProfile, product: 'x', title: 'X' })).to.include({ product: 'x', title: 'X' })
    expect(profileOf({ profile: 'pf' })).to.equal(getProfile('pf'))
  })

  it('tells what may be written for a knob', () => {
    expect(wrongValue('missScope', 'host')).to.equal('write flow or packet')
    expect(wrongValue('tcpNew', -1)).to.equal('write a number from 0 to 2592000')
    expect(wrongValue('discardTcp', 'never')).to.equal('write a number from 0 to 2592000 or state')
    expect(wrongValue('importLiberal', 'yes')).to.equal('write true or false')
    expect(wrongValue('policies', [])).to.equal('write a list of drop, reject, continue')
    expect(wrongValue('policies', ['drop', 'drop'])).to.equal(
      'write a list of drop, reject, continue, each once',
    )
    expect(wrongValue('lbResetOn', [])).to.equal(undefined)
    expect(wrongValue('tcpNew', Number.NaN)).to.be.a('string')
  })
})
