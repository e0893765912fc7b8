import { expect } from 'chai'
import { makeSetup } from '../../suite/setup.ts'
import { settingsOf } from '../suricata/settings.ts'
import { makeTarget } from '../targets.ts'
import { inexactKnobs, liveConfigurationOf, scaledSettings } from './configuration.ts'
import { checkNeeds } from './needs.ts'
import { readOptions } from './options.ts'

describe('target/suricata-live/options', () => {
  it('says which option is not as it should be', () => {
    const read = (options: object) => () => readOptions({ kind: 'suricata-live', ...options }, 'lab')
    for (const [options, said] of [
      [{ scale: 0 }, 'scale must be'],
      [{ binary: '' }, 'binary must be'],
      [{ timeout: 0 }, 'timeout must be'],
      [{ mtu: 65_535 }, 'mtu must be a whole number from 1280 to 9216'],
      [{ speed: 5 }, 'there is no option speed, only binary, timeout, scale, mtu'],
    ] as const)
      expect(read(options), said).to.throw(said)
    expect(readOptions({ kind: 'suricata-live' }, 'lab')).to.deep.equal({
      binary: 'suricata',
      timeout: 30,
      scale: 5,
      mtu: 9000,
    })
  })

  it('says in one sentence what to type where it cannot run', () => {
    const machine = { platform: 'linux', uid: 0, path: '' }
    expect(() => checkNeeds({ ...machine, uid: 1000 })).to.throw(
      'The suricata-live target makes network namespaces, which needs root: sudo -E npx flowbreak run --target suricata-live.',
    )
    expect(() => checkNeeds({ ...machine, platform: 'darwin' })).to.throw(/--target reference/)
    expect(() => checkNeeds(machine)).to.throw('apt-get install iproute2 ethtool.')
  })

  it('a Suricata that is missing is one too', async () => {
    const spec = { kind: 'suricata-live', binary: '/nowhere/suricata' }
    const target = await makeTarget(spec, { name: 'suricata-live', version: 'test' })
    expect(() => target.version).to.throw(/\/nowhere\/suricata cannot be run.*apt-get install/)
  })

  it('scales every time-out, and refuses a scale at which one is shorter than 2 s', () => {
    const settings = settingsOf(makeSetup({ profile: 'suricata-7' }))
    const { timeouts, fragmentTimeout } = scaledSettings(settings, 15)
    for (const [name, value] of Object.entries(timeouts))
      expect(value, name).to.equal(Math.round(settings.timeouts[name as keyof typeof timeouts] / 15))
    expect(fragmentTimeout).to.equal(Math.round(settings.fragmentTimeout / 15))
    expect(() => scaledSettings(settings, 25)).to.throw(/of 30 s shorter than 2 s/)
    expect(inexactKnobs(settings, 5)).to.deep.equal([])
    expect(inexactKnobs(settings, 4)).to.include.members(['udpNew', 'icmpNew', 'other'])
    expect(liveConfigurationOf(settings)).to.include(`tcp: { new: ${settings.timeouts.tcpNew}, `)
  })
})
