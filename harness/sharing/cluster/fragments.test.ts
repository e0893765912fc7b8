import { expect } from 'chai'
import { type ExamplePacket, Lab } from '../../engine/example-engine.test.ts'
import type { MakeSharing } from '../../model/sharing.ts'
import { cluster } from './cluster.ts'
import { DEFAULTS, partsOf } from './example-cluster.test.ts'

describe('cluster: fragments', () => {
  /** A UDP datagram in two fragments, 24 bytes of it in the first. */
  const fragments = (id: number, hosts: readonly [number, number]): ExamplePacket[] => {
    const datagram = new Uint8Array(8 + 32)
    datagram.set([40_000 >> 8, 40_000 & 255, 0, 80, 0, datagram.length])
    const part = (from: number, to: number, host: number): ExamplePacket => {
      const more = to < datagram.length ? 0x20 : 0
      const addresses = [192, 0, 2, 10, 198, 51, 100, 80]
      const ip = [0x45, 0, 0, 20 + to - from, 0, id, more, from / 8, 64, 17, 0, 0, ...addresses]
      const bytes = [...Array(12).fill(2), 8, 0, ...ip, ...datagram.subarray(from, to)]
      return { seconds: 0, host, bytes: Uint8Array.from(bytes) }
    }
    return [part(0, 24, hosts[0]), part(24, datagram.length, hosts[1])]
  }
  // Fragments by themselves have no ports.
  const rule = 'drop udp any any -> any 80 (sid:1;)'
  const split = (sharing: MakeSharing | 'none') =>
    new Lab({ profile: 'cisco-cluster', hosts: 3, rules: [rule], sharing })

  it('of one datagram meet at the fragment owner, whichever nodes they come to, and are seen as a whole', () => {
    const cluster_ = split(cluster(DEFAULTS))
    const owners = new Set<string>()
    for (let id = 0; id < 16; id++) {
      expect(cluster_.play(...fragments(id, [0, 1]))).to.deep.equal(['forward', 'drop rules'])
      const [first = ''] = partsOf(cluster_)
      owners.add(/\d fragment owner/.exec(first)?.[0] ?? '')
    }
    expect([...owners].sort()).to.deep.equal(['0 fragment owner', '1 fragment owner', '2 fragment owner'])
  })

  it('are never a whole at hosts that know nothing of each other, or do not send them on', () => {
    for (const sharing of ['none', cluster({ ...DEFAULTS, redirect: false })] as const)
      expect(split(sharing).play(...fragments(1, [0, 1]))[1]).not.to.equal('drop rules')
  })

  it('are lost with a fragment owner that fails between them', () => {
    const lab = split(cluster(DEFAULTS))
    const [first, second] = fragments(1, [0, 1])
    if (first === undefined || second === undefined) throw new Error('there are two fragments')
    lab.play(first)
    const owner = lab.batch.parts.find(({ part }) => part === 'fragment owner')?.host ?? -1
    lab.engine.apply({ kind: 'crash', host: owner, flow: 0 }, 0)
    expect(lab.play({ ...second, host: (owner + 1) % 3 })).to.deep.equal(['forward'])
  })

  it('reach the owner of their connection', () => {
    const lab = new Lab({ profile: 'cisco-cluster', hosts: 3, sharing: cluster(DEFAULTS) })
    lab.play('> UDP host=2')
    const parts: string[] = []
    for (let id = 0; id < 8; id++) {
      lab.play(...fragments(id, [0, 1]))
      expect(lab.batch.host[1]).to.equal(2)
      parts.push(partsOf(lab)[1] ?? '')
    }
    expect(parts).to.include('1 forwarder, 2 fragment owner')
    expect(parts).to.include('1 forwarder, 0 fragment owner, 0 forwarder, 2 owner')
  })
})
