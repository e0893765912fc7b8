import { expect } from 'chai'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'

const ERROR = 'drop stream error'

/** An established session; windows of 60,000 both ways. */
function established(options: LabOptions = {}): Lab {
  const lab = new Lab(options)
  expect(lab.play(...HANDSHAKE)).to.deep.equal(['forward', 'forward', 'forward'])
  return lab
}

/** After 1,000 bytes each way, acknowledged. */
function busy(options: LabOptions = {}): Lab {
  const lab = established(options)
  lab.play('> PA 1 1 len=1000', '< PA 1 1001 len=1000', '> A 1001 1001')
  return lab
}

describe('engine: packets of an established session (10.6)', () => {
  const forwarded = {
    'data in the window': '> PA 1001 1001 len=100',
    'a pure ACK': '> A 1001 1001',
    'a retransmission': '> PA 1 1001 len=1000',
    'a part of a retransmission': '> PA 501 1001 len=1000',
    'a retransmission older than the window': '> PA -100000 1001 len=100',
    'data beyond the window': '> PA 500001 1001 len=100',
    'an ACK of unseen data': '> A 1001 5001',
    'an ACK beyond the limit': '> A 1001 200001',
    'an ACK far behind': '> A 1001 -100000',
    'a keepalive': '> A 1000 1001',
    'a keepalive with a byte': '> A 1000 1001 len=1',
    'a window update': '> A 1001 1001 win=100',
    'a closed window': '> A 1001 1001 win=0',
    'no flags at all': '> . 1001',
  }
  for (const [name, line] of Object.entries(forwarded)) {
    it(`${name}: forwarded`, () => {
      const lab = busy()
      expect(lab.play(line, '< PA 1001 1001 len=10')).to.deep.equal(['forward', 'forward'])
    })
  }

  it('windowCheck strict drops what is outside, and does not move on by it', () => {
    const lab = busy({ knobs: { windowCheck: 'strict' } })
    expect(
      lab.play(
        '> PA 500001 1001 len=100',
        '> A 1001 200001',
        '> PA -100000 1001 len=100',
        '> PA 1001 1001 len=5',
      ),
    ).to.deep.equal([ERROR, ERROR, ERROR, 'forward'])
  })

  it('windowCheck liberal takes what is beyond the window into account', () => {
    const lines = ['> PA 500001 1001 len=100 win=65000', '< FA 65000 1001'] as const
    expect(busy().play(...lines)).to.deep.equal(['forward', ERROR])
    expect(busy({ knobs: { windowCheck: 'liberal' } }).play(...lines)).to.deep.equal(['forward', 'forward'])
  })

  it('SYN, and SYN-ACK from the client: errors', () => {
    const lab = busy()
    expect(lab.play('> S 0', '> S 9', '< S 9', '> SA 0 1')).to.deep.equal(Array(4).fill(ERROR))
  })

  it('the SYN-ACK again is right until the server has said more', () => {
    const lab = established()
    expect(lab.play('< SA 0 1', '< SA 7 1', '< SA 0 2', '< A 1 1', '< SA 0 1')).to.deep.equal([
      'forward',
      ERROR,
      ERROR,
      'forward',
      ERROR,
    ])
  })

  it('keepalives and their answers are no news, whatever their window', () => {
    const lab = busy()
    expect(lab.play('< A 1000 1001', '> A 1001 1001 win=60000', '> R 1001')).to.deep.equal(
      Array(3).fill('forward'),
    )
  })

  it('a zero-window probe and its answer', () => {
    const lab = busy()
    const lines = ['> A 1001 1001 win=0', '< A 1001 1001 len=1', '> A 1001 1001 win=0', '< R 1001']
    expect(lab.play(...lines)).to.deep.equal(Array(4).fill('forward'))
  })

  it('a window update that would close the window on data in flight changes nothing', () => {
    const lab = busy()
    lab.play('> A 1101 1101 win=10')
    expect(lab.play('< FPA 1001 1001 len=100')).to.deep.equal(['forward'])
  })
})

