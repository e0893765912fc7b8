import { expect } from 'chai'
import { isWithinCidr, parseCidr } from './cidr.ts'

function has(block: string, address: string): boolean {
  const cidr = parseCidr(block)
  const bytes = parseCidr(address)?.bytes
  if (cidr === undefined || bytes === undefined) throw new Error(`${block} or ${address} does not parse`)
  const padded = Uint8Array.from([9, 9, ...bytes])
  return isWithinCidr(cidr, padded, 2, bytes.length)
}

describe('support/cidr', () => {
  it('says which addresses lie in a block, to the bit', () => {
    const cases: [block: string, inside: string, outside: string][] = [
      ['192.0.2.0/24', '192.0.2.255', '192.0.3.0'],
      ['192.0.2.128/25', '192.0.2.128', '192.0.2.127'],
      ['10.0.0.0/31', '10.0.0.1', '10.0.0.2'],
      ['10.0.0.7', '10.0.0.7', '10.0.0.6'],
      ['2001:db8::/33', '2001:db8:7fff::1', '2001:db8:8000::1'],
      ['2001:db8::5', '2001:db8::5', '2001:db8::6'],
      ['::ffff:192.0.2.0/120', '::ffff:192.0.2.9', '::ffff:192.0.3.9'],
      ['2001:db8:0:0:1::/80', '2001:db8::1:0:0:9', '2001:db8::2:0:0:9'],
    ]
    for (const [block, inside, outside] of cases) {
      expect(has(block, inside), `${inside} in ${block}`).to.equal(true)
      expect(has(block, outside), `${outside} in ${block}`).to.equal(false)
    }
  })

  it('keeps the families apart', () => {
    expect(has('0.0.0.0/0', '::1')).to.equal(false)
    expect(has('::/0', '192.0.2.1')).to.equal(false)
    expect(has('::/0', '2001:db8::1') && has('0.0.0.0/0', '192.0.2.1')).to.equal(true)
  })

  it('reads nothing else', () => {
    for (const text of [
      '',
      'any',
      '192.0.2/24',
      '192.0.2.0/33',
      '::/129',
      '192.0.2.0/',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      'fe80::1%eth0',
    ])
      expect(parseCidr(text), text).to.equal(undefined)
  })
})
