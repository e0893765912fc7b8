import { expect } from 'chai'
import { compare } from './compare.test.ts'
import { tcpExchange } from './exchange.test.ts'
import { connect, GRANTED, HELLO, SERVER_HELLO } from './tunnelled.test.ts'

const VERSIONS = ['\x03\x01', '\x03\x02', '\x03\x03', '\x03\x00', '\x00\x02']
/** Of a message of SSL 2: the client's hello and master key, the server's hello and verification. */
const TYPES = ['\x01', '\x02', '\x04', '\x05']
const LENGTHS = [0, 1, 2, 5, 6, 7, 8, 9]

/** A record of SSL 2 that says a length, with a header of two bytes. */
function short(version: string, type = '\x01', length = 46): string {
  const said = `\x80${String.fromCharCode(length)}${type}${version}\0\x15\0\0\0\x10`
  return said.padEnd(length + 2, 'q')
}

/** The same with a header of three. */
function long(version: string, type = '\x01', length = 46): string {
  const said = `\x40${String.fromCharCode(length)}\0${type}${version}\0\x15\0\0\0\x10`
  return said.padEnd(length + 3, 'q')
}

function conversations(version: string, type: string, make: typeof short): string[][] {
  const greeting = `>${short(version)}`
  const record = make(version, type)
  const hello = HELLO.slice(1)
  return [
    [`>${record}`, '<x', HELLO, SERVER_HELLO],
    [`>${record}${hello}`, '<x'],
    [`>${record}what is this?`, HELLO, SERVER_HELLO],
    [`>${record.slice(0, 11)}`, `>${record.slice(11)}`, HELLO],
    [`>${record.slice(0, 11)}`, `>${record.slice(11)}`, `>${hello.slice(0, 1)}`, `>${hello.slice(1)}`],
    [`>${record.slice(0, 11)}`, '>y', `>${record.slice(11)} so it goes on`, HELLO],
    ...[1, 2, 3, 4].flatMap((cut) => [
      [`${greeting}${record.slice(0, cut)}`, `>${record.slice(cut)}`, HELLO],
      [`${greeting}${record.slice(0, cut)}`, `>${record.slice(cut)}${hello}`],
    ]),
    [greeting, `<${record}${SERVER_HELLO.slice(1)}`, HELLO, '<\x17\x03\x01\x00\x01x'],
    ...LENGTHS.flatMap((length) => [
      [`>${make(version, type, length)}`, HELLO],
      [`>${make(version, type, length).slice(0, length + 3)}`, '>x', HELLO],
    ]),
  ]
}

describe('the application layer, against Suricata 7: records of SSL 2 before those of TLS', () => {
  for (const [header, make] of Object.entries({ short, long }))
    it(`with a ${header} header`, async () => {
      const all = VERSIONS.flatMap((version) => TYPES.flatMap((type) => conversations(version, type, make)))
      const cases = all.map((lines) => ({ name: JSON.stringify(lines), frames: tcpExchange(443, lines) }))
      const { alerts, differences } = await compare(cases, 'drop')
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(cases.length)
    })

  it('in a tunnel, cut short', async () => {
    const asked = '>CONNECT c.example:53 HTTP/1.1\r\nHost: proxy.example\r\n\r\n'
    const cases = [7, 8, 9, 10, 11].map((cut) => {
      const begun = `>${short('\x03\x01').slice(0, cut)}`
      const lines = [connect(), GRANTED, begun, '<x', '>y', asked, GRANTED, HELLO, SERVER_HELLO]
      return { name: `${cut}`, frames: tcpExchange(8080, lines) }
    })
    const { alerts, differences } = await compare(cases, 'drop')
    expect(differences).to.deep.equal([])
    expect(alerts).to.be.above(cases.length)
  })
})
