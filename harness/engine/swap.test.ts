import { expect } from 'chai'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'

const DRAIN = { kind: 'drain', host: 0, flow: -1 } as const
const CRASH = { kind: 'crash', host: 0, flow: -1 } as const
const MISS = {
  drop: 'drop stream midstream',
  reject: 'reject stream midstream',
  continue: 'forward',
} as const
const LATER = { drop: 'drop flow drop', reject: 'drop flow drop', continue: 'forward' } as const

/** An established session at host 0, of which host 1 then gets the packets. */
function swapped(
  options: LabOptions,
  cause: typeof DRAIN | typeof CRASH = DRAIN,
  before: readonly string[] = HANDSHAKE,
): Lab {
  const lab = new Lab(options)
  lab.play(...before)
  lab.engine.apply(cause, 1e9)
  return lab
}

describe('engine: host swap without sharing (10.5)', () => {
  for (const exception of ['drop', 'reject', 'continue'] as const) {
    it(`${exception}: the next packet of either side is a miss (1, 2), the other side is not told`, () => {
      for (const [first, then] of [
        ['> PA 1 1 len=9 host=1', '< A 1 10 host=1'],
        ['< PA 1 1 len=9 host=1', '> A 1 10 host=1'],
      ] as const) {
        const lab = swapped({ exception })
        expect(lab.play(first, then)).to.deep.equal([MISS[exception], LATER[exception]])
        expect(lab.batch.emitted.map(({ cause, to }) => [cause, to])).to.deep.equal(
          exception === 'reject' ? [[0, 'sender']] : [],
        )
      }
    })

    it(`${exception}: during the handshake (4, 5), and the client's next SYN passes`, () => {
      const lab = swapped({ exception }, DRAIN, ['> S 0'])
      expect(lab.play('< SA 0 1 host=1')).to.deep.equal([MISS[exception]])
      expect(lab.play('> S 0 host=1', '< SA 0 1 host=1', '> A 1 1 host=1')).to.deep.equal(
        Array(3).fill('forward'),
      )
    })

    it(`${exception}: during the close (6) and with a RST first (7)`, () => {
      const closing = swapped({ exception }, DRAIN, [...HANDSHAKE, '> FA 1 1'])
      expect(closing.play('< FA 1 2 host=1')).to.deep.equal([
        exception === 'continue' ? 'drop stream error' : MISS[exception],
      ])
      const reset = swapped({ exception })
      expect(reset.play('> R 1 host=1', '< A 1 1 host=1')).to.deep.equal([
        'drop stream error',
        MISS[exception],
      ])
    })

    it(`${exception}: back to the first host (21, 22): its session still counts`, () => {
      const lab = swapped({ exception })
      lab.play('> PA 1 1 len=9 host=1')
      lab.engine.apply({ kind: 'return' }, 2e9)
      expect(lab.play('> PA 1 1 len=9', '< A 1 10')).to.deep.equal(['forward', 'forward'])
    })

    it(`${exception}: asymmetric from the start (16)`, () => {
      const lab = new Lab({ exception })
      expect(
        lab.play('> S 0', '< SA 0 1 host=1', '> A 1 1', '> PA 1 1 len=9', '< A 1 10 host=1'),
      ).to.deep.equal(['forward', MISS[exception], 'forward', 'forward', LATER[exception]])
    })

    it(`${exception}: one direction moves (19)`, () => {
      const lab = new Lab({ exception })
      lab.play(...HANDSHAKE)
      expect(lab.play('< PA 1 1 len=9 host=1', '> A 1 10', '< PA 1 1 len=9 host=1')).to.deep.equal([
        MISS[exception],
        'forward',
        LATER[exception],
      ])
    })
  }

  it('a host that crashed has lost its table', () => {
    expect(swapped({}, CRASH).play('> PA 1 1 len=9')).to.deep.equal([MISS.drop])
    expect(swapped({}, DRAIN).play('> PA 1 1 len=9')).to.deep.equal(['forward'])
  })
})

