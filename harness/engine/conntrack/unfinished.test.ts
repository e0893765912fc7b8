import { expect } from 'chai'
import { Link } from '../../model/codes.ts'
import { dissect } from '../../wire/dissect.ts'
import { ethernet } from '../../wire/example-frames.test.ts'
import { isReassemblyTimeout } from '../../wire/time-exceeded.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { type ExamplePacket, Lab, type LabOptions } from '../example-engine.test.ts'
import { cut, headerOf } from '../example-fragments.test.ts'
import { datagram } from '../oracle-datagrams.test.ts'

const LINUX: LabOptions = { profile: 'linux-conntrack', exception: 'reject' }
const FLOW = 5

interface Piece {
  readonly from: number
  readonly to: number
  readonly at: number
  readonly host?: number
  readonly line?: string
  readonly family?: 'ipv4' | 'ipv6'
  readonly id?: number
}

/** Bytes `from` … `to`-1 of the segment of a line, as a fragment. */
function piece({ from, to, at, host = 0, line = '> PA 1 1 len=44', family = 'ipv6', id = 1 }: Piece) {
  const whole = datagram(line, FLOW, family)
  const more = to < whole.length - headerOf(whole)
  const bytes = ethernet(cut(whole, { from, to, more }, id)).bytes
  return { seconds: at, host, bytes } satisfies ExamplePacket
}

/** What no packet caused, in words, once a datagram of another flow came at so many seconds. */
function toldBy(seconds: number, pieces: readonly Piece[], options: LabOptions = LINUX): string[] {
  const lab = new Lab(options)
  lab.play(...pieces.map(piece))
  const early = words(lab)
  lab.play(`> UDP port=9 @${seconds}`)
  return [...early, ...words(lab)]
}

function words({ batch }: Lab): string[] {
  return batch.emitted.flatMap(({ cause, kind, to, by, at }) =>
    cause < 0 ? [`${kind} to ${to} by ${by} @${at / 1e9}`] : [],
  )
}

