import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { getProfile } from '../profile/index.ts'
import { dissect } from '../wire/dissect.ts'
import { HANDSHAKE, Lab, type LabOptions } from './example-engine.test.ts'

/*
 * Rows of the decision tables for systems other than Suricata, written by hand: 10.1 to 10.3 without session, the strict-window
 * column of 10.6 with one.
 */
const MISS = 'drop stream midstream'
const REJECT = 'reject stream midstream'
const ERROR = 'drop stream error'
const NOT_SYN = ['panos', 'cisco-asa', 'cisco-cluster', 'fortinet', 'checkpoint', 'juniper-srx', 'pf']
const STRICT = ['panos', 'cisco-asa', 'cisco-cluster', 'fortinet', 'juniper-srx', 'pf']

function play(options: LabOptions, ...lines: string[]): string[] {
  return new Lab(options).play(...lines)
}

/** The lab of a profile set by one of its switches. */
function switched(profile: string, name: RegExp): LabOptions {
  const found = getProfile(profile).switches.find((each) => name.test(each.name))
  if (found === undefined) throw new Error(`${profile} has no switch ${name}`)
  return { profile, knobs: found.knobs, ...(found.policy === undefined ? {} : { exception: found.policy }) }
}

/** A session in which both sides have sent 100,000 bytes, all of them acknowledged, with windows of 60,000. */
function busy(options: LabOptions): Lab {
  const lab = new Lab(options)
  lab.play(...HANDSHAKE, '> PA 1 1 len=50000', '< A 1 50001', '> PA 50001 1 len=50000', '< A 1 100001')
  lab.play('< PA 1 100001 len=50000', '> A 100001 50001', '< PA 50001 100001 len=50000', '> A 100001 100001')
  return lab
}

