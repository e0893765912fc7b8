import { expect } from 'chai'
import { Link } from '../model/codes.ts'
import { dissect } from '../wire/dissect.ts'
import { verifyChecksums } from '../wire/verify.ts'
import { Lab } from './example-engine.test.ts'

describe('engine: what a reject sends', () => {
  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`${family}: a whole frame back to the sender, with its numbers`, () => {
      const lab = new Lab({ exception: 'reject', frames: { family } })
      lab.play('> PA 100 300 len=50 win=501 @7')
      const [reset] = lab.batch.emitted
      expect(reset).to.include({
        cause: 0,
        kind: 'tcp-rst',
        to: 'sender',
        by: 0,
        at: 7e9,
        link: Link.ethernet,
        seq: 5300,
        ack: 1150,
      })
      const frame = reset?.frame ?? new Uint8Array(0)
      const { l4, flags } = dissect(frame, Link.ethernet)
      const view = new DataView(frame.buffer, frame.byteOffset)
      expect([view.getUint16(l4), view.getUint16(l4 + 2), flags, view.getUint16(l4 + 14)]).to.deep.equal([
        80, 40_000, 0x14, 501,
      ])
      expect(verifyChecksums(frame, Link.ethernet)).to.equal('ok')
    })
  }

  it('in the style of the RFC where the profile says so', () => {
    const lab = new Lab({ exception: 'reject', knobs: { rstStyle: 'rfc' } })
    lab.play('> PA 100 300 len=50')
    expect(lab.batch.emitted[0]).to.include({ seq: 5300, ack: 0 })
  })

  it('by the host that decided', () => {
    const lab = new Lab({ exception: 'reject' })
    lab.play('> A 1 1 host=1')
    expect(lab.batch.emitted[0]).to.include({ by: 1 })
  })

  it('by a rule: a reset each time for packets of a flow:… rule, an ICMP error for UDP where the product has it', () => {
    const rules = [
      'reject tcp any any -> any any (flow:to_server; sid:1;)',
      'reject udp any any -> any any (flow:stateless; sid:2;)',
    ]
    const suricata = new Lab({ profile: 'suricata-7', rules })
    expect(suricata.play('> S 0', '> S 0', '> R 1', '> UDP')).to.deep.equal([
      'reject rules',
      'reject rules',
      'drop rules',
      'reject rules',
    ])
    expect(suricata.batch.emitted.map(({ kind, cause }) => [kind, cause])).to.deep.equal([
      ['tcp-rst', 0],
      ['tcp-rst', 1],
      ['icmp', 3],
    ])
    expect(new Lab({ rules }).play('> UDP')).to.deep.equal(['drop rules'])
  })
})
