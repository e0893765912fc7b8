import { expect } from 'chai'
import { getProfile } from '../../profile/index.ts'
import { makeTarget } from '../targets.ts'
import { inexactKnobs, kernelSettings } from './kernel-settings.ts'
import { checkNeeds } from './needs.ts'
import { readOptions } from './options.ts'

const { knobs } = getProfile('linux-conntrack')
const POLICY = { exception: 'drop', ruleOrder: 'action', defaultActions: [] } as const

describe('target/netfilter/options', () => {
  it('says which option is not as it should be', () => {
    const read = (options: object) => () => readOptions({ kind: 'netfilter', ...options }, 'lab')
    for (const [options, said] of [
      [{ scale: 0 }, 'scale must be'],
      [{ scale: '5' }, 'scale must be'],
      [{ nat: 'full' }, 'nat must be none or masquerade'],
      [{ synproxy: 'on' }, 'synproxy must be true or false'],
      [{ mtu: 100 }, 'mtu must be'],
      [{ speed: 5 }, 'there is no option speed'],
    ] as const)
      expect(read(options), said).to.throw(said)
    expect(readOptions({ kind: 'netfilter' }, 'lab')).to.deep.equal({
      scale: 5,
      nat: 'none',
      synproxy: false,
      mtu: 9000,
    })
  })

  it('is made by its kind without touching the machine', async () => {
    const target = await makeTarget({ kind: 'netfilter', scale: 2 }, { name: 'lab', version: '1' })
    expect(target.name).to.equal('lab')
    expect(target.capabilities.clockScale).to.equal(2)
    expect(target.version).to.match(/^Linux \d/)
  })

  it('scales every time-out, and refuses a scale at which one is shorter than 2 s', () => {
    const settings = kernelSettings(knobs, { ...POLICY, tcpIdle: 350 }, 5)
    expect(settings['net/netfilter/nf_conntrack_tcp_timeout_established']).to.equal(70)
    expect(settings['net/netfilter/nf_conntrack_tcp_timeout_close']).to.equal(2)
    expect(settings['net/netfilter/nf_conntrack_udp_timeout']).to.equal(6)
    for (const [name, value] of Object.entries(settings))
      if (name.includes('timeout') || name.endsWith('frag_time')) expect(value, name).to.be.at.least(2)
    expect(() => kernelSettings(knobs, POLICY, 8)).to.throw(/tcp_timeout_close of 10 s .* choose 5 at most/)
  })

  it('knows which time-outs its clock cannot keep: those that become 2 s, or are rounded', () => {
    const short = ['sctpCookieWait', 'sctpCookieEchoed']
    const shut = ['sctpShutdownSent', 'sctpShutdownReceived', 'sctpShutdownAckSent']
    expect(inexactKnobs(knobs, 1)).to.deep.equal([])
    expect(inexactKnobs(knobs, 5)).to.have.members([...short, ...shut])
    expect(inexactKnobs(knobs, 4)).to.include.members(['tcpClosed', 'udpNew', 'sctpEstablished'])
  })

  it('picks connections up where the policy is to continue, and only there', () => {
    const loose = (exception: 'drop' | 'continue') =>
      kernelSettings(knobs, { ...POLICY, exception }, 1)['net/netfilter/nf_conntrack_tcp_loose']
    expect(loose('drop')).to.equal(0)
    expect(loose('continue')).to.equal(1)
  })

  it('says in one sentence what to type where it cannot run', () => {
    const machine = { platform: 'linux', uid: 0, path: '' }
    expect(() => checkNeeds(false, { ...machine, uid: 1000 })).to.throw(/needs root: sudo -E/)
    expect(() => checkNeeds(false, { ...machine, platform: 'darwin' })).to.throw(/--target reference/)
    expect(() => checkNeeds(false, machine)).to.throw('apt-get install iproute2 nftables conntrack ethtool.')
    expect(() => checkNeeds(true, machine)).to.throw('conntrackd.')
  })
})
