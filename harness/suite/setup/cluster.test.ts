import { expect } from 'chai'
import { makeSetup } from '../setup.ts'
import type { SharingInput } from './sharing.ts'

const sharingOf = (sharing: SharingInput, hosts = 3) => makeSetup({ hosts, sharing }).topology.sharing

describe('setup: sharing cluster', () => {
  it('is as the profile of the cluster has it where nothing is written', () => {
    expect(sharingOf('cluster')).to.deep.equal({
      kind: 'cluster',
      redirect: true,
      statefulFailover: true,
      delay: 0,
      rtt: 0,
      randomSequenceNumber: true,
    })
  })

  it('reads its keys, from a mapping and from an option', () => {
    const read = {
      kind: 'cluster',
      redirect: false,
      statefulFailover: false,
      delay: 5,
      rtt: 0.002,
      randomSequenceNumber: false,
      decrypts: 443,
      linkMtu: 1654,
      geneveMtu: 1806,
    }
    expect(
      sharingOf({
        kind: 'cluster',
        redirect: 'off',
        'stateful-failover': 'off',
        delay: '5s',
        rtt: '2ms',
        'random-sequence-number': 'off',
        decrypts: 443,
        'link-mtu': 1654,
        'geneve-mtu': 1806,
      }),
    ).to.deep.equal(read)
    const text =
      'cluster:redirect=off,stateful-failover=off,delay=5s,rtt=2ms,random-sequence-number=off,decrypts=443,link-mtu=1654,geneve-mtu=1806'
    expect(sharingOf(text)).to.deep.equal(read)
  })

  it('has 2 to 16 nodes', () => {
    for (const hosts of [2, 16]) expect(sharingOf('cluster', hosts).kind).to.equal('cluster')
    for (const hosts of [1, 17])
      expect(() => sharingOf('cluster', hosts)).to.throw(
        new RegExp(`^hosts: A cluster has 2 to 16 nodes \\(cdFMC guide, .*\\), not ${hosts}\\.$`),
      )
  })

  it('refuses what no cluster is', () => {
    const refused: readonly [string, RegExp][] = [
      ['rtt=20ms', /^sharing\.rtt: A round trip on the cluster control link takes less than 20 ms/],
      ['redirect=maybe', /^sharing\.redirect: "maybe" is not a position of a switch: write on or off/],
      ['link-mtu=100', /^sharing\.link-mtu: "100" is out of range/],
      ['lag=1s', /^sharing\.lag: "lag" is not a key of sharing cluster/],
      ['delay=-1s', /^sharing\.delay: /],
      ['decrypts=https', /^sharing\.decrypts: /],
    ]
    for (const [keys, message] of refused) expect(() => sharingOf(`cluster:${keys}`)).to.throw(message)
    expect(sharingOf('cluster:rtt=19.9ms').kind).to.equal('cluster')
  })
})
