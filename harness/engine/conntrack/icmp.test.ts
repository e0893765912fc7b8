import { expect } from 'chai'
import { emitIcmp } from '../../wire/icmp.ts'
import { Protocol } from '../../wire/numbers.ts'
import { emitUdp } from '../../wire/udp.ts'
import { endsOf, frameOf } from '../conversations/frames.test.ts'
import { Lab, type LabOptions } from '../example-engine.test.ts'

const LINUX: LabOptions = { profile: 'linux-conntrack' }
const ENDS = { four: endsOf(1, false), six: endsOf(1, true) }

function sent(family: keyof typeof ENDS, toServer: boolean, protocol: number, segment: Uint8Array) {
  return { seconds: 0, host: 0, bytes: frameOf(ENDS[family], toServer, protocol, segment) }
}

function message(type: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const segment = new Uint8Array(8 + data.length)
  segment.set(data, emitIcmp({ type, code: 0, rest: 0x10001 }, segment, 0))
  return segment
}

describe('conntrack: ICMP', () => {
  it('does not track what listeners, routers and neighbours tell each other: only the policy is asked', () => {
    const lab = (options: LabOptions) => new Lab({ ...LINUX, ...options })
    for (const type of [130, 131, 132, 133, 134, 135, 136, 137, 143, 151, 152, 153]) {
      const packet = sent('six', true, Protocol.icmp6, message(type))
      const invalid = type === 137 || type === 153
      const dropping = lab({ exception: 'continue', knobs: { invalid: 'drop' } })
      expect(dropping.play(packet), `${type}`).to.deep.equal([invalid ? 'drop ct invalid' : 'forward'])
      expect(lab({ exception: 'continue' }).play(packet), `${type}`).to.deep.equal(['forward'])
      for (const exception of ['drop', 'reject'] as const)
        expect(lab({ exception }).play(packet), `${type}`).to.deep.equal([
          invalid ? 'drop ct invalid' : 'drop ct new',
        ])
    }
    const four = sent('four', true, Protocol.icmp, message(135))
    expect(lab({ exception: 'continue', knobs: { invalid: 'drop' } }).play(four)).to.deep.equal([
      'drop ct invalid',
    ])
  })

  it('relates an error to a protocol without ports however little of it is quoted, unless that was a later fragment', () => {
    for (const family of ['four', 'six'] as const) {
      const protocol = family === 'six' ? Protocol.icmp6 : Protocol.icmp
      const type = family === 'six' ? 1 : 3
      const about = sent(family, true, 253, new Uint8Array(12))
      const header = family === 'six' ? 40 : 20
      const quote = (length: number) => about.bytes.slice(14, 14 + header + length)
      const error = (quoted: Uint8Array) => sent(family, false, protocol, message(type, quoted))
      const lab = new Lab({ ...LINUX, exception: 'drop' })
      expect(lab.play(error(quote(8)))).to.deep.equal(['drop ct invalid'])
      expect(lab.play(about, error(quote(0)), error(quote(3)), error(quote(8)))).to.deep.equal(
        Array(4).fill('forward'),
      )
      const later = quote(0)
      const place = [0, 0, 0, 8]
      const fragment =
        family === 'six' ? Uint8Array.from([...later, 253, 0, ...place.slice(2), ...place]) : later
      if (family === 'six') fragment[6] = Protocol.fragment
      else fragment[7] = 1
      expect(lab.play(error(fragment))).to.deep.equal(['drop ct invalid'])
      expect(lab.play(error(quote(-1)))).to.deep.equal(['drop ct invalid'])
      const udp = sent(family, true, Protocol.udp, datagram())
      const hidden = udp.bytes.slice(14, 14 + header + 3)
      expect(lab.play(udp, error(hidden))).to.deep.equal(['forward', 'drop ct invalid'])
    }
  })

  it('takes UDP without a checksum, of IPv6 too, where checksums are looked at', () => {
    for (const family of ['four', 'six'] as const) {
      const lab = new Lab({ ...LINUX, exception: 'drop', knobs: { badChecksum: 'invalid' } })
      const packet = sent(family, true, Protocol.udp, datagram())
      const at = packet.bytes.length - 4 - 2
      expect(lab.play(packet)).to.deep.equal(['forward'])
      packet.bytes[at] = (packet.bytes[at] ?? 0) ^ 0x55
      expect(lab.play(packet)).to.deep.equal(['drop ct invalid'])
      packet.bytes.fill(0, at, at + 2)
      expect(lab.play(packet)).to.deep.equal(['forward'])
    }
  })
})

function datagram(): Uint8Array {
  const segment = new Uint8Array(12).fill(1)
  emitUdp({ sourcePort: 1000, destinationPort: 2000, payloadLength: 4 }, segment, 0)
  return segment
}
