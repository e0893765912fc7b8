import { expect } from 'chai'
import fc from 'fast-check'
import { Link, Tcp } from '../../model/codes.ts'
import { hex, icmp, ipv4, ipv6, join8, tcp, tshark, udp } from '../example-frames.test.ts'
import { EtherType, Protocol } from '../numbers.ts'
import { decapsulate, encapsulate, GENEVE_OVERHEAD, sendBack } from './gateway-geneve.ts'
import {
  checkGeneve,
  emitGeneve,
  type GeneveHeader,
  type GeneveOption,
  geneveLength,
  parseGeneve,
} from './geneve-header.ts'

const LB = Uint8Array.of(10, 0, 1, 5)
const TARGET = Uint8Array.of(10, 0, 1, 99)
const MARKS = { endpoint: 0x0011223344556677n, attachment: 0x8899aabbccddeeffn, cookie: 0xdeadbeef }
const OUTER = { source: LB, destination: TARGET, sourcePort: 60_123 }

/** Written by hand from the offsets of the field guide: header, endpoint, attachment, cookie. */
const GENEVE4 = hex(`
  08 00 0800 000000 00
  0108 01 02 0011223344556677
  0108 02 02 8899aabbccddeeff
  0108 03 01 deadbeef`)

const inner4 = () => ipv4(Protocol.tcp, tcp({ flags: Tcp.syn }, 3))
const inner6 = () => ipv6(Protocol.tcp, tcp({}, 5))

function taken(datagram: Uint8Array) {
  const parts = decapsulate(datagram)
  if (typeof parts === 'string') throw new Error(parts)
  return parts
}

/** A datagram of the load balancer with another GENEVE header in it. */
function withGeneve(geneve: Uint8Array, inner = inner4()): Uint8Array {
  return ipv4(
    Protocol.udp,
    join8(hex('eadb17c1'), sixteen(8 + geneve.length + inner.length), hex('0000'), geneve, inner),
    {
      source: LB,
      destination: TARGET,
    },
  )
}

function numbers(cell = ''): number[] {
  return cell.split(',').map(Number)
}

function sixteen(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value)
}

function rest(...options: readonly string[]): Uint8Array {
  const bytes = hex(options.join(''))
  return join8(Uint8Array.of(bytes.length >> 2), hex('00 0800 000000 00'), bytes)
}

const ENDPOINT = '01080102 0011223344556677'
const ATTACHMENT = '01080202 8899aabbccddeeff'
const COOKIE = '01080301 deadbeef'
const UNKNOWN = '0103ff03 000102030405060708090a0b'

