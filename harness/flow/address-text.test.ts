import { isIPv6 } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import { ipv4Text, ipv6Text } from './address-text.ts'

describe('flow/address-text', () => {
  it('writes IPv4 addresses', () => {
    expect(ipv4Text(0xc000020a | 0)).to.equal('192.0.2.10')
    expect(ipv4Text(0)).to.equal('0.0.0.0')
  })

  it('writes IPv6 addresses as browsers do', () => {
    const group = fc.constantFrom(0, 0, 0, 1, 0xdb8, 0xffff)
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = ipv6Text(groups)
        expect(isIPv6(text)).to.equal(true)
        const full = groups.map((part) => part.toString(16)).join(':')
        expect(`[${text}]`).to.equal(new URL(`http://[${full}]/`).hostname)
      }),
      { seed: 5 },
    )
  })
})
