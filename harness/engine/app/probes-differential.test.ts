import { expect } from 'chai'
import { compare } from './compare.test.ts'
import { tcpExchange } from './exchange.test.ts'
import { connect, filler, GRANTED, get, HELLO, OK, SERVER_BANNER, SERVER_HELLO } from './tunnelled.test.ts'

/** Around the lengths with which patterns (17 and 8) and the probe for HTTP/2 (25 and 9) end. */
const LENGTHS = [1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 26]

const CASES = (length: number): readonly (readonly string[])[] => [
  [`>${filler(length)}`, '<x', '>y', get('/1'), OK, get('/2'), OK],
  [`>${filler(length)}`, OK, get('/1'), OK, get('/2')],
  [`>${filler(length)}`, SERVER_BANNER, '>y'],
  [`>${filler(length)}`, '>', OK, '>abc', get('/1'), OK],
  [`<${filler(length)}`, get('/1'), OK, get('/2')],
  [`<${filler(length)}`, HELLO, SERVER_HELLO],
  [get('/1'), `<${filler(length)}`, get('/2'), OK],
  [connect('b.example'), GRANTED, `>${filler(length)}`, '<x', '>y', HELLO, SERVER_HELLO],
  [connect('b.example:80'), GRANTED, `>${filler(length)}`, '<x', '>y', HELLO, SERVER_HELLO],
  [connect('b.example:80'), GRANTED, `<${filler(length)}`, '>x', '<y', get('/1'), OK],
]

describe('the application layer, against Suricata 7: how long bytes that tell nothing are looked at', () => {
  for (const port of [80, 8080])
    for (const pickUp of [false, true])
      it(`with the server at port ${port}${pickUp ? ', where sessions are picked up' : ''}`, async () => {
        const cases = LENGTHS.flatMap((length) =>
          CASES(length).map((lines, at) => ({
            name: `${length}, ${at}`,
            // From the client's first packet without data on.
            frames: tcpExchange(port, lines).slice(pickUp ? 2 : 0),
          })),
        )
        const { alerts, differences } = await compare(cases, 'continue', pickUp)
        expect(differences).to.deep.equal([])
        expect(alerts).to.be.above(cases.length)
      })
})