describe('engine: host swap with replication (10.4)', () => {
  const sharing = 'replication'
  for (const exception of ['drop', 'reject', 'continue'] as const) {
    it(`${exception}: planned drain is a hit, both ways, without policy`, () => {
      const lab = swapped({ exception, sharing })
      const lines = [
        '> PA 1 1 len=9 host=1',
        '< PA 1 10 len=9 host=1',
        '> FA 10 10 host=1',
        '< FA 10 11 host=1',
      ]
      expect(lab.play(...lines, '> A 11 11 host=1')).to.deep.equal(Array(5).fill('forward'))
      expect(lab.engine.counters(1).StreamExceptionPolicyPackets).to.equal(0)
      expect(lab.batch.emitted).to.deep.equal([])
    })

    it(`${exception}: a crash is a miss`, () => {
      expect(swapped({ exception, sharing }, CRASH).play('> PA 1 1 len=9 host=1')).to.deep.equal([
        MISS[exception],
      ])
    })
  }

  it('a session that moved on after the snapshot passes, and its RST too', () => {
    const lab = swapped({ sharing })
    lab.play('> PA 1 1 len=50000', '< PA 1 50001 len=50000', '> A 50001 50001')
    expect(lab.play('> PA 90001 90001 len=9 host=1', '< RA 90001 90010 host=1')).to.deep.equal([
      'forward',
      'forward',
    ])
  })

  it('importLiberal off: the same RST is an error', () => {
    const lab = swapped({ sharing, knobs: { importLiberal: false } })
    expect(lab.play('> PA 90001 90001 len=9 host=1', '< RA 90001 90010 host=1')).to.deep.equal([
      'forward',
      'drop stream error',
    ])
  })

  it('a handshake that ended after the snapshot goes on', () => {
    const lab = swapped({ sharing }, DRAIN, ['> S 0', '< SA 0 1'])
    expect(lab.play('< PA 1 10 len=9 host=1', '> PA 10 10 len=9 host=1')).to.deep.equal([
      'forward',
      'forward',
    ])
  })

  it('half a session that only the client goes on with passes to its end, whatever the numbers of the server', () => {
    for (const isn of [0, 2_000_000_000, 3_000_000_000]) {
      const lab = swapped({ sharing }, DRAIN, ['> S 0'])
      const ack = isn + 1
      const lines = [`> A 1 ${ack}`, `> PA 1 ${ack} len=9`, `> FA 10 ${ack + 500}`, `> A 11 ${ack + 501}`]
      expect(lab.play(...lines.map((line) => `${line} host=1`)), `${isn}`).to.deep.equal(
        Array(4).fill('forward'),
      )
    }
  })

  it('until the other side has been seen what it would have told is believed, and no other reset', () => {
    const lab = swapped({ sharing, profile: 'pf' })
    const half = [
      '> PA 1 1 len=9 host=1',
      '> A 10 90001 host=1',
      '> PA 10 180001 len=9 host=1',
      '> R 90001 host=1',
    ]
    expect(lab.play(...half)).to.deep.equal(['forward', 'forward', 'forward', 'drop stream error'])
    expect(lab.play('< A 180001 19 host=1', '> A 19 300001 host=1')).to.deep.equal([
      'forward',
      'drop stream error',
    ])
  })

  it('each side is believed once only', () => {
    const lab = swapped({ sharing })
    lab.play('> PA 1 1 len=9 host=1', '< A 1 10 host=1')
    expect(lab.play('> R 90001 host=1')).to.deep.equal(['drop stream error'])
  })

  it('marks are copied, without another reset; not if the knob says so', () => {
    const marked = ['> A 1 1', '> A 1 1']
    const lab = swapped({ exception: 'reject', sharing }, DRAIN, marked)
    expect(lab.play('< A 1 1 host=1')).to.deep.equal(['drop flow drop'])
    const knobs = { dropMarkReplicated: false } as const
    expect(swapped({ sharing, knobs }, DRAIN, marked).play('< A 1 1 host=1')).to.deep.equal([MISS.drop])
  })

  it('what expired or was created later is not copied', () => {
    const lab = new Lab({ sharing })
    lab.play(...HANDSHAKE)
    lab.engine.apply(DRAIN, 400e9)
    expect(lab.play('> A 1 1 host=1 @400')).to.deep.equal([MISS.drop])
  })

  it('a host that is out of service gets nothing, one that is restored does', () => {
    const lab = new Lab({ sharing })
    lab.engine.apply({ kind: 'drain', host: 1, flow: -1 }, 0)
    lab.play(...HANDSHAKE)
    lab.engine.apply(DRAIN, 1e9)
    expect(lab.play('> A 1 1 host=1')).to.deep.equal([MISS.drop])
    lab.engine.apply({ kind: 'restore', host: 0 }, 2e9)
    lab.engine.apply({ kind: 'restore', host: 1 }, 2e9)
    lab.engine.apply(DRAIN, 3e9)
    expect(lab.play('> PA 1 1 len=3 host=1 @3')).to.deep.equal(['drop flow drop'])
  })

  it('a host keeps what it has seen later itself', () => {
    const lab = new Lab({ sharing })
    lab.play(...HANDSHAKE, '> A 77 77 host=1 @5')
    lab.engine.apply(DRAIN, 6e9)
    expect(lab.play('> PA 1 1 len=3 host=1 @6')).to.deep.equal(['drop flow drop'])
  })

  it('UDP keeps its direction', () => {
    const rules = ['drop udp any any -> any any (flow:to_client; sid:1;)']
    const shared = swapped({ sharing, rules }, DRAIN, ['> UDP'])
    expect(shared.play('< UDP host=1')).to.deep.equal(['drop rules'])
    const alone = swapped({ rules }, DRAIN, ['> UDP'])
    expect(alone.play('< UDP host=1')).to.deep.equal(['forward'])
  })
})