describe('engine: profiles without a session (10.1, 10.2, 10.3)', () => {
  for (const profile of NOT_SYN) {
    it(`${profile}: everything but a SYN is dropped in silence, each packet by itself, and a SYN opens`, () => {
      const first = [
        '< SA 0 1',
        '> A 1 1',
        '> PA 1 1 len=9',
        '> FA 1 1',
        '> R 1',
        '> RA 1 1',
        '> .',
        '< PA 1 1',
      ]
      for (const line of first) expect(play({ profile }, line), line).to.deep.equal([MISS])
      const lab = new Lab({ profile })
      expect(lab.play(...first)).to.deep.equal(first.map(() => MISS))
      expect(lab.batch.emitted).to.deep.equal([])
      expect(lab.play(...HANDSHAKE, '> PA 1 1 len=9')).to.deep.equal(Array(4).fill('forward'))
      expect(play({ profile }, '> UDP', '< UDP', '> PING')).to.deep.equal(Array(3).fill('forward'))
    })

    it(`${profile}: an answer that never passes is no session, what the client sends meanwhile is dropped (10.5/17)`, () => {
      const expected = profile === 'checkpoint' ? 'forward' : ERROR
      expect(play({ profile }, '> S 0', '> A 1 1', '> PA 1 1 len=9')).to.deep.equal([
        'forward',
        expected,
        expected,
      ])
    })
  }

  it('pf block return: a reset for each packet, by the numbers of RFC 9293, none for a reset', () => {
    const lab = new Lab(switched('pf', /block-policy return/))
    expect(lab.play('> PA 1 1 len=9', '> PA 10 1 len=9', '< A 1 9', '> R 1')).to.deep.equal([
      REJECT,
      REJECT,
      REJECT,
      MISS,
    ])
    expect(lab.batch.emitted.map(({ cause, to }) => [cause, to])).to.deep.equal([
      [0, 'sender'],
      [1, 'sender'],
      [2, 'sender'],
    ])
    for (const { frame } of lab.batch.emitted) expect(dissect(frame, Link.ethernet).flags).to.equal(4)
  })

  it('pf flags any and FortiOS without SYN pick a connection up', () => {
    const rules = ['drop tcp any any -> any any (flow:established; sid:1;)']
    for (const options of [switched('pf', /^flags any/), switched('fortinet', /without-syn all/)])
      expect(play({ ...options, rules }, '> A 1 1', '< PA 1 1 len=9')).to.deep.equal([
        'forward',
        'drop rules',
      ])
  })

  it('a RST is not picked up', () => {
    expect(play(switched('pf', /^flags any/), '> R 1', '> RA 1 1', '> A 1 1')).to.deep.equal([
      MISS,
      MISS,
      'forward',
    ])
  })

  it('pf without block rule passes without state; FortiOS data-only waits for data', () => {
    const rules = ['drop tcp any any -> any any (flow:established; sid:1;)']
    const implicit = switched('pf', /implicit pass/)
    expect(play({ ...implicit, rules }, '> A 1 1', '< A 1 1')).to.deep.equal(['forward', 'forward'])
    const dataOnly = switched('fortinet', /data-only/)
    expect(play(dataOnly, '> A 1 1', '> PA 1 1 len=9', '< A 1 10')).to.deep.equal([
      MISS,
      'forward',
      'forward',
    ])
  })

  it('FortiOS asymroute routes past the rules', () => {
    const rules = ['drop ip any any -> any any (sid:1;)']
    const options = { ...switched('fortinet', /asymroute/), rules }
    expect(play(options, '> A 1 1', '> S 0')).to.deep.equal(['forward bypass', 'drop rules'])
  })

  it('AWS documentation: data after an idle time-out is dropped, and a SYN opens', () => {
    const lab = new Lab({ ...switched('aws-nfw', /after an idle/), exception: 'reject' })
    lab.play(...HANDSHAKE)
    expect(lab.play('> PA 1 1 len=9 @400', '< A 1 10 @470', '> S 90 @470')).to.deep.equal([
      ERROR,
      ERROR,
      'forward',
    ])
    expect(lab.batch.emitted).to.deep.equal([])
    expect(new Lab({ ...switched('aws-nfw', /after an idle/) }).play('> A 1 1')).to.deep.equal([MISS])
  })

  it('suricata-6.0.9: a SYN to the server of a marked flow stays dropped, one from it opens', () => {
    const profile = 'suricata-6.0.9'
    expect(play({ profile }, '> A 1 1', '> S 90')).to.deep.equal([MISS, 'drop flow drop'])
    expect(play({ profile }, '> A 1 1', '< S 90')).to.deep.equal([MISS, 'forward'])
    expect(play({ profile: 'suricata-7' }, '> A 1 1', '> S 90')).to.deep.equal([MISS, 'forward'])
  })
})