describe('engine: RST on a session (10.6)', () => {
  it('exact: passes and closes, whatever comes after is forwarded', () => {
    for (const rst of ['> R 1001', '> RA 1001 1001', '< RA 1001 1001']) {
      const lab = busy()
      expect(lab.play(rst, '> PA 9 9 len=5', '< A 77 77', '> FA 1 1', '> R 3')).to.deep.equal(
        Array(5).fill('forward'),
      )
    }
  })

  it('not exact, out of the window, or with an incredible ACK: an error, and the session goes on', () => {
    const lab = busy()
    expect(lab.play('> R 1000', '> R 1002', '> R 900000', '> RA 1001 200001', '> S 5')).to.deep.equal(
      Array(5).fill(ERROR),
    )
  })

  it('rstValidation window: anywhere in the window', () => {
    const knobs = { rstValidation: 'window' } as const
    expect(busy({ knobs }).play('> R 1002')).to.deep.equal(['forward'])
    expect(busy({ knobs }).play('> R 1000')).to.deep.equal([ERROR])
    expect(busy({ knobs }).play('> R 100000')).to.deep.equal([ERROR])
  })

  it('data beyond the window spoils a later exact RST, since the next number is moved first', () => {
    expect(busy().play('> PA 500001 1001 len=100', '> R 1001')).to.deep.equal(['forward', ERROR])
  })

  it('is closed for the closed time-out', () => {
    const lab = busy()
    lab.play('> R 1001 @0')
    expect(lab.play('> A 1001 1001 @60')).to.deep.equal(['forward'])
    expect(lab.play('> A 1001 1001 @121')).to.deep.equal(['drop stream midstream'])
  })
})

describe('engine: FIN and what follows (10.6)', () => {
  const closings = {
    'client first': ['> FA 1001 1001', '< A 1001 1002', '< FA 1001 1002', '> A 1002 1002'],
    'server first': ['< FA 1001 1001', '> A 1001 1002', '> FA 1001 1002', '< A 1002 1002'],
    'both at once': ['> FA 1001 1001', '< FA 1001 1001', '> A 1002 1002', '< A 1002 1002'],
    'in three': ['> FA 1001 1001', '< FA 1001 1002', '> A 1002 1002'],
    'server first, in three': ['< FA 1001 1001', '> FA 1001 1002', '< A 1002 1002'],
    'half close by the client': [
      '> FA 1001 1001',
      '< A 1001 1002',
      '< PA 1001 1002 len=99',
      '> A 1002 1100',
      '< FA 1100 1002',
      '> A 1002 1101',
    ],
    'half close by the server': [
      '< FA 1001 1001',
      '> A 1001 1002',
      '> PA 1001 1002 len=99',
      '< A 1002 1100',
      '> FA 1100 1002',
      '< A 1002 1101',
    ],
    'FINs repeated': [
      '> FA 1001 1001',
      '> FA 1001 1001',
      '< FA 1001 1002',
      '< FA 1001 1002',
      '> A 1002 1002',
    ],
  }
  for (const [name, lines] of Object.entries(closings)) {
    it(`${name}: forwarded to the end`, () => {
      expect(busy().play(...lines)).to.deep.equal(lines.map(() => 'forward'))
    })
  }

  it('FIN out of the window, of data not sent, or with an incredible ACK: errors', () => {
    expect(
      busy().play('> FA 500001 1001', '> FA 1 1001', '> FA 1001 200001', '> FA 1001 1001'),
    ).to.deep.equal([ERROR, ERROR, ERROR, 'forward'])
  })

  it('SYN with FIN: an error from the client, a FIN from the server (run, Suricata 7.0.10)', () => {
    expect(busy().play('> SFA 1001 1001')).to.deep.equal([ERROR])
    expect(busy().play('< SFA 1001 1001')).to.deep.equal(['forward'])
  })

  const states = {
    FIN_WAIT1: ['< FA 1001 1001'],
    FIN_WAIT2: ['< FA 1001 1001', '> A 1001 1002'],
    TIME_WAIT: ['< FA 1001 1001', '> FA 1001 1002'],
    CLOSING: ['< FA 1001 1001', '> F 1001'],
    CLOSE_WAIT: ['> FA 1001 1001'],
    LAST_ACK: ['> FA 1001 1001', '< FA 1001 1002'],
  }
  for (const [state, lines] of Object.entries(states)) {
    it(`${state}: an ACK of unseen data and data beyond the window are errors, and so is a SYN-ACK`, () => {
      const lab = busy()
      lab.play(...lines)
      expect(lab.play('> A 1002 200001', '> PA 500001 1002 len=9', '< SA 0 1')).to.deep.equal(
        Array(3).fill(ERROR),
      )
    })
  }

  it('LAST_ACK does not look at what the server sends', () => {
    const lab = busy()
    lab.play(...states.LAST_ACK)
    expect(lab.play('< PA 900000 900000 len=9')).to.deep.equal(['forward'])
  })

  it('after the last ACK the session is closed: anything passes, for the closed time-out', () => {
    const lab = busy()
    lab.play(...closings['client first'])
    expect(lab.play('> PA 99999 9 len=5 @60', '> PA 99999 9 len=5 @121')).to.deep.equal([
      'forward',
      'drop stream midstream',
    ])
  })
})
