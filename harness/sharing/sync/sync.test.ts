import { expect } from 'chai'
import { Lab } from '../../engine/example-engine.test.ts'
import { crash, DATA, drain, lab, OPENING, settings } from './example-sync.test.ts'
import { makeSync } from './sync.ts'

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
})
