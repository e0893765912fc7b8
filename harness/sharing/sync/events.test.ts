import { expect } from 'chai'
import { crash, DATA, drain, lab, OPENING } from './example-sync.test.ts'

describe('sharing: sync by events', () => {
  const ACTIVE = 'way=conntrackd,mode=active-active,external-cache=false'
  const pair = (keys = ACTIVE) => lab(keys, 'linux-conntrack')
  const INVALID = 'drop ct invalid'

  it('tells of no data, so that the host that was left drops what acknowledges it', () => {
    const hosts = pair()
    hosts.play(...OPENING, DATA)
    expect(hosts.play('< PA 1 11 len=20 @1 host=1', '> A 11 21 @1.1')).to.deep.equal(['forward', INVALID])
  })

  it('brings the entry that another host has to a new state, with windows that it checks no more', () => {
    const hosts = pair()
    hosts.play(...OPENING, DATA)
    expect(
      hosts.play('< PA 1 11 len=20 @1 host=1', '< FA 21 11 @1.1 host=1', '> A 11 22 @1.2', '> FA 11 22 @1.3'),
    ).to.deep.equal(Array(4).fill('forward'))
  })

  it('lets a connection be opened by two hosts', () => {
    const lines = ['> S 0', '< SA 0 1 @1 host=1', '> A 1 1 @2', '> PA 1 1 len=9 @3', '< A 1 10 @4 host=1']
    expect(pair().play(...lines)).to.deep.equal(Array(5).fill('forward'))
  })

  it('counts the time-out from when it was told, and gives a minute to what is committed after it', () => {
    const later = (keys: string, seconds: number) => {
      const hosts = pair(keys)
      // The SYN-ACK is told of for 60 s; one that is sent again is no change.
      hosts.play('> S 0', '< SA 0 1 @0.1', '< SA 0 1 @50')
      crash(hosts, 0, 70)
      return hosts.play(`> A 1 1 @${seconds} host=1`)[0]
    }
    expect(later(ACTIVE, 71)).to.equal(INVALID)
    expect(later('way=conntrackd', 129)).to.equal('forward')
    expect(later('way=conntrackd', 131)).to.equal(INVALID)
  })

  it('tells that an entry has ended by itself, which ends the one that another host goes on with', () => {
    const hosts = pair()
    // Data that is not acknowledged is kept for 300 s.
    hosts.play(...OPENING, DATA, '< A 1 11 @1 host=1')
    const verdicts = hosts.play('> PA 11 1 len=5 @299 host=1', '> PA 16 1 len=5 @302 host=1')
    expect(verdicts).to.deep.equal(['forward', INVALID])
    const cached = pair('way=conntrackd')
    cached.play(...OPENING, DATA)
    drain(cached, 0, 1)
    expect(cached.play('> PA 11 1 len=5 @299 host=1', '> PA 16 1 len=5 @302 host=1')).to.deep.equal([
      'forward',
      'forward',
    ])
  })

  it('has who takes over tell of all that it has', () => {
    const hosts = pair('way=conntrackd')
    hosts.play(...OPENING, DATA)
    drain(hosts, 0, 1)
    hosts.play('< PA 1 11 len=20 @2 host=1', '> A 11 21 @2.1 host=1')
    hosts.engine.apply({ kind: 'return' }, 3e9)
    expect(hosts.play('> PA 11 21 len=5 @4', '< A 21 16 @4.1')).to.deep.equal(['forward', 'forward'])
  })

  it('tells of ICMP queries and of their first answers', () => {
    const answer = (at: number, ...lines: readonly string[]) => {
      const hosts = pair()
      hosts.play('> PING', ...lines)
      return hosts.play(`< PONG @${at} host=1`)[0]
    }
    expect(answer(29)).to.equal('forward')
    expect(answer(31)).to.equal(INVALID)
    expect(answer(45, '< PONG @20')).to.equal('forward')
    expect(answer(45, '< PONG @1', '> PING @20')).to.equal(INVALID)
    const cached = pair('way=conntrackd')
    cached.play('> PING')
    drain(cached, 0, 1)
    expect(cached.play('< PONG @2 host=1')).to.deep.equal(['forward'])
  })
})
