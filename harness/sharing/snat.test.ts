import { expect } from 'chai'
import { HANDSHAKE, Lab } from '../engine/example-engine.test.ts'
import { snat } from './snat.ts'

const lab = (exception: 'drop' | 'continue' = 'drop') =>
  new Lab({ profile: 'linux-conntrack', exception, sharing: snat })
const leave = (of: Lab, kind: 'drain' | 'crash', seconds: number) =>
  of.engine.apply({ kind, host: 0, flow: -1 }, seconds * 1e9)

describe('sharing: snat', () => {
  it('brings answers back to the host that translated, by whatever way they come', () => {
    const pair = lab()
    expect(pair.play('> S 0', '< SA 0 1 host=1', '> A 1 1', '< PA 1 1 len=5 host=1')).to.deep.equal(
      Array(4).fill('forward'),
    )
    expect([...pair.batch.host.subarray(0, 4)]).to.deep.equal([0, 0, 0, 0])
    expect(pair.batch.parts.map(({ cause, host, part }) => `${cause} ${host} ${part}`)).to.deep.equal([
      '1 0 translator',
      '3 0 translator',
    ])
  })

  it('does so while its host is drained, and for UDP', () => {
    const pair = lab()
    pair.play(...HANDSHAKE, '> UDP')
    leave(pair, 'drain', 1)
    expect(pair.play('< PA 1 1 len=5 host=1 @2', '< UDP host=1 @2')).to.deep.equal(['forward', 'forward'])
    expect([...pair.batch.host.subarray(0, 2)]).to.deep.equal([0, 0])
  })

  it('loses what is sent to a host that has crashed, also when that is back', () => {
    const pair = lab('continue')
    pair.play(...HANDSHAKE)
    leave(pair, 'crash', 1)
    expect(pair.play('< PA 1 1 len=5 host=1 @2')).to.deep.equal(['drop target unreachable'])
    pair.engine.apply({ kind: 'return' }, 3e9)
    expect(pair.play('< PA 1 1 len=5 @4')).to.deep.equal(['drop target unreachable'])
  })

  it('makes no connection of another host its own: what that lets pass has another source', () => {
    const pair = lab('continue')
    pair.play(...HANDSHAKE)
    leave(pair, 'crash', 1)
    expect(pair.play('> PA 1 1 len=5 host=1 @2', '< A 1 6 host=1 @2')).to.deep.equal([
      'forward',
      'drop target unreachable',
    ])
    expect(pair.batch.parts).to.deep.equal([{ cause: 0, host: 1, part: 'new source' }])
    expect(lab().play(...HANDSHAKE, '> PA 1 1 len=5 host=1')[3]).to.equal('drop ct invalid')
  })

  it("brings a server's reset about a new source back to the host that gave it, and no other reset", () => {
    const pair = new Lab({ profile: 'pf', exception: 'continue', sharing: snat })
    pair.play(...HANDSHAKE)
    leave(pair, 'crash', 1)
    expect(pair.play('> PA 1 1 len=5 host=1 @2', '< R 2 host=0 @2', '< R 1 host=0 @2')).to.deep.equal([
      'forward',
      'drop target unreachable',
      'forward',
    ])
    expect(pair.batch.host[2]).to.equal(1)
    leave(pair, 'crash', 3)
    pair.engine.apply({ kind: 'crash', host: 1, flow: -1 }, 3e9)
    expect(pair.play('< R 1 host=0 @4')).to.deep.equal(['drop target unreachable'])
  })

  it('translates anew what is opened anew, and UDP with each host that lets it pass', () => {
    const pair = lab()
    pair.play(...HANDSHAKE, '> UDP')
    leave(pair, 'crash', 1)
    const anew = ['> S 900 host=1 @2', '< SA 700 901 @2', '> UDP host=1 @3', '< UDP @3']
    expect(pair.play(...anew)).to.deep.equal(Array(4).fill('forward'))
    expect([...pair.batch.host.subarray(0, 4)]).to.deep.equal([1, 1, 1, 1])
  })

  it('knows no translation after a reset, nor of what was not let pass', () => {
    const pair = lab()
    pair.play(...HANDSHAKE)
    pair.engine.reset()
    expect(pair.play('< SA 0 1 host=1')).to.deep.equal(['drop ct invalid'])
    expect(pair.batch.host[0]).to.equal(1)
    pair.play('> PA 1 1 len=5')
    pair.play('< A 1 6 host=1')
    expect(pair.batch.host[0]).to.equal(1)
  })
})
