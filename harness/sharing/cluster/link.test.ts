import { expect } from 'chai'
import type { ClusterSharing } from '../../model/setup.ts'
import { at, DIRECTOR_1, lab, opening, partsOf } from './example-cluster.test.ts'

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
