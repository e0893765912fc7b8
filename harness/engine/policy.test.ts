import { expect } from 'chai'
import { HANDSHAKE, Lab } from './example-engine.test.ts'

const POLICIES = ['drop', 'reject', 'continue'] as const
const FIRST = { drop: 'drop stream midstream', reject: 'reject stream midstream' } as const

/** What the exception policy counted at host 0. */
function invocations(lab: Lab): number {
  return lab.engine.counters(0).StreamExceptionPolicyPackets ?? 0
}

describe('engine: first packet without session (10.1)', () => {
  const calling = {
    'SYN+ACK': '< SA 0 1',
    ACK: '> A 100 100',
    keepalive: '> A 99 100',
    data: '> PA 100 100 len=50',
    'data from the server': '< PA 100 100 len=50',
  }
  for (const [name, line] of Object.entries(calling)) {
    for (const exception of POLICIES) {
      it(`${name}: policy ${exception} applies once`, () => {
        const lab = new Lab({ exception })
        expect(lab.play(line)).to.deep.equal([exception === 'continue' ? 'forward' : FIRST[exception]])
        expect(invocations(lab)).to.equal(1)
        expect(lab.batch.emitted).to.have.lengthOf(exception === 'reject' ? 1 : 0)
      })
    }
  }

  for (const flags of ['F', 'FA', 'FPA']) {
    it(`${flags}: policy, and an error of the stream where that continues`, () => {
      for (const exception of POLICIES) {
        const lab = new Lab({ exception })
        const expected = exception === 'continue' ? 'drop stream error' : FIRST[exception]
        expect(lab.play(`> ${flags} 100 100`)).to.deep.equal([expected])
        expect(invocations(lab)).to.equal(1)
      }
    })
  }

  for (const flags of ['R', 'RA']) {
    it(`${flags}: an error of the stream without policy, mark or reset`, () => {
      for (const exception of POLICIES) {
        const lab = new Lab({ exception })
        expect(lab.play(`> ${flags} 100 100`)).to.deep.equal(['drop stream error'])
        expect(invocations(lab)).to.equal(0)
        expect(lab.batch.emitted).to.deep.equal([])
        expect(lab.play('> A 100 100')).to.not.deep.equal(['drop flow drop'])
      }
    })
  }

  for (const line of ['> S 0', '> . 100', '> PU 100', '> UDP', '< UDP', '> PING', '< PONG']) {
    it(`${line}: no policy`, () => {
      for (const exception of POLICIES) {
        const lab = new Lab({ exception })
        expect(lab.play(line)).to.deep.equal(['forward'])
        expect(invocations(lab)).to.equal(0)
      }
    })
  }

  it('SYN with FIN is a FIN, SYN+ACK with FIN too', () => {
    expect(new Lab({ exception: 'continue' }).play('> SF 0')).to.deep.equal(['drop stream error'])
    expect(new Lab({ exception: 'continue' }).play('< SAF 0 1')).to.deep.equal(['drop stream error'])
  })
})

describe('engine: later packets of a missed flow (10.2)', () => {
  for (const exception of ['drop', 'reject'] as const) {
    it(`${exception}: both directions and all kinds, without policy or reset again`, () => {
      const lab = new Lab({ exception })
      const later = [
        '> A 100 100',
        '< PA 100 100 len=9',
        '> FA 100 100',
        '< R 100',
        '< RA 100 100',
        '> PA 100 100 len=9',
      ]
      expect(lab.play('> PA 100 100 len=9', ...later)).to.deep.equal([
        FIRST[exception],
        ...later.map(() => 'drop flow drop'),
      ])
      expect(invocations(lab)).to.equal(1)
      expect(lab.batch.emitted).to.have.lengthOf(exception === 'reject' ? 1 : 0)
      expect(lab.engine.counters(0)).to.include({
        DroppedPackets: later.length + (exception === 'drop' ? 1 : 0),
        RejectedPackets: exception === 'reject' ? 1 : 0,
      })
    })

    it(`${exception}: dropped packets keep the mark alive, a silence longer than the time-out ends it`, () => {
      const lab = new Lab({ exception })
      expect(lab.play('> A 1 1 @0', '> A 1 1 @60', '> A 1 1 @120', '> A 1 1 @181')).to.deep.equal([
        FIRST[exception],
        'drop flow drop',
        'drop flow drop',
        FIRST[exception],
      ])
      expect(lab.batch.emitted).to.have.lengthOf(exception === 'reject' ? 2 : 0)
    })
  }

  it('a mark that dropped packets do not keep alive (knob)', () => {
    const lab = new Lab({ knobs: { dropMarkRefreshesIdle: false } })
    expect(lab.play('> A 1 1 @0', '> A 1 1 @60', '> A 1 1 @61')).to.deep.equal([
      FIRST.drop,
      'drop flow drop',
      FIRST.drop,
    ])
  })

  it('continue: each packet by itself, each counted', () => {
    const lab = new Lab({ exception: 'continue' })
    expect(lab.play('> A 1 1', '< PA 1 1 len=9', '> FA 1 1', '< R 1', '> PA 1 1 len=9')).to.deep.equal([
      'forward',
      'forward',
      'drop stream error',
      'drop stream error',
      'forward',
    ])
    expect(invocations(lab)).to.equal(4)
  })
})

