import { expect } from 'chai'
import fc from 'fast-check'
import { AppProtocol, AppView, BUFFER_KINDS } from './app-view.ts'
import { bytesOf } from './exchange.test.ts'
import { makeParser } from './make-parser.ts'
import { Parsed, ParserResult } from './parser.ts'
import { Transactions } from './transactions.ts'

const ALL = (1 << BUFFER_KINDS) - 1
const GUARD = 16

/** Feeds a parser as the flow does: what it has not consumed comes again with what follows. Answers with the buffers it found. */
function feed(
  protocol: number,
  stream: boolean,
  chunks: readonly (readonly [boolean, Uint8Array])[],
): string[] {
  const parser = makeParser(protocol, stream)
  const found = new Transactions()
  const result = new ParserResult()
  const left: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  const required: [number, number] = [0, 0]
  for (const [toServer, chunk] of chunks) {
    const side = toServer ? 0 : 1
    const whole = Uint8Array.from([...left[side], ...chunk])
    left[side] = whole
    if (parser === undefined || whole.length === 0 || whole.length < required[side]) continue
    const padded = new Uint8Array(whole.length + 2 * GUARD).fill(0xee)
    padded.set(whole, GUARD)
    const outcome = parser.parse(toServer, padded, GUARD, GUARD + whole.length, found, result)
    if (outcome === Parsed.error) break
    const consumed = outcome === Parsed.some ? result.consumed : whole.length
    expect(consumed).to.be.within(0, whole.length)
    if (outcome === Parsed.some) expect(result.needed).to.be.above(whole.length - consumed)
    required[side] = outcome === Parsed.some ? result.needed : 0
    left[side] = whole.subarray(consumed)
  }
  const texts: string[] = []
  for (const toServer of [true, false]) {
    const view = new AppView()
    found.show(view, toServer, ALL)
    for (let i = 0; i < view.count; i++)
      texts.push(`${view.kind[i]} ${view.transaction[i]} ${view.bytes.subarray(view.from[i], view.to[i])}`)
  }
  return texts
}

const SAMPLES: readonly (readonly [protocol: number, stream: boolean, text: string])[] = [
  [
    AppProtocol.http,
    true,
    'POST /a/../%41?b HTTP/1.1\r\nHost: A.example\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n',
  ],
  [
    AppProtocol.http,
    true,
    'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET http://a/ HTTP/1.1\r\n\r\n',
  ],
  [AppProtocol.ssh, true, 'SSH-2.0-OpenSSH_9.2 comment\r\n\0\0\0\x06\x01\x14abcd\0\0\0\x02\x01\x15'],
  [
    AppProtocol.tls,
    true,
    `\x16\x03\x01\0\x3d\x01\0\0\x39\x03\x03${'r'.repeat(32)}\0\0\x02\x13\x01\x01\0\0\x0e\0\0\0\x0a\0\x08\0\0\x05a.exa\x17\x03\x03\0\x02xy`,
  ],
  [
    AppProtocol.dns,
    true,
    '\0\x1e\0\x07\x01\0\0\x02\0\0\0\0\0\0\x01a\x02bc\0\0\x01\0\x01\x01d\xc0\x0c\0\x01\0\x01',
  ],
  [
    AppProtocol.dns,
    false,
    '\0\x07\x01\0\0\x02\0\0\0\0\0\0\x01a\x02bc\0\0\x01\0\x01\x01d\xc0\x0c\0\x01\0\x01',
  ],
]

/** What a server says: feeds are turned round with it. */
const RESPONSES =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a\r\nabc\r\n0\r\nA: b\r\n\r\nHTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 101 X\r\n\r\n'

/** A sample with some bytes changed, put in or taken out, in chunks of some sizes, some of them in the other direction. */
const damaged = fc
  .record({
    sample: fc.constantFrom(...SAMPLES, [AppProtocol.http, true, RESPONSES] as const),
    changes: fc.array(fc.tuple(fc.nat(200), fc.nat(255), fc.nat(2)), { maxLength: 6 }),
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
    turned: fc.boolean(),
  })
  .map(({ sample: [protocol, stream, text], changes, sizes, turned }) => {
    const bytes = [...bytesOf(text)]
    for (const [at, byte, kind] of changes)
      bytes.splice(at % (bytes.length + 1), kind > 0 ? 1 : 0, ...(kind < 2 ? [byte] : []))
    const chunks: [boolean, Uint8Array][] = []
    for (let from = 0, n = 0; from < bytes.length; n++) {
      const size = sizes[n % sizes.length] ?? 1
      chunks.push([
        (turned && n % 3 === 2) === (text === RESPONSES),
        Uint8Array.from(bytes.slice(from, from + size)),
      ])
      from += size
    }
    return { protocol, stream, chunks }
  })

describe('app: parsers', () => {
  it('survive any damage, in chunks of any size, and never look beyond what they are given', () => {
    fc.assert(
      fc.property(damaged, ({ protocol, stream, chunks }) => {
        feed(protocol, stream, chunks)
      }),
      { seed: 20_261_127, numRuns: 3000 },
    )
  })

  it('survive random bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 6 }),
        ([protocol, stream], chunks) => {
          feed(protocol, stream, chunks)
        },
      ),
      { seed: 20_261_127, numRuns: 2000 },
    )
  })

  it('find the same in one piece as byte by byte', () => {
    for (const [protocol, stream, text] of SAMPLES) {
      if (!stream) continue
      const whole = feed(protocol, stream, [[true, bytesOf(text)]])
      const single = feed(
        protocol,
        stream,
        [...bytesOf(text)].map((byte) => [true, Uint8Array.of(byte)] as const),
      )
      expect(single).to.deep.equal(whole)
      expect(whole).not.to.deep.equal([])
    }
  })

  it('read a DNS message of nothing but pointers in bounded time', () => {
    const pointers = '\xc0\x0e'.repeat(30_000)
    const text = `\0\x07\x01\0\x75\x30\0\0\0\0\0\0${pointers}`
    expect(feed(AppProtocol.dns, false, [[true, bytesOf(text)]])).to.deep.equal([])
  })
})