describe('wire/tunnel/gateway-geneve', () => {
  it('writes what the field guide shows, 68 bytes round a packet', () => {
    for (const inner of [inner4(), inner6()]) {
      const datagram = encapsulate(inner, MARKS, OUTER)
      expect(datagram.length).to.equal(inner.length + GENEVE_OVERHEAD)
      const geneve = datagram.slice(28, 68)
      const expected = GENEVE4.slice()
      if (inner[0] === 0x60) expected.set(hex('86dd'), 2)
      expect(geneve).to.deep.equal(expected)
      expect(datagram.slice(68)).to.deep.equal(inner)
      expect(datagram.slice(12, 24)).to.deep.equal(join8(LB, TARGET, hex('eadb 17c1')))
    }
  })

  it('reads its own writing', () => {
    const marks = fc.record({
      endpoint: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      attachment: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      cookie: fc.integer({ min: 0, max: 0xffffffff }),
    })
    fc.assert(
      fc.property(marks, fc.nat(65_535), fc.nat(1400), (given, sourcePort, length) => {
        const inner = ipv4(Protocol.udp, udp(length))
        const {
          marks: read,
          inner: carried,
          outer,
        } = taken(encapsulate(inner, given, { ...OUTER, sourcePort }))
        expect(read).to.deep.equal(given)
        expect([...carried]).to.deep.equal([...inner])
        expect(outer.sourcePort).to.equal(sourcePort)
      }),
      { seed: 8, numRuns: 200 },
    )
  })

  it('takes options in any order, unknown ones among them', () => {
    for (const options of [
      [COOKIE, ENDPOINT, ATTACHMENT],
      [UNKNOWN, ATTACHMENT, '00010000', COOKIE, ENDPOINT],
      [ENDPOINT, COOKIE, UNKNOWN, ATTACHMENT],
    ]) {
      const { marks, inner } = taken(withGeneve(rest(...options)))
      expect(marks).to.deep.equal(MARKS)
      expect([...inner]).to.deep.equal([...inner4()])
    }
  })

  it('refuses a header that lacks one of the three, or has it in another length', () => {
    const refused: [readonly string[], RegExp][] = [
      [[ATTACHMENT, COOKIE], /no endpoint/],
      [[ENDPOINT, COOKIE], /no attachment/],
      [[ENDPOINT, ATTACHMENT], /no flow cookie/],
      [[ENDPOINT, ATTACHMENT, '01080302 deadbeef00000000'], /no flow cookie/],
      [[ENDPOINT, ATTACHMENT, '01070301 deadbeef'], /no flow cookie/],
    ]
    for (const [options, sentence] of refused)
      expect(decapsulate(withGeneve(rest(...options)))).to.match(sentence)
  })

  it('refuses what is not whole, saying what is wrong', () => {
    const good = encapsulate(inner4(), MARKS, OUTER)
    const changed = (at: number, value: number) => good.map((byte, index) => (index === at ? value : byte))
    const refused: [Uint8Array, RegExp][] = [
      [good.subarray(0, 19), /IPv4 needs 20 bytes/],
      [good.subarray(0, 27), /UDP needs 8 bytes/],
      [good.subarray(0, 60), /UDP length is/],
      [changed(9, 6), /IP protocol is 6, not UDP/],
      [changed(23, 0xc2), /UDP port is 6082/],
      [changed(28, 0x48), /GENEVE version is 1/],
      [changed(28, 0x3f), /GENEVE options take 252 bytes/],
      [changed(39, 0x1f), /a GENEVE option of 128 bytes stands where 32 are left/],
      [changed(30, 0x86), /EtherType is 0x8600, and an IP packet of version 4/],
      [withGeneve(GENEVE4, hex('')), /EtherType is 0x800, and an IP packet of version 0/],
      [withGeneve(hex('0800 0800 0000'), hex('')), /GENEVE needs 8 bytes/],
    ]
    for (const [datagram, sentence] of refused) expect(decapsulate(datagram)).to.match(sentence)
  })

  it('never throws at bytes from the wire', () => {
    const good = encapsulate(inner6(), MARKS, OUTER)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 6 }),
        fc.nat(good.length),
        (edits, cut) => {
          const bytes = good.slice(0, cut)
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value
          const parts = decapsulate(bytes)
          if (typeof parts === 'string') expect(parts).not.to.equal('')
          else expect(parts.inner.length).to.be.at.most(bytes.length - 28 - 8)
        },
      ),
      { seed: 8, numRuns: 2000 },
    )
  })

  it('goes back with addresses swapped, ports as they were, and the same header, unknown options too', () => {
    const came = withGeneve(rest(UNKNOWN, COOKIE, ENDPOINT, ATTACHMENT))
    const reset = ipv4(Protocol.tcp, tcp({ flags: Tcp.rst }))
    for (const inner of [inner4(), reset]) {
      const back = sendBack(taken(came), inner)
      expect(back.slice(12, 24)).to.deep.equal(join8(TARGET, LB, hex('eadb 17c1')))
      expect(back.slice(28, 84)).to.deep.equal(came.slice(28, 84))
      expect([...taken(back).inner]).to.deep.equal([...inner])
      expect(taken(back).marks).to.deep.equal(MARKS)
    }
    expect(taken(sendBack(taken(came), inner6())).header.protocol).to.equal(EtherType.ipv6)
  })

  it('is what tshark takes it for', () => {
    const inners = [inner4(), inner6(), ipv4(Protocol.icmp, icmp(8, 0, new Uint8Array(9)))]
    const datagrams = inners.flatMap((inner) => {
      const out = encapsulate(inner, MARKS, OUTER)
      return [out, sendBack(taken(out), inner)]
    })
    datagrams.push(withGeneve(rest(COOKIE, UNKNOWN, ENDPOINT, ATTACHMENT)))
    const fields = [
      'geneve.version',
      'geneve.proto_type',
      'geneve.vni',
      'geneve.option.class',
      'geneve.option.type',
      'ip.src',
      'udp.srcport',
      'udp.dstport',
      'ip.checksum.status',
      'udp.checksum.status',
      'tcp.checksum.status',
      '_ws.malformed',
    ]
    const rows = tshark(
      101,
      datagrams.map((bytes) => ({ bytes, link: Link.raw })),
      fields,
    )
    rows.forEach((row, index) => {
      const [version, protocol, vni, classes, types, sources, from, to, ...statuses] = row
      const last = index === datagrams.length - 1
      expect(version).to.equal('0')
      expect(Number(protocol)).to.equal(index === 2 || index === 3 ? 0x86dd : 0x0800)
      expect(Number(vni)).to.equal(0)
      expect(numbers(classes)).to.deep.equal(last ? [0x108, 0x103, 0x108, 0x108] : [0x108, 0x108, 0x108])
      expect(numbers(types)).to.deep.equal(last ? [3, 255, 1, 2] : [1, 2, 3])
      expect(sources?.split(',')[0]).to.equal(index % 2 === 1 && !last ? '10.0.1.99' : '10.0.1.5')
      expect([from?.split(',')[0], to?.split(',')[0]]).to.deep.equal(['60123', '6081'])
      // 0: bad.
      for (const status of statuses) expect(status.split(',')).not.to.include('0')
      expect(row.at(-1)).to.equal('')
    })
  })
})