describe('engine: pick-up (knob continueMode)', () => {
  const pickup = { exception: 'continue', knobs: { continueMode: 'pickup' } } as const

  it('makes a session of the first ACK, counted once', () => {
    const lab = new Lab({ ...pickup, rules: ['drop tcp any any -> any any (flow:established; sid:1;)'] })
    expect(lab.play('> PA 100 100 len=9', '< A 100 109')).to.deep.equal(['forward', 'drop rules'])
    expect(invocations(lab)).to.equal(1)
  })

  it('does not check windows but does check resets', () => {
    const lab = new Lab(pickup)
    expect(
      lab.play('> PA 100 100 len=9', '< PA 100 109 len=9', '> PA 900109 109 len=9', '> R 5'),
    ).to.deep.equal(['forward', 'forward', 'forward', 'drop stream error'])
  })

  it('picks up a SYN-ACK with its receiver as client', () => {
    const lab = new Lab({ ...pickup, rules: ['drop tcp any any -> any any (flow:to_server; sid:1;)'] })
    expect(lab.play('< SA 0 1', '> A 1 1')).to.deep.equal(['forward', 'drop rules'])
  })

  it('drops a pure FIN, picks up one with data', () => {
    expect(new Lab(pickup).play('> FA 100 100')).to.deep.equal(['drop stream error'])
    const lab = new Lab(pickup)
    expect(lab.play('> FPA 100 100 len=9', '< A 100 110')).to.deep.equal(['forward', 'forward'])
    expect(invocations(lab)).to.equal(1)
  })
})

describe('engine: what a miss does by other knobs', () => {
  it('rstOnMiss: policy, without answering a RST by a RST', () => {
    const lab = new Lab({ exception: 'reject', knobs: { rstOnMiss: 'policy' } })
    expect(lab.play('> R 100', '> A 100 1')).to.deep.equal(['drop stream midstream', 'drop flow drop'])
    expect(lab.batch.emitted).to.deep.equal([])
  })

  it('rstOnMiss: rules', () => {
    expect(new Lab({ knobs: { rstOnMiss: 'rules' } }).play('> R 100')).to.deep.equal(['forward'])
  })

  it('finOnMiss: rules after the policy', () => {
    const knobs = { finOnMiss: 'policyThenRules' } as const
    expect(new Lab({ exception: 'continue', knobs }).play('> FA 1 1')).to.deep.equal(['forward'])
    expect(new Lab({ exception: 'drop', knobs }).play('> FA 1 1')).to.deep.equal([FIRST.drop])
  })

  for (const [target, fromClient, fromServer] of [
    ['source', ['sender'], ['sender']],
    ['client', ['sender'], ['receiver']],
    ['both', ['sender', 'receiver'], ['sender', 'receiver']],
  ] as const) {
    it(`rejectTarget ${target}`, () => {
      const towards = (...lines: string[]) => {
        const lab = new Lab({ exception: 'reject', knobs: { rejectTarget: target } })
        lab.play(...lines)
        return lab.batch.emitted.map(({ to }) => to)
      }
      expect(towards('> A 1 1')).to.deep.equal(fromClient)
      // A packet without ACK made the flow first, so that here the server is not taken for the client.
      expect(towards('> . 1', '< A 1 1')).to.deep.equal(fromServer)
    })
  }
})

