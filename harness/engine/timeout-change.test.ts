import { expect } from 'chai'
import { NANOS_PER_SECOND } from '../model/batch.ts'
import { HANDSHAKE, Lab } from './example-engine.test.ts'

/** A lab in which a connection was opened at 0 and the time-out became `tcpIdle` at 10 s. */
function changed(profile: string, tcpIdle: number): Lab {
  const lab = new Lab({ profile })
  lab.play(...HANDSHAKE)
  lab.engine.apply({ kind: 'set-timeout', scope: 'hosts', tcpIdle }, 10 * NANOS_PER_SECOND)
  return lab
}

describe('engine: a TCP idle time-out that is configured anew', () => {
  it('AWS Network Firewall: what is established meets the exception policy', () => {
    expect(changed('aws-nfw', 600).play('> PA 1 1 len=10 @11')).to.deep.equal(['drop stream midstream'])
  })

  it('PAN-OS: what is established keeps its own, what is opened afterwards has the new one', () => {
    const lab = changed('panos', 60)
    expect(lab.play('> PA 1 1 len=10 @100', '< A 1 11 @100')).to.deep.equal(['forward', 'forward'])
    const opening = ['> S 0 port=50000 @100', '< SA 0 1 port=50000 @100', '> A 1 1 port=50000 @100']
    expect(lab.play(...opening)).to.deep.equal(['forward', 'forward', 'forward'])
    expect(lab.play('> PA 1 1 len=10 port=50000 @161')[0]).to.match(/^drop/)
    expect(lab.play('> PA 11 1 len=10 @3699')).to.deep.equal(['forward'])
    expect(lab.play('> PA 21 1 len=10 @7300')[0]).to.match(/^drop/)
  })

  it('Suricata: everything has the new one at once, shorter or longer', () => {
    expect(changed('suricata-7', 60).play('> PA 1 1 len=10 @70')).to.deep.equal(['drop stream midstream'])
    expect(changed('suricata-7', 6000).play('> PA 1 1 len=10 @5000')).to.deep.equal(['forward'])
  })

  it('Linux: an entry has the new one from its next packet on', () => {
    const lab = changed('linux-conntrack', 60)
    expect(lab.play('> A 1 1 @100')).to.deep.equal(['forward'])
    expect(lab.play('> A 1 1 @161')[0]).to.match(/^drop/)
  })

  it('is forgotten between cases', () => {
    const lab = changed('suricata-7', 60)
    lab.engine.reset()
    lab.play(...HANDSHAKE)
    expect(lab.play('> PA 1 1 len=10 @70')).to.deep.equal(['forward'])
  })
})

describe('engine: flows of others fill the tables of the hosts', () => {
  const full = (profile: string, lasts?: number) => {
    const lab = new Lab({ profile })
    lab.play(...HANDSHAKE)
    const kept = lasts === undefined ? {} : { lasts: lasts * NANOS_PER_SECOND }
    lab.engine.apply({ kind: 'fill-table', scope: 'hosts', ...kept }, 20 * NANOS_PER_SECOND)
    return lab
  }
  const fresh = '> S 0 port=50000 @20'

  it('a new flow is refused where nothing makes way, and what is known goes on', () => {
    const lab = full('linux-conntrack')
    expect(lab.play(fresh, '> PA 1 1 len=10 @20')).to.deep.equal(['drop flow table full', 'forward'])
    expect(lab.engine.counters(0).RefusedFlows).to.equal(1)
  })

  it('a new flow takes the place of the one that was silent for longest', () => {
    const lab = full('suricata-7')
    // The one that made way finds no room in its turn: all others had packets lately.
    expect(lab.play(fresh, '> PA 1 1 len=10 @20')).to.deep.equal(['forward', 'drop flow table full'])
    expect(lab.engine.counters(0).EvictedFlows).to.equal(1)
  })

  it('ends when it is said to', () => {
    const lab = full('linux-conntrack', 10)
    expect(lab.play('> S 0 port=50000 @31')).to.deep.equal(['forward'])
  })
})