describe('engine: profiles with strict windows (10.6)', () => {
  for (const profile of STRICT) {
    const lines = (...each: string[]) => busy({ profile }).play(...each)
    it(`${profile}: forwards what is in the window, and a retransmission of up to a window ago`, () => {
      expect(lines('> PA 100001 100001 len=60000')).to.deep.equal(['forward'])
      expect(lines('> PA 60001 100001 len=1000', '< A 100001 100001')).to.deep.equal(['forward', 'forward'])
      expect(lines('> A 100000 100001', '> PA 100000 100001 len=1')).to.deep.equal(['forward', 'forward'])
      expect(lines('< A 100001 50001')).to.deep.equal(['forward'])
    })

    it(`${profile}: drops what is outside, which changes nothing`, () => {
      expect(
        lines(
          '> PA 30001 100001 len=1000',
          '> PA 100001 100001 len=60001',
          '> PA 170001 100001 len=9',
          '> A 100001 180001',
          '> FA 170001 100001',
          '> S 500000',
          '< SA 0 1',
          '> PA 100001 100001 len=9',
        ),
      ).to.deep.equal([...Array(7).fill(ERROR), 'forward'])
    })

    it(`${profile}: in a closing session too; both FINs and their acknowledgements end it`, () => {
      expect(
        lines(
          '> FA 100001 100001',
          '> PA 170000 100001 len=9',
          '< A 100001 100002',
          '< PA 100001 100002 len=9',
        ),
      ).to.deep.equal(['forward', ERROR, 'forward', 'forward'])
      const close = ['> FA 100001 100001', '< FA 100001 100002', '> A 100002 100002']
      const after = profile === 'pf' ? [ERROR, 'forward'] : ['forward', 'forward']
      expect(lines(...close, '> S 500000', '> S 500000')).to.deep.equal([
        ...Array(3).fill('forward'),
        ...after,
      ])
    })

    it(`${profile}: an exact RST ends the session, one outside the window does not`, () => {
      expect(lines('> R 300001', '> PA 100001 100001 len=9')).to.deep.equal([ERROR, 'forward'])
      expect(lines('> R 100001')).to.deep.equal(['forward'])
      const closed = busy({ profile })
      closed.play('> R 100001')
      expect(closed.play('> PA 100001 100001 len=9 @200')).to.deep.equal([MISS])
    })

    it(`${profile}: scaled windows count, a SYN's own is not scaled`, () => {
      const scaled = ['> S 0 win=1000 scale=3', '< SA 0 1 win=1000 scale=4', '> A 1 1 win=1000']
      expect(
        play({ profile }, ...scaled, '> PA 1 1 len=1001', '< A 1 1 win=1000', '> PA 1 1 len=16000'),
      ).to.deep.equal([...Array(3).fill('forward'), ERROR, 'forward', 'forward'])
      expect(play({ profile }, ...scaled, '< PA 1 1 len=8001', '< PA 1 1 len=8000').slice(3)).to.deep.equal([
        ERROR,
        'forward',
      ])
    })
  }

  it('a RST in the window but not exact: pf and ASA drop it, pf passes one off by one, others obey it', () => {
    const answers = (profile: string, seq: number) =>
      busy({ profile }).play(`> R ${seq}`, '> S 500000', '> PA 100001 100001 len=9')
    expect(answers('pf', 100_003)[0]).to.equal(ERROR)
    expect(answers('pf', 100_002)[0]).to.equal('forward')
    expect(answers('cisco-asa', 100_002)).to.deep.equal([ERROR, ERROR, 'forward'])
    expect(answers('fortinet', 100_003)).to.deep.equal(['forward', 'forward', ERROR])
    expect(answers('panos', 100_003)).to.deep.equal(['forward', ERROR, 'forward'])
  })

  it('panos: a session with an unverified RST lives on for 30 s', () => {
    const pending = (seconds: number) => {
      const lab = busy({ profile: 'panos' })
      lab.play('> R 100003')
      return lab.play(`> PA 100001 100001 len=9 @${seconds}`)[0]
    }
    expect([pending(30), pending(30.5)]).to.deep.equal(['forward', MISS])
  })

  it('an acknowledgement may run ahead by 67,035 bytes in pf', () => {
    const lab = () => busy({ profile: 'pf' })
    expect(lab().play('> A 100001 167036')).to.deep.equal(['forward'])
    expect(lab().play('> A 100001 167037')).to.deep.equal([ERROR])
    expect(lab().play('> A 100001 32966')).to.deep.equal(['forward'])
    expect(lab().play('> A 100001 32965')).to.deep.equal([ERROR])
  })

  const loose: readonly [string, RegExp, string[]][] = [
    ['pf', /sloppy/, []],
    ['fortinet', /anti-replay disable/, []],
    ['juniper-srx', /no-sequence-check/, []],
    ['panos', /asymmetric-path bypass/, []],
  ]
  for (const [profile, name] of loose)
    it(`${profile} ${name.source}: windows stop nothing`, () => {
      const lab = busy(switched(profile, name))
      expect(lab.play('> PA 900001 100001 len=9', '> A 100001 900001')).to.deep.equal(['forward', 'forward'])
    })

  it('pf sloppy and ASA state bypass make a session of one direction', () => {
    const rules = ['drop tcp any any -> any any (flow:established; sid:1;)']
    for (const options of [switched('pf', /sloppy/), switched('cisco-asa', /state-bypass/)])
      expect(play({ ...options, rules }, '> S 0', '> A 1 1', '> PA 1 1 len=9')).to.deep.equal([
        'forward',
        'forward',
        'drop rules',
      ])
  })

  it('checkpoint passes a SYN on a live session', () => {
    expect(busy({ profile: 'checkpoint' }).play('> S 500000', '> PA 100001 100001 len=9')).to.deep.equal([
      'forward',
      'forward',
    ])
  })
})
