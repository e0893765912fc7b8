import { expect } from 'chai'
import { Link } from '../../model/codes.ts'
import { writeTransportChecksum } from '../../wire/checksum.ts'
import { dissect } from '../../wire/dissect.ts'
import { type ExamplePacket, HANDSHAKE, Lab, type LabOptions, packet } from '../example-engine.test.ts'
import { CtOptions } from './options.ts'

/** Plays lines with right checksums, without which nothing is answered by a reset. */
function play(options: LabOptions, ...lines: readonly string[]): string[] {
  return lab(options).play(...lines.map((line) => checked(line, options)))
}

function lab(options: LabOptions): Lab {
  return new Lab({ profile: 'linux-conntrack', ...options })
}

function checked(line: string, options: LabOptions = {}): ExamplePacket {
  const made = packet(line, options.frames)
  const { bytes } = made
  const { l3, l4, protocol } = dissect(bytes, Link.ethernet)
  writeTransportChecksum(bytes, l3, l4, bytes.length, protocol)
  return made
}

/** What becomes of the last of these packets. */
function last(options: LabOptions, ...lines: readonly string[]): string | undefined {
  return play(options, ...lines).at(-1)
}

const INVALID = 'drop ct invalid'

describe('conntrack', () => {
  it('lets a connection be opened, used and closed', () => {
    const lines = [...HANDSHAKE, '> PA 1 1 len=10', '< A 1 11', '> FA 11 1', '< FA 1 12', '> A 12 2']
    expect(new Set(play({}, ...lines))).to.deep.equal(new Set(['forward']))
    expect(new Set(play({ frames: { family: 'ipv6' } }, ...lines))).to.deep.equal(new Set(['forward']))
  })

  it('judges by the policy what has no entry and opens none, each packet anew', () => {
    expect(play({}, '> A 1 1', '< SA 0 1', '> FA 1 1', '> R 1', '> . 1')).to.deep.equal(
      Array(5).fill(INVALID),
    )
    const rejected = play({ exception: 'reject' }, '> A 1 1', '> A 1 1', '< PA 1 1 len=3', '> R 1')
    expect(rejected).to.deep.equal([...Array(3).fill('reject ct invalid'), INVALID])
    expect(play({ exception: 'continue' }, '> R 1', '< SA 0 1')).to.deep.equal(['forward', 'forward'])
  })

  it('drops what is invalid whatever the policy says, where the rules do', () => {
    const options = { exception: 'continue', knobs: { invalid: 'drop' } } as const
    expect(play(options, '> R 1', '< SA 0 1', '> FA 1 1')).to.deep.equal([INVALID, INVALID, INVALID])
  })

  it('picks up under continue, and then checks no window', () => {
    const options = { exception: 'continue', knobs: { invalid: 'drop' } } as const
    expect(play(options, '> A 1 1', '< PA 900000 1 len=5', '> A 1 -70000')).to.deep.equal(
      Array(3).fill('forward'),
    )
    const strict = { ...options, knobs: { ...options.knobs, continueMode: 'untracked' } } as const
    expect(play(strict, '> A 1 1', '< A 1 1')).to.deep.equal([INVALID, INVALID])
  })

  it('keeps to the windows of an open connection', () => {
    expect(last({}, ...HANDSHAKE, '> PA 200000 1 len=10')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '> A 1 500')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '> PA 200000 1 len=10', '> PA 1 1 len=10')).to.equal('forward')
    expect(last({ knobs: { windowCheck: 'liberal' } }, ...HANDSHAKE, '> A 1 500')).to.equal('forward')
  })

  it('lets a little more than the window pass, and a retransmission of what is long acknowledged', () => {
    const small = ['> S 0 win=1000', '< SA 0 1 win=1000', '> A 1 1 win=1000']
    expect(last({}, ...small, '> PA 1100 1 len=10 win=1000', '< A 1 1110 win=1000')).to.equal('forward')
    const far = Array.from({ length: 4 }, (_, n) => [
      `> PA ${1 + n * 900} 1 len=900 win=1000`,
      `< A 1 ${901 + n * 900} win=1000`,
    ])
    expect(last({}, ...small, ...far.flat(), '> PA 1 1 len=900 win=1000')).to.equal('forward')
  })

  it('needs both SYNs to offer scaling', () => {
    const scaled = ['> S 0 scale=7', '< SA 0 1 scale=7', '> A 1 1 win=1000']
    expect(last({}, ...scaled, '< PA 100000 1 len=10')).to.equal('forward')
    const half = ['> S 0 scale=7', '< SA 0 1', '> A 1 1 win=1000']
    expect(last({}, ...half, '< PA 100000 1 len=10')).to.equal(INVALID)
  })

  it('takes a scale of more than 14 for 14, and of several the last', () => {
    const scaled = ['> S 0 scale=200', '< SA 0 1 scale=0', '> A 1 1 win=1000']
    expect(last({}, ...scaled, '< PA 16000000 1 len=10')).to.equal('forward')
    expect(last({}, ...scaled, '< PA 33000000 1 len=10')).to.equal(INVALID)
    const options = new CtOptions()
    const scaleOf = (...bytes: number[]) => {
      const header = Uint8Array.from([
        ...Array<number>(12).fill(0),
        (5 + bytes.length / 4) << 4,
        ...Array(7),
        ...bytes,
      ])
      options.look(new DataView(header.buffer), 0, header.length)
      return options.windowScale()
    }
    expect(scaleOf(3, 3, 7, 0)).to.equal(7)
    expect(scaleOf(3, 3, 255, 1, 1, 3, 3, 2)).to.equal(2)
    expect(scaleOf(3, 3, 5, 3, 4, 9, 9, 1)).to.equal(5)
    expect(scaleOf(3, 3, 5, 3, 3, 9, 0, 0)).to.equal(9)
    expect(scaleOf(1, 3, 3, 0, 3, 9, 0, 0)).to.equal(0)
    expect(scaleOf(1, 1, 1, 1)).to.equal(-1)
  })

  it('closes by a RST that is exact, or comes right behind data; keeps the entry by another one', () => {
    const after = ['> S 900 @1', '< SA 900 901 @1', '> A 901 901 @1']
    expect(play({}, ...HANDSHAKE, '> R 100', ...after).slice(-3)).to.deep.equal(Array(3).fill('forward'))
    expect(last({}, ...HANDSHAKE, '> R 100', '> A 1 1 @9')).to.equal('forward')
    expect(last({}, ...HANDSHAKE, '> R 100', '> A 1 1 @10')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '< A 1 1', '> R -5')).to.equal(INVALID)
    const ignores = { knobs: { ignoreInvalidReset: true } } as const
    expect(last(ignores, ...HANDSHAKE, '< A 1 1', '> R 0')).to.equal('forward')
  })

  it('forgets half a connection with its reset, and does not let a SYN keep it', () => {
    expect(last({}, '> S 0', '< RA 0 1', '< SA 0 1')).to.equal(INVALID)
    expect(last({}, '> S 0', '> S 0 @100', '< SA 0 1 @119')).to.equal('forward')
    expect(last({}, '> S 0', '> S 0 @100', '< SA 0 1 @120')).to.equal(INVALID)
  })

  it('is put right by the answer to a SYN that did not fit', () => {
    const reopened = ['> S 900000', '< SA 700000 900001', '> A 900001 700001']
    expect(last({}, ...HANDSHAKE, ...reopened, '< PA 700001 900001 len=5')).to.equal('forward')
    expect(last({}, ...HANDSHAKE, '> S 900000', '< A 1 1', '> A 900001 1')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '> S 900000', '< RA 0 900001', '< A 1 1 @9')).to.equal('forward')
    expect(last({}, ...HANDSHAKE, '> S 900000', '< RA 0 900001', '< A 1 1 @10')).to.equal(INVALID)
  })

  it('opens again what is in TIME_WAIT, from either side', () => {
    const closed = [...HANDSHAKE, '> FA 1 1', '< FA 1 2', '> A 2 2']
    expect(play({}, ...closed, '> S 900', '< SA 800 901', '> A 901 801').slice(-3)).to.deep.equal(
      Array(3).fill('forward'),
    )
    expect(play({}, ...closed, '< S 800', '> SA 900 801', '< A 801 901').slice(-3)).to.deep.equal(
      Array(3).fill('forward'),
    )
  })

  it('does not take a challenge for the last ACK', () => {
    const last2 = [...HANDSHAKE, '> FA 1 1', '< FA 1 2', '> S 900']
    // LAST_ACK ends after 30 s; TIME_WAIT, which the ACK would have led to, after 120.
    expect(last({}, ...last2, '< A 2 2', '> A 2 2 @29')).to.equal('forward')
    expect(last({}, ...last2, '< A 2 2', '> A 2 2 @30')).to.equal(INVALID)
  })

  it('lets an entry live for its time-out, less the instant of its end', () => {
    expect(last({}, ...HANDSHAKE, '> A 1 1 @431999.999')).to.equal('forward')
    expect(last({}, ...HANDSHAKE, '> A 1 1 @432000')).to.equal(INVALID)
    expect(last({ policy: { tcpIdle: 350 } }, ...HANDSHAKE, '> A 1 1 @350')).to.equal(INVALID)
    const unacknowledged = [...HANDSHAKE, '> PA 1 1 len=5']
    expect(last({}, ...unacknowledged, '< A 1 6 @299')).to.equal('forward')
    expect(last({}, ...unacknowledged, '< A 1 6 @300')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '< A 1 1 win=0', '> A 1 1 @300')).to.equal(INVALID)
  })

  it('does not keep for days what both sides close outside the windows', () => {
    const far = [...HANDSHAKE, '> FA 900000 1', '< FA 900000 1']
    expect(last({}, ...far, '> A 1 1 @299')).to.equal('forward')
    expect(last({}, ...far, '> A 1 1 @300')).to.equal(INVALID)
    expect(last({}, ...HANDSHAKE, '> FA 900000 1', '> FA 900000 1', '> A 1 1 @300')).to.equal('forward')
  })

  it('closes a connection itself by the reset that it sends about what is invalid there', () => {
    const lines = [...HANDSHAKE, '< A 1 1', '> PA 900000 1 len=5']
    expect(last({ exception: 'reject' }, ...lines)).to.equal('reject ct invalid')
    expect(last({ exception: 'reject' }, ...lines, '> A 1 1 @9')).to.equal('forward')
    expect(last({ exception: 'reject' }, ...lines, '> A 1 1 @10')).to.equal('reject ct invalid')
    expect(last({ exception: 'drop' }, ...lines, '> A 1 1 @10')).to.equal('forward')
  })

  it('answers no packet whose checksum is wrong, and calls it invalid where it looks at that', () => {
    const wrong = packet('> A 1 1')
    expect(lab({ exception: 'reject' }).play(wrong)).to.deep.equal([INVALID])
    const looks = lab({ knobs: { badChecksum: 'invalid' } })
    expect(looks.play(checked('> S 0'), packet('> S 0'))).to.deep.equal(['forward', INVALID])
    const blind = lab({ exception: 'reject', knobs: { badChecksum: 'ignore' } })
    expect(blind.play(wrong)).to.deep.equal(['reject ct invalid'])
  })

  it('makes entries of UDP and of ICMP queries, whose answers need them', () => {
    expect(play({}, '> UDP', '< UDP', '> PING', '< PONG', '< PONG @29')).to.deep.equal(
      Array(5).fill('forward'),
    )
    expect(play({}, '< PONG', '> PING', '> PONG')).to.deep.equal([INVALID, 'forward', INVALID])
    expect(last({}, '> PING', '< PONG @30')).to.equal(INVALID)
  })

  it('hands its entries to another host, which checks no window of them', () => {
    const shared = lab({ sharing: 'replication' })
    shared.play(...[...HANDSHAKE, '> PING'].map((line) => checked(line)))
    shared.engine.apply({ kind: 'drain', host: 0, flow: -1 }, 1e9)
    const lines = [
      '> PA 900000 1 len=5 host=1 @2',
      '< A 1 900005 host=1 @2',
      '< PONG host=1 @2',
      '< UDP host=1 @2',
    ]
    expect(shared.play(...lines.map((line) => checked(line)))).to.deep.equal(Array(4).fill('forward'))
    const alone = lab({})
    alone.play(...[...HANDSHAKE, '> PING'].map((line) => checked(line)))
    expect(alone.play(checked('> A 1 1 host=1'), checked('< PONG host=1'))).to.deep.equal([INVALID, INVALID])
  })

  it('asks the rules about what it lets through, and keeps no entry of what they drop', () => {
    const rules = ['drop tcp any any -> any any (flags:S; sid:1;)']
    expect(play({ rules }, '> S 0', '< SA 0 1')).to.deep.equal(['drop rules', INVALID])
    expect(play({ rules: ['drop udp any any -> any any (sid:1;)'] }, '> UDP', '> A 1 1')).to.deep.equal([
      'drop rules',
      INVALID,
    ])
  })

  it('counts what the policy was asked about', () => {
    const counted = lab({ exception: 'reject' })
    counted.play(checked('> S 0'), checked('> R 900'), checked('< A 7 7 port=9'), checked('< PONG'))
    expect(counted.engine.counters(0)).to.include({
      ReceivedPackets: 4,
      PassedPackets: 1,
      DroppedPackets: 2,
      RejectedPackets: 1,
      StreamExceptionPolicyPackets: 3,
    })
  })
})
