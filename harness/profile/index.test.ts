import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { getProfile, profileNames } from './index.ts'

describe('profile', () => {
  it('lists the profiles and gives each by its name', () => {
    expect(profileNames()).to.deep.equal(['aws-nfw', 'linux-conntrack', 'suricata-7'])
    for (const name of profileNames()) expect(getProfile(name).name).to.equal(name)
  })

  it('names the known ones when asked for another', () => {
    expect(() => getProfile('pf'))
      .to.throw(FlowbreakError, 'choose one of aws-nfw, linux-conntrack, suricata-7')
      .with.property('code', 'ERR_PROFILE_UNKNOWN')
  })

  it('says of each knob how it is known and where from', () => {
    for (const name of profileNames()) {
      for (const [knob, { mark, source }] of Object.entries(getProfile(name).knobs)) {
        expect(mark, knob).to.be.oneOf(['DOC', 'SRC', 'SEED', 'RUN', 'MEM', 'INF'])
        expect(source, knob).to.have.length.greaterThan(10)
      }
    }
  })

  it('has the documented default idle time-out for AWS, 350 s', () => {
    expect(getProfile('aws-nfw').knobs.tcpEstablished).to.include({ value: 350, mark: 'DOC' })
  })
})
