import { expect } from 'chai'
import { Lab } from './example-engine.test.ts'

const ERROR = 'drop stream error'

describe('engine: timestamps (10.6)', () => {
  const SYNS = ['> S 0 ts=100/0', '< SA 0 1 ts=500/100', '> A 1 1 ts=101/500'] as const

  it('an older value is an error on ACK, data, FIN and RST; one less is not', () => {
    const lab = new Lab()
    lab.play(...SYNS)
    expect(
      lab.play('> A 1 1 ts=99/500', '> PA 1 1 len=5 ts=99/500', '> FA 1 1 ts=99/500', '> R 1 ts=99/500'),
    ).to.deep.equal(Array(4).fill(ERROR))
    expect(lab.play('> PA 1 1 len=5 ts=100/500')).to.deep.equal(['forward'])
  })

  it('the value 0 is an error, no timestamp at all is not', () => {
    const lab = new Lab()
    lab.play(...SYNS)
    expect(lab.play('> PA 1 1 len=5 ts=0/500', '> PA 1 1 len=5')).to.deep.equal([ERROR, 'forward'])
  })

  it('wraps', () => {
    const lab = new Lab()
    lab.play('> S 0 ts=4294967290/0', '< SA 0 1 ts=500/4294967290', '> A 1 1 ts=4294967295/500')
    expect(lab.play('> PA 1 1 len=5 ts=3/500', '> A 6 1 ts=3/500')).to.deep.equal(['forward', 'forward'])
  })

  it('counts only if both SYNs had it', () => {
    const lab = new Lab()
    lab.play('> S 0 ts=100/0', '< SA 0 1', '> A 1 1 ts=101/500')
    expect(lab.play('> PA 1 1 len=5 ts=7/500')).to.deep.equal(['forward'])
  })

  it('a SYN-ACK must echo a SYN that was sent, be it an earlier one', () => {
    expect(new Lab().play('> S 0 ts=100/0', '< SA 0 1 ts=500/77')).to.deep.equal(['forward', ERROR])
    expect(new Lab().play('> S 0 ts=100/0', '> S 0 ts=200/0', '< SA 0 1 ts=500/100')).to.deep.equal(
      Array(3).fill('forward'),
    )
    expect(new Lab().play('> S 0 ts=100/0', '> S 0 ts=200/0', '< SA 0 1 ts=500/300')[2]).to.equal(ERROR)
    expect(new Lab().play('> S 0', '< SA 0 1 ts=500/300')[1]).to.equal(ERROR)
  })
})

describe('engine: another SYN-ACK', () => {
  it('counts once it is acknowledged, and the server has not said anything by that', () => {
    const lab = new Lab()
    lab.play('> S 0 ts=100/0', '< SA 2000000000 1 ts=500/100', '< SA 0 1 ts=500/100')
    // What is from before the first byte is passed over, however old, as long as the application is not told.
    const lines = ['> PA 1 1 len=40 ts=101/500', '> PA -99 1 len=40 ts=9/500', '> PA 41 1 len=40 ts=9/500']
    expect(lab.play(...lines)).to.deep.equal(['forward', 'forward', ERROR])
  })
})

