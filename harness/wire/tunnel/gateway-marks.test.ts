import { expect } from 'chai'
import fc from 'fast-check'
import { hex, ipv4, ipv6, join8, tcp } from '../example-frames.test.ts'
import { Protocol } from '../numbers.ts'
import { findMarks, noMarks } from './gateway-marks.ts'

const ENDPOINT = '01080102 0011223344556677'
const ATTACHMENT = '01080202 8899aabbccddeeff'
const COOKIE = '01080301 deadbeef'
const UNKNOWN = '0103ff03 000102030405060708090a0b'
const INNER = ipv4(Protocol.tcp, tcp({}, 3))
/** Written by hand from the offsets of the field guide: header, endpoint, attachment, cookie. */
const GOOD = join8(hex(`08 00 0800 000000 00 ${ENDPOINT} ${ATTACHMENT} ${COOKIE}`), INNER)
/** Bytes that stand before the header in these tests. */
const BEFORE = 3

/** An IPv4 packet behind a GENEVE header with these options. */
function payloadWith(options: readonly string[], inner = INNER): Uint8Array {
  const bytes = hex(options.join(''))
  return join8(Uint8Array.of(bytes.length >> 2), hex('00 0800 000000 00'), bytes, inner)
}

function find(payload: Uint8Array): { readonly wrong: string | undefined; readonly marks: string[] } {
  const places = noMarks()
  const bytes = join8(new Uint8Array(BEFORE).fill(0xff), payload)
  const wrong = findMarks(bytes, BEFORE, bytes.length, places)
  const { endpoint, attachment, cookie, inner } = places
  const at = (place: number, length: number) => Buffer.from(bytes).toString('hex', place, place + length)
  return {
    wrong,
    marks: [at(endpoint, 8), at(attachment, 8), at(cookie, 4), at(inner, bytes.length - inner)],
  }
}

const FOUND = ['0011223344556677', '8899aabbccddeeff', 'deadbeef', Buffer.from(INNER).toString('hex')]

describe('wire/tunnel/gateway-marks', () => {
  it('finds the options in any order, unknown ones among them', () => {
    expect(find(GOOD)).to.deep.equal({ wrong: undefined, marks: FOUND })
    for (const options of [
      [COOKIE, ENDPOINT, ATTACHMENT],
      [UNKNOWN, ATTACHMENT, '00010000', COOKIE, ENDPOINT],
      [ENDPOINT, COOKIE, UNKNOWN, ATTACHMENT],
      // Of options that are there twice the first counts.
      [ENDPOINT, COOKIE, '01080301 00000001', ATTACHMENT],
    ])
      expect(find(payloadWith(options))).to.deep.equal({ wrong: undefined, marks: FOUND })
  })

  it('refuses a header that lacks one of the three, or has it in another length', () => {
    for (const [options, sentence] of [
      [[ATTACHMENT, COOKIE], /no endpoint/],
      [[ENDPOINT, COOKIE], /no attachment/],
      [[ENDPOINT, ATTACHMENT], /no flow cookie/],
      [[ENDPOINT, ATTACHMENT, '01080302 deadbeef00000000'], /no flow cookie/],
      [[ENDPOINT, ATTACHMENT, '01070301 deadbeef'], /no flow cookie/],
    ] as const)
      expect(find(payloadWith(options)).wrong, String(sentence)).to.match(sentence)
  })

  it('refuses what is not whole, saying what is wrong', () => {
    const changed = (at: number, value: number) => GOOD.map((byte, index) => (index === at ? value : byte))
    for (const [payload, sentence] of [
      [GOOD.subarray(0, 7), /GENEVE needs 8 bytes, 7 are there/],
      [GOOD.subarray(0, 39), /GENEVE options take 32 bytes, 31 are there/],
      [changed(0, 0x48), /GENEVE version is 1/],
      [changed(0, 0x3f), /GENEVE options take 252 bytes/],
      [changed(11, 0x1f), /a GENEVE option of 128 bytes stands where 32 are left/],
      [changed(2, 0x86), /EtherType is 0x8600, and an IP packet of version 4/],
      [GOOD.subarray(0, 40), /EtherType is 0x800, and an IP packet of version 0/],
      [payloadWith([ENDPOINT, ATTACHMENT, COOKIE], ipv6(Protocol.tcp, tcp({}))), /IP packet of version 6/],
    ] as const)
      expect(find(payload).wrong, String(sentence)).to.match(sentence)
  })

  it('finds nothing outside the bytes from the wire, whatever they are', () => {
    let whole = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(45), fc.nat(255)), { maxLength: 4 }),
        fc.nat(40),
        (edits, missing) => {
          const bytes = GOOD.slice(0, GOOD.length - missing)
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value
          const places = noMarks()
          const wrong = findMarks(bytes, 0, bytes.length, places)
          if (wrong !== undefined) {
            expect(wrong).not.to.equal('')
            return
          }
          whole++
          for (const [place, length] of [
            [places.endpoint, 8],
            [places.attachment, 8],
            [places.cookie, 4],
          ] as const) {
            expect(place).to.be.at.least(12)
            expect(place + length).to.be.at.most(places.inner)
          }
          expect(places.inner).to.be.below(bytes.length)
        },
      ),
      { seed: 8, numRuns: 2000 },
    )
    expect(whole).to.be.above(100)
  })
})
