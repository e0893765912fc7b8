import { expect } from 'chai'
import { hex, join8 } from '../../wire/example-frames.test.ts'
import { Filler } from './filler.ts'
import { NameMap } from './names.ts'
import { anonymiseClientHello, isClientHello } from './tls.ts'

const NAME = Buffer.from('intranet.example.com')
const KEY = new Uint8Array(32)

function sixteen(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value)
}

/** A ClientHello of TLS 1.2 with a server name between two other extensions. */
function clientHello(): Uint8Array {
  const entry = join8(hex('00'), sixteen(NAME.length), NAME)
  const list = join8(sixteen(entry.length), entry)
  const extensions = join8(hex('00170000 0000'), sixteen(list.length), list, hex('0010 0005 0003 02 6832'))
  const body = join8(
    hex('0303'),
    new Uint8Array(32),
    hex('00 0002 1301 01 00'),
    sixteen(extensions.length),
    extensions,
  )
  const handshake = join8(hex('01 00'), sixteen(body.length), body)
  return join8(hex('16 0301'), sixteen(handshake.length), handshake)
}

describe('author/anonymise/tls', () => {
  const changed = (hello: Uint8Array) => {
    const bytes = hello.slice()
    anonymiseClientHello(bytes, 0, bytes.length, 7, new NameMap(KEY), new Filler('keep'))
    return bytes
  }

  it('replaces the server name, label by label, and nothing else', () => {
    const hello = clientHello()
    expect(isClientHello(hello, 0, hello.length)).to.equal(true)
    const at = Buffer.from(hello).indexOf(NAME)
    const after = Buffer.from(changed(hello))
    expect(after.subarray(0, at)).to.deep.equal(Buffer.from(hello.subarray(0, at)))
    expect(after.subarray(at + NAME.length)).to.deep.equal(Buffer.from(hello.subarray(at + NAME.length)))
    expect(after.subarray(at, at + NAME.length).toString()).to.match(/^[a-z]{8}\.[a-z]{7}\.[a-z]{3}$/)
    expect(after.includes('intranet')).to.equal(false)
  })

  it('leaves no part of the name wherever the segment ends', () => {
    const hello = clientHello()
    const at = Buffer.from(hello).indexOf(NAME)
    for (let end = 6; end < hello.length; end++) {
      const after = Buffer.from(changed(hello.subarray(0, end)))
      const seen = NAME.subarray(0, Math.max(0, Math.min(end - at, NAME.length)))
      if (seen.length > 2) expect(after.includes(seen), `${end}`).to.equal(false)
    }
  })
})
