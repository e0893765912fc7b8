import { expect } from 'chai'
import { type ExamplePacket, HANDSHAKE, Lab } from '../../engine/example-engine.test.ts'
import type { ClusterSharing } from '../../model/setup.ts'
import type { MakeSharing } from '../../model/sharing.ts'
import { cluster } from './cluster.ts'

const DEFAULTS: ClusterSharing = {
  kind: 'cluster',
  redirect: true,
  statefulFailover: true,
  delay: 0,
  rtt: 0,
  randomSequenceNumber: true,
}

/** Client ports by who is director of their connection among three nodes of which fw-0 is the owner. */
const DIRECTOR_1 = 'port=40001'
const DIRECTOR_0_BACKUP_2 = 'port=40004'

function lab(sharing: Partial<ClusterSharing> = {}, hosts = 3): Lab {
  return new Lab({ profile: 'cisco-cluster', hosts, sharing: cluster({ ...DEFAULTS, ...sharing }) })
}

/** `1 forwarder, 0 owner` for each packet of the last call. */
function partsOf({ batch }: Lab): string[] {
  return Array.from({ length: batch.count }, (_, index) =>
    batch.parts
      .filter(({ cause }) => cause === index)
      .map(({ host, part }) => `${host} ${part}`)
      .join(', '),
  )
}

/** Lines of one connection; a host may be said line by line. */
function at(where: string, ...lines: readonly string[]): string[] {
  return lines.map((line) => `${line} ${where}`)
}

const opening = (port: string) => at(port, ...HANDSHAKE)

