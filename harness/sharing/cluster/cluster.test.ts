import { expect } from 'chai'
import type { Lab } from '../../engine/example-engine.test.ts'
import { at, DIRECTOR_0_BACKUP_2, DIRECTOR_1, lab, opening, partsOf } from './example-cluster.test.ts'

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