describe('engine: the handshake', () => {
  it('SYN-ACK with another number acknowledged, from the wrong side, or repeated otherwise: errors', () => {
    expect(new Lab().play('> S 0', '< SA 0 2', '> SA 0 1')).to.deep.equal(['forward', ERROR, ERROR])
    expect(new Lab().play('> S 0', '< SA 0 1', '< SA 0 9', '> SA 0 1', '< S 3', '> S 3')).to.deep.equal([
      'forward',
      'forward',
      ERROR,
      ERROR,
      ERROR,
      ERROR,
    ])
  })

  it('data of the server before the ACK of the client: an error, as the ACK has not come by', () => {
    const lab = new Lab()
    lab.play('> S 0', '< SA 0 1')
    expect(lab.play('< PA 1 1 len=10', '< A 1 1', '> A 1 1', '< PA 1 1 len=10')).to.deep.equal([
      ERROR,
      ERROR,
      'forward',
      'forward',
    ])
  })

  it('the last ACK must be of the right number; it may come later than data that was lost', () => {
    const lab = new Lab()
    lab.play('> S 0', '< SA 0 1')
    expect(lab.play('> A 1 2', '> A 1000000 1', '> PA 101 1 len=10', '> R 111')).to.deep.equal([
      ERROR,
      ERROR,
      'forward',
      'forward',
    ])
  })

  it('refused: RST-ACK to the SYN passes and closes, another RST does not', () => {
    expect(new Lab().play('> S 0', '< RA -5000 2', '< RA 7 1', '> R 1', '< RA -5000 1')).to.deep.equal([
      'forward',
      ERROR,
      ERROR,
      'forward',
      'forward',
    ])
  })

  it('a refusal that the server does not keep to was forged: the session goes on', () => {
    const lab = new Lab()
    lab.play('> S 0', '< RA -5000 1', '> S 0')
    expect(lab.play('< SA 0 1', '> A 1 1', '> S 77')).to.deep.equal(['forward', 'forward', ERROR])
  })

  it('both sides send a SYN', () => {
    const lab = new Lab()
    const lines = ['> S 0', '< S 0', '> SA 0 1', '< A 1 1', '> PA 1 1 len=5', '< PA 1 6 len=5', '> S 99']
    expect(lab.play(...lines)).to.deep.equal([...Array(6).fill('forward'), ERROR])
  })

  it('windows are scaled only if both SYNs offered it', () => {
    const far = '> FA 200001 1'
    const both = new Lab()
    both.play('> S 0 scale=7', '< SA 0 1 scale=7', '> A 1 1', '< A 1 1 win=60000')
    expect(both.play(far)).to.deep.equal(['forward'])
    const one = new Lab()
    one.play('> S 0 scale=7', '< SA 0 1', '> A 1 1', '< A 1 1 win=60000')
    expect(one.play(far)).to.deep.equal([ERROR])
  })
})

describe('engine: one side only (2.8)', () => {
  it('client to server: forwarded, never established, no policy', () => {
    const lab = new Lab({ rules: ['drop tcp any any -> any any (flow:established; sid:1;)'] })
    expect(lab.play('> S 0', '> A 1 1', '> PA 1 1 len=9', '> FA 10 1')).to.deep.equal(
      Array(4).fill('forward'),
    )
    expect(lab.engine.counters(0).StreamExceptionPolicyPackets).to.equal(0)
  })

  it('taken as it is until the other side is seen, which may have been before', () => {
    const lab = new Lab({ knobs: { asyncOneside: true } })
    expect(
      lab.play('> S 0', '< A 1 7', '> PA 1 1 len=9', '< A 1 1 len=40', '> A 1 41', '< FA 41 1'),
    ).to.deep.equal(['forward', ERROR, 'forward', 'forward', 'forward', ERROR])
  })

  it('data that goes on alone is heard: nothing of the session is lost, and no RST is believed for that', () => {
    const lab = new Lab({ knobs: { asyncOneside: true } })
    lab.play('> S 0', '> PA 1 1 len=1', '> PA 2 1 len=9', '< A 1 11')
    expect(lab.play('< R 5000', '> R 5000')).to.deep.equal([ERROR, ERROR])
  })

  it('data half of the number space away begins after what it ends before: what it leads to is taken for acknowledged', () => {
    const lab = new Lab({
      exception: 'continue',
      profile: 'suricata-7',
      knobs: { asyncOneside: true, continueMode: 'pickup' },
    })
    expect(lab.play('> PA 3 1 len=1000', '> PA -2147483647 1 len=2', '> FA 1 1')).to.deep.equal(
      Array(3).fill('forward'),
    )
  })

  it('server to client: the SYN-ACK meets the policy', () => {
    expect(new Lab().play('< SA 0 1', '< PA 1 1 len=9')).to.deep.equal([
      'drop stream midstream',
      'drop flow drop',
    ])
  })
})