describe('conntrack: IPv6 datagrams that are not complete in time', () => {
  const FIRST: Piece = { from: 0, to: 24, at: 0 }

  it('tells the sender when the time since its first fragment is over, and not before', () => {
    expect(toldBy(60, [FIRST, { from: 24, to: 40, at: 50 }])).to.deep.equal([])
    expect(toldBy(60.001, [FIRST, { from: 24, to: 40, at: 50 }])).to.deep.equal(['icmp to client by 0 @60'])
    expect(toldBy(9, [FIRST], { ...LINUX, knobs: { fragmentTimeout6: 8 } })).to.deep.equal([
      'icmp to client by 0 @8',
    ])
  })

  it('with the first fragment as it came, whichever came first, and the whole in the least MTU', () => {
    const lab = new Lab(LINUX)
    const first = piece({ ...FIRST, at: 1, line: '< PA 1 1 len=44', host: 1 })
    lab.play(piece({ from: 24, to: 40, at: 0, line: '< PA 1 1 len=44', host: 1 }), first)
    lab.play('> UDP port=9 @61')
    expect(words(lab)).to.deep.equal(['icmp to server by 1 @60'])
    const frame = lab.batch.emitted[0]?.frame ?? new Uint8Array(0)
    const { l3, l4, protocol } = dissect(frame, Link.ethernet)
    expect(protocol).to.equal(58)
    expect(isReassemblyTimeout(frame, l3, l4)).to.equal(true)
    expect(verifyChecksums(frame, Link.ethernet)).to.equal('ok')
    const quoted = first.bytes.subarray(14, 14 + 40 + 8 + 24)
    expect([...frame.subarray(l4 + 8)]).to.deep.equal([...quoted])
    const large = { ...FIRST, to: 1400, line: '> PA 1 1 len=1500' }
    lab.play(piece({ ...large, at: 100 }), '> UDP port=9 @200')
    expect(lab.batch.emitted.map((each) => each.frame.length)).to.deep.equal([14 + 1280])
  })

  it('in silence: without the first fragment, complete, overlapping, in IPv4, about an error, lost with its host, and elsewhere', () => {
    const silent: Readonly<Record<string, readonly Piece[]>> = {
      'without the first': [{ from: 24, to: 40, at: 0 }],
      complete: [FIRST, { from: 24, to: 64, at: 59 }],
      overlapping: [FIRST, { from: 16, to: 40, at: 1 }],
      'in IPv4': [{ ...FIRST, family: 'ipv4' }],
    }
    for (const [why, pieces] of Object.entries(silent)) expect(toldBy(200, pieces), why).to.deep.equal([])
    expect(toldBy(200, [FIRST, { from: 8, to: 24, at: 1 }]), 'a repetition').to.have.length(1)
    expect(toldBy(200, [FIRST, { from: 24, to: 64, at: 1, host: 1 }]), 'elsewhere').to.deep.equal([
      'icmp to client by 0 @60',
    ])
    expect(toldBy(200, [FIRST], { profile: 'suricata-7' })).to.deep.equal([])
    const lab = new Lab(LINUX)
    const error = piece({ ...FIRST, to: 8, line: '> PING' })
    // An echo becomes an error by its type, which stands behind the fragment header.
    error.bytes[14 + 48] = 1
    lab.play(error, '> UDP port=9 @90')
    expect(words(lab)).to.deep.equal([])
    lab.play(piece({ ...FIRST, at: 100 }))
    lab.engine.apply({ kind: 'crash', host: 0, flow: -1 }, 101e9)
    lab.play('> UDP port=9 @300')
    expect(words(lab)).to.deep.equal([])
  })

  it('not of a first fragment without the headers, which is a packet by itself: invalid, or one of a protocol without ports', () => {
    const first = { ...FIRST, to: 16 }
    expect(toldBy(200, [first])).to.deep.equal([])
    expect(toldBy(200, [{ from: 24, to: 40, at: 0 }, first])).to.deep.equal([])
    expect(toldBy(60.001, [FIRST, { ...first, at: 1 }]), 'beside one that holds them').to.have.length(1)
    const options = { ...FIRST, line: '> S 0 scale=7 ts=1/0 len=40' }
    expect(toldBy(60.001, [options]), 'without all options of TCP').to.have.length(1)
    const unknown = piece({ ...first, to: 0 })
    unknown.bytes[14 + 40] = 253
    for (const exception of ['drop', 'reject', 'continue'] as const) {
      const outcome = exception === 'continue' ? 'forward' : 'drop ct invalid'
      const lab = new Lab({ ...LINUX, exception })
      for (const line of ['> PA 1 1 len=44', '> UDP', '> PING'])
        expect(
          lab.play(piece({ ...first, to: line === '> PA 1 1 len=44' ? 16 : 0, line })),
          line,
        ).to.deep.equal([outcome])
      expect(lab.play(unknown)).to.deep.equal(['forward'])
      expect(lab.batch.emitted).to.deep.equal([])
    }
    const suricata = new Lab({ profile: 'suricata-7', exception: 'reject' })
    expect(suricata.play(piece(first))).to.deep.equal(['forward'])
  })

  it('the rest then waits for a first fragment that holds the headers', () => {
    const lab = new Lab({ ...LINUX, exception: 'continue' })
    const pieces = [
      { ...FIRST, to: 16 },
      { from: 16, to: 64, at: 0 },
      { ...FIRST, at: 1 },
    ]
    lab.play(...pieces.slice(0, 2).map(piece))
    expect(lab.batch.rebuilt).to.deep.equal([])
    lab.play(
      ...[
        { from: 24, to: 64, at: 2, id: 2 },
        { ...FIRST, to: 8, at: 3, id: 2 },
        { ...FIRST, at: 4, id: 2 },
      ].map(piece),
    )
    expect(lab.batch.rebuilt.map(({ index }) => index)).to.deep.equal([2])
  })

  it('again for the next datagram of that identification, and never twice', () => {
    const lab = new Lab(LINUX)
    lab.play(piece(FIRST), piece({ ...FIRST, at: 70 }))
    expect(words(lab)).to.deep.equal(['icmp to client by 0 @60'])
    expect(lab.engine.nextExpiry).to.equal(130e9)
    lab.batch.emitted.length = 0
    lab.engine.expire(lab.batch, 130e9)
    expect(words(lab)).to.deep.equal([])
    lab.engine.expire(lab.batch, 131e9)
    expect(words(lab)).to.deep.equal(['icmp to client by 0 @130'])
    expect(lab.engine.nextExpiry).to.equal(Number.POSITIVE_INFINITY)
    lab.play(piece({ ...FIRST, at: 200 }))
    lab.engine.reset()
    lab.play('> UDP port=9 @400')
    expect(words(lab)).to.deep.equal([])
  })

  it('counts from the latest fragment in whole seconds where the knob says so', () => {
    const options = { ...LINUX, knobs: { fragmentTimer: 'last' } } as const
    const pieces = [
      { ...FIRST, at: 0.5 },
      { from: 24, to: 40, at: 50.7 },
    ]
    expect(toldBy(109.9, pieces, options)).to.deep.equal([])
    expect(toldBy(110, pieces, options)).to.deep.equal(['icmp to client by 0 @110'])
  })
})