describe('cluster: sample flow of TCP', () => {
  it('goes as documented: owner, forwarder by the SYN cookie, director, and another node that asks', () => {
    const cluster = lab()
    const verdicts = cluster.play(
      `> S 0 ${DIRECTOR_1}`,
      `< SA 0 1 host=2 ${DIRECTOR_1}`,
      `> A 1 1 ${DIRECTOR_1}`,
      `< PA 1 1 len=10 host=2 ${DIRECTOR_1}`,
      `> A 1 11 host=1 ${DIRECTOR_1}`,
    )
    expect(verdicts).to.deep.equal(Array(5).fill('forward'))
    expect([...cluster.batch.host.subarray(0, 5)]).to.deep.equal([0, 0, 0, 0, 0])
    expect(partsOf(cluster)).to.deep.equal([
      '0 owner, 1 director',
      '2 forwarder, 0 owner',
      '',
      '2 forwarder, 0 owner',
      '1 forwarder, 0 owner',
    ])
  })

  it('has a third node ask the director once, and then keep a forwarding flow', () => {
    const cluster = lab()
    cluster.play(...opening(DIRECTOR_1))
    cluster.play(...at(`host=2 ${DIRECTOR_1}`, '> PA 1 1 len=10', '> PA 11 1 len=10'))
    expect(partsOf(cluster)).to.deep.equal(['2 forwarder, 1 director, 0 owner', '2 forwarder, 0 owner'])
  })

  it('has a separate backup owner where the owner is its own director', () => {
    const cluster = lab()
    cluster.play(`> S 0 ${DIRECTOR_0_BACKUP_2}`)
    expect(partsOf(cluster)).to.deep.equal(['0 owner, 0 director, 2 backup owner'])
  })

  it('opens a new connection of the same ports at the node that gets its SYN', () => {
    const cluster = lab()
    cluster.play(...opening(DIRECTOR_1), `> RA 1 1 ${DIRECTOR_1}`)
    expect(cluster.play(`> S 900 host=2 @1 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
    expect(cluster.batch.host[0]).to.equal(2)
    expect(partsOf(cluster)).to.deep.equal(['2 owner, 1 director'])
  })

  it('drops a packet in the middle of what nobody owns', () => {
    const cluster = lab()
    expect(cluster.play('> PA 1 1 len=10', '< A 1 11 host=1')).to.deep.equal(
      Array(2).fill('drop stream midstream'),
    )
    expect(cluster.batch.emitted).to.be.empty
  })
})

describe('cluster: sample flow of UDP and ICMP', () => {
  it('asks the director before the first packet goes on, and again where the answer comes in', () => {
    const cluster = lab({ rtt: 0.019 })
    for (const [query, answer] of [
      ['> UDP', '< UDP'],
      ['> PING', '< PONG'],
    ] as const) {
      expect(cluster.play(query, `${answer} host=1`, `${answer} host=2`)).to.deep.equal(
        Array(3).fill('forward'),
      )
      expect([...cluster.batch.host.subarray(0, 3)]).to.deep.equal([0, 0, 0])
    }
  })

  it('relays DNS through the director, packet by packet', () => {
    const cluster = lab()
    cluster.play('> UDP port=53', ...at('host=2 port=53', '< UDP', '< UDP'))
    expect(partsOf(cluster)).to.deep.equal([
      '0 owner, 1 director',
      '2 forwarder, 1 relay, 0 owner',
      '2 forwarder, 1 relay, 0 owner',
    ])
  })

  it('makes a new connection of a datagram that nobody owns', () => {
    const cluster = lab()
    expect(cluster.play('< UDP host=2')).to.deep.equal(['forward'])
    expect(partsOf(cluster)[0]).to.match(/^2 owner/)
  })
})

describe('cluster: failures', () => {
  const crash = (cluster: Lab, host: number, seconds = 0) =>
    cluster.engine.apply({ kind: 'crash', host, flow: 0 }, seconds * 1e9)

  it('has the first node that gets a packet take over from the backup owner, whoever that is', () => {
    for (const next of [1, 2]) {
      const cluster = lab()
      cluster.play(...opening(DIRECTOR_1), `> PA 1 1 len=10 ${DIRECTOR_1}`)
      crash(cluster, 0)
      const other = 3 - next
      const rest = [`< A 1 11 host=${next}`, `< PA 1 11 len=9 host=${other}`, `> FA 11 10 host=${next}`]
      expect(cluster.play(...at(DIRECTOR_1, ...rest))).to.deep.equal(Array(3).fill('forward'))
      expect([...cluster.batch.host.subarray(0, 3)]).to.deep.equal([next, next, next])
      expect(partsOf(cluster)[0]).to.equal(
        next === 1 ? '1 owner, 1 director, 2 backup owner' : '2 owner, 1 director',
      )
    }
  })

  it('survives one owner after the other, as long as there is a node', () => {
    const cluster = lab({}, 4)
    cluster.play(...opening(DIRECTOR_1))
    for (const [failed, next] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      crash(cluster, failed)
      expect(cluster.play(`> A 1 1 host=${next} ${DIRECTOR_1}`)).to.deep.equal(['forward'])
      expect(cluster.batch.host[0]).to.equal(next)
    }
  })

  it('has the owner choose another director when that fails, who backs it up at once', () => {
    const cluster = lab()
    cluster.play(...opening(DIRECTOR_1))
    crash(cluster, 1)
    expect(cluster.play(`> A 1 1 host=2 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
    expect(cluster.batch.host[0]).to.equal(0)
    crash(cluster, 0)
    expect(cluster.play(`> A 1 1 host=2 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
  })

  it('loses the connection with owner and backup owner', () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const cluster = lab({ rtt: 0.01 })
      cluster.play(...opening(DIRECTOR_1))
      for (const host of order) crash(cluster, host, 1)
      expect(cluster.play(`> A 1 1 host=2 @1 ${DIRECTOR_1}`)).to.deep.equal(['drop stream midstream'])
    }
  })

  it('has a backup owner again once a node has joined', () => {
    const cluster = lab({}, 2)
    crash(cluster, 1)
    cluster.play(...opening(DIRECTOR_1))
    cluster.engine.apply({ kind: 'restore', host: 1 }, 0)
    crash(cluster, 0)
    expect(cluster.play(`> A 1 1 host=1 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
  })

  it('leaves the connections of a node that only left the load balancer where they are', () => {
    const cluster = lab()
    cluster.play(...opening(DIRECTOR_1))
    cluster.engine.apply({ kind: 'drain', host: 0, flow: 0 }, 0)
    expect(cluster.play(`> A 1 1 host=2 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
    expect(cluster.batch.host[0]).to.equal(0)
  })

  it('loses what was not to be taken over', () => {
    const cluster = lab({ statefulFailover: false })
    cluster.play(...opening(DIRECTOR_1))
    crash(cluster, 0)
    expect(cluster.play(`> A 1 1 host=1 ${DIRECTOR_1}`)).to.deep.equal(['drop stream midstream'])
  })

  it('loses connections younger than the replication delay, and not older ones', () => {
    for (const [age, outcome] of [
      [4.9, 'drop stream midstream'],
      [5, 'forward'],
    ] as const) {
      const cluster = lab({ delay: 5 })
      cluster.play(...opening(DIRECTOR_1))
      crash(cluster, 0, age)
      expect(cluster.play(`> A 1 1 host=1 @9 ${DIRECTOR_1}`), `${age} s`).to.deep.equal([outcome])
    }
  })

  it('loses a change that was still on its way only where nothing older has arrived', () => {
    const cluster = lab({ rtt: 0.01 })
    cluster.play(...opening(DIRECTOR_1))
    crash(cluster, 0, 0)
    expect(cluster.play(`> A 1 1 host=1 @0.004 ${DIRECTOR_1}`)).to.deep.equal(['drop stream midstream'])
    const later = lab({ rtt: 0.01 })
    later.play(...opening(DIRECTOR_1))
    crash(later, 0, 0)
    expect(later.play(`> A 1 1 host=1 @0.005 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
  })

  it('resets both ends of a connection that was decrypted', () => {
    const cluster = lab({ decrypts: 80 })
    cluster.play(...opening(DIRECTOR_1))
    crash(cluster, 0)
    expect(cluster.play(`> PA 1 1 len=9 host=1 ${DIRECTOR_1}`)).to.deep.equal(['reject stream midstream'])
    expect(cluster.batch.emitted.map(({ to, by }) => [to, by])).to.deep.equal([
      ['sender', 1],
      ['receiver', 1],
    ])
    expect(cluster.play(`< A 1 10 host=2 ${DIRECTOR_1}`)).to.deep.equal(['drop stream midstream'])
    const plain = lab({ decrypts: 443 })
    plain.play(...opening(DIRECTOR_1))
    crash(plain, 0)
    expect(plain.play(`> PA 1 1 len=9 host=1 ${DIRECTOR_1}`)).to.deep.equal(['forward'])
  })
})

describe('cluster: what the link does', () => {
  /** The SYN-ACK comes in at the director, `after` seconds behind the SYN. */
  const race = (sharing: Partial<ClusterSharing>, after: number) =>
    lab({ rtt: 0.01, ...sharing }).play(
      `> S 0 ${DIRECTOR_1}`,
      `< SA 0 1 host=1 @${after} ${DIRECTOR_1}`,
      `> S 0 @1 ${DIRECTOR_1}`,
      `< SA 0 1 host=1 @1.001 ${DIRECTOR_1}`,
    )

  it('lets a SYN-ACK overtake the word of its owner: dropped, a reset to the server, and the next one passes', () => {
    const without = { randomSequenceNumber: false }
    expect(race(without, 0.004)).to.deep.equal(['forward', 'reject stream midstream', 'forward', 'forward'])
    expect(race(without, 0.005)).to.deep.equal(Array(4).fill('forward'))
  })

  it('counts that as a reject, once', () => {
    const cluster = lab({ rtt: 0.01, randomSequenceNumber: false })
    cluster.play(`> S 0 ${DIRECTOR_1}`, `< SA 0 1 host=1 ${DIRECTOR_1}`)
    expect(cluster.batch.emitted).to.have.lengthOf(1)
    expect(cluster.batch.emitted[0]).to.include({ cause: 1, to: 'sender', by: 1, seq: 1001 })
    expect(cluster.engine.counters(1)).to.include({
      ReceivedPackets: 1,
      DroppedPackets: 0,
      RejectedPackets: 1,
    })
  })

  it('reads the owner in the SYN cookie where there is one', () => {
    expect(race({}, 0)).to.deep.equal(Array(4).fill('forward'))
  })

  it('lets nobody but the director ask too early: the question takes as long as the word did', () => {
    const cluster = lab({ rtt: 0.01, randomSequenceNumber: false })
    expect(cluster.play(`> S 0 ${DIRECTOR_1}`, `< SA 0 1 host=2 ${DIRECTOR_1}`)).to.deep.equal([
      'forward',
      'forward',
    ])
  })

  it('keeps one owner of a connection whose SYN came to two nodes', () => {
    const cluster = lab({ delay: 5 })
    const again = [`> S 0 ${DIRECTOR_1}`, `> S 0 host=2 ${DIRECTOR_1}`, `< SA 0 1 host=1 ${DIRECTOR_1}`]
    expect(cluster.play(...again)).to.deep.equal(['forward', 'forward', 'forward'])
    expect([...cluster.batch.host.subarray(0, 3)]).to.deep.equal([0, 2, 0])
  })

  it('loses what is too long for the link, with 154 bytes of its own, and for GENEVE, with 306', () => {
    // 40 bytes of headers and 960 of data.
    const sent = (sharing: Partial<ClusterSharing>) => {
      const cluster = lab(sharing)
      cluster.play(...opening(DIRECTOR_1))
      const verdicts = cluster.play(
        `> A 1 1 len=960 host=1 ${DIRECTOR_1}`,
        `> A 961 1 len=10 host=1 ${DIRECTOR_1}`,
      )
      return [...verdicts, ...cluster.batch.host.subarray(0, 2)]
    }
    expect(sent({ linkMtu: 1154 })).to.deep.equal(['forward', 'forward', 0, 0])
    expect(sent({ linkMtu: 1153 })).to.deep.equal(['drop packet too big', 'forward', 253, 0])
    expect(sent({ geneveMtu: 1306 })).to.deep.equal(['forward', 'forward', 0, 0])
    expect(sent({ geneveMtu: 1305 })).to.deep.equal(['drop packet too big', 'forward', 253, 0])
    expect(sent({ geneveMtu: 1306, linkMtu: 1460 })).to.deep.equal(['forward', 'forward', 0, 0])
    expect(sent({ geneveMtu: 1306, linkMtu: 1459 })).to.deep.equal(['drop packet too big', 'forward', 253, 0])
  })

  it('drops packets at another node than the owner where they are not redirected', () => {
    const cluster = lab({ redirect: false })
    cluster.play(...opening(DIRECTOR_1))
    const packets = at(DIRECTOR_1, '> PA 1 1 len=10 host=1', '< PA 1 1 len=10 host=2', '> PA 1 1 len=10')
    expect(cluster.play(...packets)).to.deep.equal([...Array(2).fill('drop stream midstream'), 'forward'])
    expect([...cluster.batch.host.subarray(0, 3)]).to.deep.equal([1, 2, 0])
    expect(cluster.engine.counters(1)).to.include({ ReceivedPackets: 1, DroppedPackets: 1 })
    cluster.play('> UDP', '< UDP host=1')
    expect(cluster.batch.verdict[1]).to.equal(2)
  })

  it('forgets everything when it is reset', () => {
    const cluster = lab({}, 2)
    cluster.play(...opening(DIRECTOR_1))
    cluster.engine.apply({ kind: 'crash', host: 1, flow: 0 }, 0)
    cluster.engine.reset()
    expect(cluster.play(`> A 1 1 host=1 ${DIRECTOR_1}`)).to.deep.equal(['drop stream midstream'])
    cluster.play(`> S 0 ${DIRECTOR_1}`)
    expect(partsOf(cluster)).to.deep.equal(['0 owner, 1 director'])
  })
})

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
