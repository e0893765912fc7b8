import { expect } from 'chai'
import fc from 'fast-check'
import { dissect } from './dissect.ts'
import { ethernet, hex, ipv4, ipv6, onEveryLink, tcp, udp } from './example-frames.test.ts'
import { Protocol } from './numbers.ts'
import { payloadRange, withPayload } from './payload.ts'
import { verifyChecksums } from './verify.ts'

const STAMP = hex('0101080a0000000100000002')

describe('wire/payload', () => {
  const templates = [
    ...onEveryLink(ipv4(Protocol.tcp, tcp({ options: STAMP }, 33))),
    ...onEveryLink(ipv6(Protocol.tcp, tcp({}, 33), 0, hex('0600 010400000000'))),
    ...onEveryLink(ipv4(Protocol.udp, udp(33))),
    ...onEveryLink(ipv6(Protocol.udp, udp(33))),
  ]

  it('gives a packet another payload on every link, and changes nothing else that is read of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...templates), fc.uint8Array({ maxLength: 80 }), (template, payload) => {
        const frame = withPayload(template, payload) ?? new Uint8Array()
        expect(verifyChecksums(frame, template.link)).to.equal('ok')
        const { kind, l3, l4, protocol } = dissect(template.bytes, template.link)
        const found = dissect(frame, template.link)
        expect(found).to.include({ kind, l3, l4, protocol, payload: payload.length })
        const { from = 0, to } = payloadRange({ ...template, bytes: frame }) ?? {}
        // Sequence numbers, flags and options stand behind the ports, and before the checksum of UDP.
        if (protocol === Protocol.tcp)
          expect(frame.subarray(l4, l4 + 16)).to.deep.equal(template.bytes.subarray(l4, l4 + 16))
        expect([...frame.subarray(from, to)]).to.deep.equal([...payload])
      }),
    )
  })

  it('leaves out what stood behind the datagram, and leaves alone what has no whole payload', () => {
    const padded = ethernet(ipv4(Protocol.udp, udp(3)))
    const trailed = { ...padded, bytes: Uint8Array.of(...padded.bytes, 0, 0, 0) }
    expect(withPayload(trailed, Uint8Array.of(1))?.length).to.equal(padded.bytes.length - 2)
    for (const bytes of [
      padded.bytes.subarray(0, -1),
      padded.bytes.subarray(0, 30),
      ethernet(ipv4(47, udp(3))).bytes,
    ]) {
      expect(payloadRange({ ...padded, bytes })).to.equal(undefined)
      expect(withPayload({ ...padded, bytes }, new Uint8Array())).to.equal(undefined)
    }
  })
})
