import { expect } from 'chai'
import { Lab } from '../../engine/example-engine.test.ts'
import type { SyncSharing } from '../../model/setup.ts'
import { readSharing } from '../../suite/setup/sharing.ts'
import { makeSetup } from '../../suite/setup.ts'
import { makeSync } from './sync.ts'

/** The settings of `sync` with these keys. */
function settings(keys: string): SyncSharing {
  const sharing = readSharing(
    `sync:${keys}`,
    { hosts: 2, loadBalancer: makeSetup().topology.loadBalancer, folder: '.' },
    (_path, message) => {
      throw new Error(message)
    },
  )
  if (sharing.kind !== 'sync') throw new Error('another sharing')
  return sharing
}

function lab(keys: string, profile = 'pf', hosts = 2): Lab {
  return new Lab({ profile, hosts, sharing: makeSync(settings(keys)) })
}

function crash(of: Lab, host: number, seconds: number): void {
  of.engine.apply({ kind: 'crash', host, flow: -1 }, seconds * 1e9)
}
function drain(of: Lab, host: number, seconds: number): void {
  of.engine.apply({ kind: 'drain', host, flow: -1 }, seconds * 1e9)
}

const OPENING = ['> S 0', '< SA 0 1 @0.1', '> A 1 1 @0.2'] as const
const DATA = '> PA 1 1 len=10 @0.3'
const AFTER = '> PA 11 1 len=10 @2 host=1'
const LOST = /^drop/