describe('wire/tunnel/geneve-header', () => {
  const option = fc.record({
    optionClass: fc.nat(0xffff),
    type: fc.nat(255),
    data: fc.nat(6).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
  })
  const header: fc.Arbitrary<GeneveHeader> = fc.record({
    control: fc.boolean(),
    critical: fc.boolean(),
    protocol: fc.nat(0xffff),
    vni: fc.nat(0xffffff),
    options: fc.array(option, { maxLength: 8 }),
  })

  it('writes and reads any header', () => {
    fc.assert(
      fc.property(header, fc.nat(9), (given, at) => {
        const bytes = new Uint8Array(300)
        const end = emitGeneve(given, bytes, at)
        expect(end - at).to.equal(geneveLength(given))
        expect(checkGeneve(bytes, at, end)).to.equal(undefined)
        expect(parseGeneve(bytes, at, end)).to.deep.equal(given)
        expect(parseGeneve(bytes, at, end - 1)).to.equal(undefined)
      }),
      { seed: 8, numRuns: 300 },
    )
  })

  it('cannot write options of odd lengths, or more than fit', () => {
    const write = (options: readonly GeneveOption[]) =>
      emitGeneve({ control: false, critical: false, protocol: 0, vni: 0, options }, new Uint8Array(400), 0)
    const of = (length: number) => ({ optionClass: 1, type: 1, data: new Uint8Array(length) })
    expect(() => write([of(5)])).to.throw(RangeError, 'cannot hold 5 bytes')
    expect(() => write([of(128)])).to.throw(RangeError, 'cannot hold 128 bytes')
    expect(() => write([of(124), of(124)])).to.throw(RangeError, '256 bytes of options')
    expect(write([of(124), of(120)])).to.equal(8 + 252)
  })
})