describe('engine: fresh SYN on a known tuple (10.3)', () => {
  for (const exception of POLICIES) {
    for (const [first, syn] of [
      ['> A 100 100', '> S 900'],
      ['> A 100 100', '< S 900'],
      ['< SA 0 1', '> S 900'],
    ] as const) {
      it(`${exception}: after ${first}, ${syn} makes a new flow`, () => {
        const lab = new Lab({ exception })
        lab.play(first, '> A 100 100')
        expect(lab.play(syn)).to.deep.equal(['forward'])
      })
    }
  }

  it('lets the handshake complete after it', () => {
    const lab = new Lab()
    lab.play('> A 900 900')
    expect(lab.play(...HANDSHAKE, '> PA 1 1 len=5')).to.deep.equal(Array(4).fill('forward'))
  })

  it('synReuseOnNullSession off: only from the server', () => {
    const knobs = { synReuseOnNullSession: false } as const
    expect(new Lab({ knobs }).play('> A 1 1', '> S 900')).to.deep.equal([FIRST.drop, 'drop flow drop'])
    expect(new Lab({ knobs }).play('> A 1 1', '< S 900')).to.deep.equal([FIRST.drop, 'forward'])
  })

  it('on an established session: dropped, whatever the number, and the session goes on', () => {
    const lab = new Lab()
    lab.play(...HANDSHAKE)
    expect(lab.play('> S 900', '> S 0', '< S 900', '> PA 1 1 len=5')).to.deep.equal([
      'drop stream error',
      'drop stream error',
      'drop stream error',
      'forward',
    ])
  })

  it('synOnLiveSession: ignore, or reset', () => {
    const ignore = new Lab({ knobs: { synOnLiveSession: 'ignore' } })
    ignore.play(...HANDSHAKE)
    expect(ignore.play('> S 900', '> PA 1 1 len=5')).to.deep.equal(['forward', 'forward'])
    const reset = new Lab({ knobs: { synOnLiveSession: 'reset' } })
    reset.play(...HANDSHAKE)
    expect(reset.play('> S 900', '< SA 0 901')).to.deep.equal(['forward', 'forward'])
  })

  it('the same SYN again: passes while the session opens', () => {
    const lab = new Lab()
    expect(lab.play('> S 0', '> S 0', '< SA 0 1', '> S 0', '< SA 0 1')).to.deep.equal(
      Array(5).fill('forward'),
    )
  })

  const closing = {
    closed: ['> R 1'],
    CLOSE_WAIT: ['> FA 1 1'],
    LAST_ACK: ['> FA 1 1', '< A 1 2', '< FA 1 2'],
    CLOSING: ['< FA 1 1', '> F 1'],
  }
  for (const [state, lines] of Object.entries(closing)) {
    it(`in ${state}: another SYN makes a new flow, the old one again does not`, () => {
      const lab = new Lab()
      lab.play(...HANDSHAKE, ...lines)
      expect(lab.play('> S 0')).to.deep.equal([state === 'closed' ? 'forward' : 'drop stream error'])
      expect(lab.play('> S 900', '< SA 0 901', '> A 901 1')).to.deep.equal(Array(3).fill('forward'))
    })
  }

  for (const [state, lines] of Object.entries({
    FIN_WAIT1: ['< FA 1 1'],
    TIME_WAIT: ['< FA 1 1', '> FA 1 2'],
  })) {
    it(`in ${state}: a SYN is dropped (run, Suricata 7.0.10)`, () => {
      const lab = new Lab()
      lab.play(...HANDSHAKE, ...lines)
      expect(lab.play('> S 900')).to.deep.equal(['drop stream error'])
    })
  }

  it('the trap: a challenge ACK passes, its RST does not', () => {
    const lab = new Lab()
    lab.play('> A 700 700')
    expect(lab.play('> S 0', '< A 700 700', '> R 700')).to.deep.equal([
      'forward',
      'forward',
      'drop stream error',
    ])
  })
})