describe('sharing: sync', () => {
  it('tells of a session after the lag, and what is younger at a crash is lost', () => {
    const later = (lag: string, at: number) => {
      const pair = lab(`way=pfsync,lag=${lag}`)
      pair.play(...OPENING, DATA)
      crash(pair, 0, at)
      return pair.play(AFTER)[0]
    }
    expect(later('1s', 1.9)).to.equal('forward')
    expect(later('1s', 0.9)).to.match(LOST)
    expect(later('0s', 0.9)).to.equal('forward')
  })

  it('lets what is on its way arrive before a planned change', () => {
    const pair = lab('way=pfsync,lag=60s')
    pair.play(...OPENING, DATA)
    drain(pair, 0, 0.9)
    expect(pair.play(AFTER)).to.deep.equal(['forward'])
  })

  it('has one host take packets, until it leaves, or both', () => {
    const passive = lab('way=pfsync')
    passive.play(...OPENING)
    expect(passive.play('< PA 1 1 len=5 @1 host=1')).to.deep.equal(['drop target unreachable'])
    expect(passive.batch.parts).to.deep.equal([{ cause: 0, host: 1, part: 'standby' }])
    crash(passive, 0, 1.5)
    expect(passive.play('< PA 1 1 len=5 @2 host=1')).to.deep.equal(['forward'])
    const active = lab('way=pfsync,mode=active-active')
    active.play(...OPENING)
    expect(active.play('< PA 1 1 len=5 @1 host=1', '> A 1 6 @1')).to.deep.equal(['forward', 'forward'])
  })

  it('keeps what it was told of in an external cache until it takes over, or puts it into the table at once', () => {
    const reply = '< SA 0 1 @1 host=1'
    const keys = 'way=conntrackd,mode=active-active'
    const cached = lab(keys, 'linux-conntrack')
    cached.play('> S 0')
    expect(cached.play(reply)).to.deep.equal(['drop ct invalid'])
    crash(cached, 0, 2)
    expect(cached.play('< SA 0 1 @3 host=1')).to.deep.equal(['forward'])
    const direct = lab(`${keys},external-cache=false`, 'linux-conntrack')
    direct.play('> S 0')
    expect(direct.play(reply)).to.deep.equal(['forward'])
  })

  it('does not tell of connections that are being opened where it is not to', () => {
    const reply = (keys: string, ...before: readonly string[]) => {
      const pair = lab(`way=pfsync,${keys}`)
      pair.play(...before)
      crash(pair, 0, 1)
      return pair.play('< SA 0 1 @2 host=1')[0]
    }
    expect(reply('half-open=true', '> S 0')).to.equal('forward')
    expect(reply('half-open=false', '> S 0')).to.match(LOST)
    const pair = lab('way=pfsync,half-open=false')
    pair.play(...OPENING)
    crash(pair, 0, 1)
    expect(pair.play('> PA 1 1 len=10 @2 host=1')).to.deep.equal(['forward'])
  })

  it('does not tell of HTTP where it is not to, nor of what is not TCP', () => {
    const later = (keys: string) => {
      const pair = lab(keys, 'cisco-asa')
      pair.play(...OPENING)
      crash(pair, 0, 1)
      return pair.play('> PA 1 1 len=10 @2 host=1')[0]
    }
    expect(later('way=asa')).to.match(LOST)
    expect(later('way=asa,http=true')).to.equal('forward')
    const rules = [
      'drop udp any any -> any any (flow:not_established; sid:1;)',
      'pass udp any any -> any 80 (sid:2;)',
    ]
    const udp = (connectionless: boolean) => {
      const sharing = makeSync(settings(`way=fgsp,connectionless=${connectionless}`))
      const pair = new Lab({ profile: 'fortinet', sharing, rules, policy: { ruleOrder: 'strict' } })
      pair.play('> UDP')
      return pair.play('< UDP @1 host=1')[0]
    }
    expect([udp(true), udp(false)]).to.deep.equal(['forward', 'drop rules'])
  })

  it('tells of a session once it is old enough, though nothing more is sent', () => {
    const later = (seconds: number) => {
      const pair = lab('way=fgsp,pickup-delay=30s', 'fortinet')
      pair.play(...OPENING)
      crash(pair, 0, seconds)
      return pair.play(`> PA 1 1 len=10 @${seconds} host=1`)[0]
    }
    expect(later(29.9)).to.match(LOST)
    expect(later(30.1)).to.equal('forward')
  })

  it('holds the first packet for its peer, for 10 ms at most', () => {
    const reply = (keys: string) => {
      const pair = lab(`way=pfsync,mode=active-active,${keys}`)
      pair.play('> S 0')
      const { parts } = pair.batch
      return [pair.play('< SA 0 1 @0.001 host=1')[0], parts.map(({ part }) => part).join()]
    }
    expect(reply('lag=5ms')[0]).to.match(LOST)
    expect(reply('lag=5ms,defer=true')).to.deep.equal(['forward', 'deferred'])
    expect(reply('lag=10.5ms,defer=true')).to.deep.equal(['forward', 'deferred'])
    expect(reply('lag=20ms,defer=true')[0]).to.match(LOST)
  })

  it('loses updates, and repairs that as its protocol does', () => {
    const reply = (keys: string, seconds: number) => {
      const pair = lab(
        `way=conntrackd,mode=active-active,external-cache=false,lag=1s,lose=1,${keys}`,
        'linux-conntrack',
      )
      pair.play('> S 0')
      return pair.play(`< SA 0 1 @${seconds} host=1`)[0]
    }
    expect([reply('repair=resend', 1.9), reply('repair=resend', 2.1)]).to.deep.equal([
      'drop ct invalid',
      'forward',
    ])
    expect([reply('repair=none', 2.1), reply('repair=none', 40)]).to.deep.equal([
      'drop ct invalid',
      'drop ct invalid',
    ])
    expect([reply('repair=refresh', 15.9), reply('repair=refresh', 16.1)]).to.deep.equal([
      'drop ct invalid',
      'forward',
    ])
  })

  it('tells a host of another version less, or nothing', () => {
    const later = (version: string, line: string) => {
      const pair = lab(`way=pfsync,peer-version=${version},liberal=true`)
      pair.play(...OPENING, DATA)
      crash(pair, 0, 1)
      return pair.play('> A 11 1 @2 host=1', '< A 1 11 @2 host=1', line)
    }
    const inOrder = '> PA 11 1 len=5 @3 host=1'
    const far = '> PA 900000 1 len=5 @3 host=1'
    expect(later('same', inOrder)[2]).to.equal('forward')
    expect(later('same', far)[2]).to.match(LOST)
    expect(later('older', far)[2]).to.equal('forward')
    expect(later('incompatible', inOrder)[0]).to.match(LOST)
  })

  it('forgets what is gone: a session that was ended does not come back', () => {
    const pair = lab('way=conntrackd', 'linux-conntrack')
    pair.play('> S 0', '< RA 0 1 @1')
    crash(pair, 0, 2)
    expect(pair.play('< SA 0 1 @3 host=1')).to.deep.equal(['drop ct invalid'])
  })

  it('ends no session of others by refusing what it was not told of yet', () => {
    const pair = lab('way=pfsync,mode=active-active,lag=2s')
    pair.play(...OPENING)
    expect(pair.play('< PA 1 1 len=5 @1 host=1')[0]).to.match(LOST)
    expect(pair.play('> PA 1 1 len=10 @4')).to.deep.equal(['forward'])
  })

  it('tells a host that is back of everything, or of nothing', () => {
    const back = (resync: boolean) => {
      const pair = lab(`way=pfsync,resync=${resync}`)
      pair.play(...OPENING)
      crash(pair, 0, 1)
      pair.play('> PA 1 1 len=10 @2 host=1')
      pair.engine.apply({ kind: 'return' }, 3e9)
      return pair.play('> PA 11 1 len=10 @4')[0]
    }
    expect(back(true)).to.equal('forward')
    expect(back(false)).to.match(LOST)
  })

  it('tells a third host too, and after a reset nobody of anything', () => {
    const three = lab('way=pfsync', 'pf', 3)
    three.play(...OPENING, DATA)
    crash(three, 0, 1)
    crash(three, 1, 1.5)
    expect(three.play('> PA 11 1 len=10 @2 host=2')).to.deep.equal(['forward'])
    three.engine.reset()
    expect(three.play('> PA 11 1 len=10 @3')[0]).to.match(LOST)
  })

  it('makes no standby of the first host after a reset', () => {
    const pair = lab('way=pfsync')
    crash(pair, 0, 1)
    pair.engine.reset()
    expect(pair.play('> S 0')).to.deep.equal(['forward'])
  })

  describe('by events', () => {
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
        hosts.play(
          '< PA 1 11 len=20 @1 host=1',
          '< FA 21 11 @1.1 host=1',
          '> A 11 22 @1.2',
          '> FA 11 22 @1.3',
        ),
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
})
