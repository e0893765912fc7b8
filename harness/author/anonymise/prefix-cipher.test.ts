import { expect } from 'chai'
import fc from 'fast-check'
import { ipv4Text } from '../../flow/address-text.ts'
import { parseCidr } from '../../support/cidr.ts'
import { u32 } from '../../wire/bytes.ts'
import { AddressMap } from './addresses.ts'
import { PrefixCipher } from './prefix-cipher.ts'

/** Key and addresses of the sample that came with the first implementation of Crypto-PAn. */
const KEY = Uint8Array.of(
  21,
  34,
  23,
  141,
  51,
  164,
  207,
  128,
  19,
  10,
  91,
  22,
  73,
  144,
  125,
  16,
  216,
  152,
  143,
  131,
  121,
  121,
  101,
  39,
  98,
  87,
  76,
  45,
  42,
  132,
  34,
  2,
)
const SAMPLE = {
  '128.11.68.132': '135.242.180.132',
  '129.118.74.4': '134.136.186.123',
  '130.132.252.244': '133.68.164.234',
  '141.223.7.43': '141.167.8.160',
  '152.163.225.39': '151.140.114.167',
}

function address(text: string): Uint8Array {
  const bytes = parseCidr(text)?.bytes
  if (bytes === undefined) throw new Error(text)
  return bytes.slice()
}

function common(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, k) => byte !== b[k])
  return at < 0 ? a.length * 8 : at * 8 + Math.clz32((a[at] ?? 0) ^ (b[at] ?? 0)) - 24
}

describe('author/anonymise/prefix-cipher', () => {
  it('maps the sample of Crypto-PAn as it does', () => {
    const cipher = new PrefixCipher(KEY)
    for (const [old, other] of Object.entries(SAMPLE)) {
      const bytes = address(old)
      cipher.map(bytes, 0, 4)
      expect(ipv4Text(u32(bytes, 0)), old).to.equal(other)
    }
  })

  for (const size of [4, 16])
    it(`keeps common prefixes of addresses of ${size} bytes exactly, special ranges among them`, () => {
      const maps = new AddressMap(new PrefixCipher(KEY))
      const any = fc.uint8Array({ minLength: size, maxLength: size })
      fc.assert(
        fc.property(any, any, fc.nat(size * 8), (one, drawn, bits) => {
          const two = drawn.slice()
          for (let bit = 0; bit < bits; bit++) {
            const mask = 0x80 >> (bit & 7)
            two[bit >> 3] = ((two[bit >> 3] ?? 0) & ~mask) | ((one[bit >> 3] ?? 0) & mask)
          }
          const [a, b] = [one.slice(), two.slice()]
          maps.map(a, 0, size)
          maps.map(b, 0, size)
          expect(common(a, b)).to.equal(common(one, two))
        }),
        { seed: 7, numRuns: 500 },
      )
    })

  it('keeps the class of special addresses, and maps no other into it', () => {
    const maps = new AddressMap(new PrefixCipher(KEY))
    const mapped = (text: string) => {
      const bytes = address(text)
      maps.map(bytes, 0, bytes.length)
      return bytes
    }
    for (const text of [
      '127.0.0.1',
      '0.0.0.0',
      '255.255.255.255',
      '224.0.0.251',
      '::1',
      '::',
      'ff02::fb',
      'ff02::1',
    ])
      expect(mapped(text), text).to.deep.equal(address(text))
    const classes = [
      '10.1.2.3/8',
      '172.20.1.2/12',
      '192.168.9.9/16',
      '169.254.7.7/16',
      '232.4.5.6/4',
      '100.70.1.1/10',
    ]
    for (const text of [
      ...classes,
      'fe80::1234/64',
      'fd00::7/7',
      'ff05::1:3/16',
      'ff02::1:ff12:3456/104',
      '2a02::1/3',
    ]) {
      const [host = '', bits] = text.split('/')
      expect(common(mapped(host), address(host)), text).to.be.at.least(Number(bits))
      if (!host.startsWith('ff05')) expect(mapped(host), text).not.to.deep.equal(address(host))
    }
    for (let n = 0; n < 2000; n++) {
      const host = [11 + (n % 88), (n * 7) & 255, n >> 3, n & 255].join('.')
      const [first = 0] = mapped(host)
      expect(first, host).to.be.lessThan(224)
      expect(first, host).not.to.be.oneOf([0, 10, 127])
    }
  })
})
