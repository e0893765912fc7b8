import { expect } from 'chai'
import fc from 'fast-check'
import { Link, Tcp } from '../model/codes.ts'
import { dissect } from './dissect.ts'
import { ethernet, hex, ipv4, ipv6, onEveryLink, tcp, tshark, udp } from './example-frames.test.ts'
import { forgeTcp, type SegmentChange, verifyChecksums } from './forge.ts'
import { Protocol } from './numbers.ts'
import { parseTcp } from './tcp.ts'
import { parseTcpOptions } from './tcp-options.ts'

const STAMP = hex('0101080a0000000100000002')
const KEEPALIVE: SegmentChange = { flags: Tcp.ack, seq: 999, ack: 5000, window: 501, payload: 0 }

describe('wire/forge', () => {
  it('makes a segment of a recorded one, byte for byte', () => {
    const template = ethernet(
      ipv4(Protocol.tcp, tcp({ options: STAMP, urgent: 4, reserved: 3 }, 10)),
      hex('81000005'),
    )
    const timestamp = { value: 0x10, echo: 0x20 }
    expect(forgeTcp(template, { ...KEEPALIVE, payload: 2, timestamp })).to.deep.equal(
      hex(`02000000000b 02000000000a 8100 0005 0800
           4500 0036 0007 0000 3d06 912d c000020a c6336450
           9c40 0050 000003e7 00001388 8010 01f5 5b90 0000 0101080a 00000010 00000020 7878`),
    )
  })

  it('is right on every link, both families, with any numbers', () => {
    const templates = [
      ...onEveryLink(ipv4(Protocol.tcp, tcp({ options: STAMP }, 33), { options: hex('94040000') })),
      ...onEveryLink(ipv6(Protocol.tcp, tcp({}, 33), 0, hex('0600 010400000000'))),
    ]
    const number = fc.nat(0xffffffff)
    const change = fc.record({
      flags: fc.nat(255),
      seq: number,
      ack: number,
      window: fc.nat(0xffff),
      payload: fc.nat(200),
      keepOptions: fc.boolean(),
      timestamp: fc.option(fc.record({ value: number, echo: number }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.constantFrom(...templates), change, (template, value) => {
        const frame = forgeTcp(template, value)
        expect(verifyChecksums(frame, template.link)).to.equal('ok')
        const { l4, payload } = dissect(frame, template.link)
        const { flags, seq, ack, window } = value
        const header = parseTcp(frame, l4, frame.length)
        expect(header).to.include({ flags, seq, ack, window, sourcePort: 40_000, destinationPort: 80 })
        expect(payload).to.equal(value.payload)
        expect(frame.length).to.equal(l4 + 20 + (header?.options.length ?? 0) + payload)
        const { timestamps } = parseTcpOptions(header?.options ?? new Uint8Array(0))
        if (value.timestamp !== undefined) expect(timestamps).to.deep.equal(value.timestamp)
        else if (!value.keepOptions) expect(timestamps).to.equal(undefined)
      }),
      { seed: 42, numRuns: 500 },
    )
  })

  it('keeps the options on demand, with the timestamp in its place', () => {
    const options = hex('020405b4 0402080a0000006400000000 01030307')
    const template = ethernet(ipv4(Protocol.tcp, tcp({ options, flags: Tcp.syn })))
    const optionsOf = (change: Partial<SegmentChange>) => {
      const frame = forgeTcp(template, { ...KEEPALIVE, ...change, keepOptions: true })
      return parseTcp(frame, 34, frame.length)?.options
    }
    expect(optionsOf({})).to.deep.equal(options)
    const timestamp = { value: 7, echo: 8 }
    expect(optionsOf({ timestamp })).to.deep.equal(hex('020405b4 0402080a0000000700000008 01030307'))
    const plain = ethernet(ipv4(Protocol.tcp, tcp({ options: hex('020405b4') })))
    const added = forgeTcp(plain, { ...KEEPALIVE, timestamp, keepOptions: true })
    expect(parseTcp(added, 34, added.length)?.options).to.deep.equal(hex('0101080a0000000700000008 020405b4'))
  })

  it('works from a template that the snapshot length cut behind its header', () => {
    const whole = ethernet(ipv4(Protocol.tcp, tcp({}, 500)))
    const cut = { ...whole, bytes: whole.bytes.slice(0, 54) }
    expect(forgeTcp(cut, KEEPALIVE)).to.deep.equal(forgeTcp(whole, KEEPALIVE))
  })

  it('refuses what is no TCP segment and what does not fit', () => {
    const forge = (packet: Uint8Array, payload = 0) => forgeTcp(ethernet(packet), { ...KEEPALIVE, payload })
    expect(() => forge(ipv4(Protocol.udp, udp(8)))).to.throw(/recorded frame with a whole TCP header/)
    expect(() => forge(ipv4(Protocol.tcp, tcp(), { moreFragments: true }))).to.throw(/whole TCP header/)
    expect(() => forgeTcp({ bytes: new Uint8Array(3), link: Link.raw }, KEEPALIVE)).to.throw(
      /whole TCP header/,
    )
    expect(forge(ipv4(Protocol.tcp, tcp()), 65_495)).to.have.length(14 + 65_535)
    expect(() => forge(ipv4(Protocol.tcp, tcp()), 65_496)).to.throw(/does not fit/)
    const full = ipv4(Protocol.tcp, tcp({ options: new Uint8Array(32).fill(1) }))
    const change = { ...KEEPALIVE, keepOptions: true, timestamp: { value: 1, echo: 1 } }
    expect(() => forgeTcp(ethernet(full), change)).to.throw(/44 bytes of options/)
  })

  it('is read by tshark as meant', () => {
    const timestamp = { value: 10, echo: 20 }
    const frames = [ipv4(Protocol.tcp, tcp()), ipv6(Protocol.tcp, tcp())].map((packet) => ({
      bytes: forgeTcp(ethernet(packet), { ...KEEPALIVE, payload: 1, timestamp }),
    }))
    const fields = ['tcp.seq_raw', 'tcp.ack_raw', 'tcp.len', 'tcp.flags', 'tcp.options.timestamp.tsval']
    const row = ['999', '5000', '1', '0x0010', '10', '1', '']
    const rows = tshark(1, frames, [...fields, 'tcp.checksum.status', '_ws.malformed'])
    expect(rows).to.deep.equal([row, row])
  })
})
