import { expect } from 'chai'
import { makeSetup } from '../../suite/setup.ts'
import { configurationOf } from './configuration.ts'
import { settingsOf } from './settings.ts'

const SETTINGS = settingsOf(makeSetup({ profile: 'suricata-7', policy: 'reject' }))

function numbersOf(packets: number, name: string): number[] {
  return [...configurationOf(SETTINGS, packets).matchAll(new RegExp(`${name}: (\\d+)`, 'g'))].map(([, n]) =>
    Number(n),
  )
}

describe('target/suricata/configuration', () => {
  it('gives tables the room that so many packets can need, and for many what Suricata has by default', () => {
    const [ofFragments, ofHosts, ofPairs, ofFlows] = numbersOf(1000, 'hash-size')
    expect([ofFragments, ofFlows]).to.deep.equal([1024, 1024])
    expect([ofHosts, ofPairs]).to.deep.equal([64, 64])
    expect(numbersOf(1000, 'max-frags')).to.deep.equal([16_000])
    expect(numbersOf(1, 'trackers')).to.deep.equal([64])
    for (const many of [65_536, Number.POSITIVE_INFINITY]) {
      expect(numbersOf(many, 'hash-size')).to.include.members([65_536])
      expect(numbersOf(many, 'trackers')).to.deep.equal([65_535])
      expect(numbersOf(many, 'max-pending-packets')).to.deep.equal([1024])
    }
  })

  it('gives the table of flows memory for as many as the profile says, and rows as crowded as by default', () => {
    const table = /flow: \{ memcap: (\d+), memcap-policy: drop-packet, hash-size: (\d+), prealloc: 0 \}/
    const tableOf = (maxFlows: number) =>
      table
        .exec(configurationOf({ ...SETTINGS, maxFlows }, 1e6))
        ?.slice(1)
        .map(Number)
    const by = SETTINGS.maxFlows
    expect(tableOf(by)).to.deep.equal([65_536 * 64 + by * 296, 65_536])
    // One more would not have found room in what Suricata has by default.
    const spare = (128 << 20) - (tableOf(by)?.[0] ?? 0)
    expect(spare).to.be.within(0, 295)
    expect(tableOf(1024)).to.deep.equal([128 * 64 + 1024 * 296, 128])
  })
})
