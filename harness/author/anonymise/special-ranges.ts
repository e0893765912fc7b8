import { type Cidr, parseCidr } from '../../support/cidr.ts'

/** A range whose addresses mean something by being in it. */
export interface SpecialRange extends Cidr {
  /** Its addresses stay as they are: they name no host of anybody's network. */
  readonly kept: boolean
}

/** Classes that stay what they are (RFC 6890, RFC 1918, RFC 6598), each mapped onto itself. */
const MAPPED4 = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12']
const MAPPED4_TOO = ['192.168.0.0/16', '224.0.0.0/4', '240.0.0.0/4']
/** This host, loopback, the groups of the local network and of the internet's own protocols, SSDP, broadcast. */
const KEPT4 = ['0.0.0.0', '127.0.0.0/8', '224.0.0.0/23', '239.255.255.250', '255.255.255.255']

/** Global unicast, the same with a meaning of its own, unique local, link-local; multicast by flags and scope is `leadingBits6`' own. */
const MAPPED6 = ['2000::/3', '2001::/32', '2002::/16', '64:ff9b::/96', '::ffff:0:0/96', 'fc00::/7']
const MAPPED6_TOO = ['fe80::/10', 'fe80::/64', 'ff02::1:ff00:0/104']
/** Unspecified and loopback. */
const KEPT6 = ['::/127']

export const SPECIAL4: readonly SpecialRange[] = ranges([...MAPPED4, ...MAPPED4_TOO], KEPT4)
const SPECIAL6: readonly SpecialRange[] = ranges([...MAPPED6, ...MAPPED6_TOO], KEPT6)

function ranges(mapped: readonly string[], kept: readonly string[]): SpecialRange[] {
  const all = [
    ...mapped.map((text) => ({ text, kept: false })),
    ...kept.map((text) => ({ text, kept: true })),
  ]
  return all.map(({ text, kept: stays }) => {
    const block = parseCidr(text)
    if (block === undefined) throw new RangeError(`${text} is not a range`)
    return { ...block, kept: stays }
  })
}

/**
 * How many leading bits of the address at `at` stay, so that a special range is mapped onto itself and nothing else into it: a
 * bit stays while the bits before it are those of a special range that goes on.
 */
export function leadingBits(ranges: readonly SpecialRange[], bytes: Uint8Array, at: number): number {
  let most = 0
  for (const { bytes: block, bits, kept } of ranges) {
    const common = commonBits(block, bytes, at)
    if (kept && common >= bits) return block.length * 8
    most = Math.max(most, Math.min(common, bits - 1) + 1)
  }
  return most
}

/** The same of IPv6, where a group's flags and scope stay, and the whole of a permanently assigned one (RFC 4291 2.7) that names no host. */
export function leadingBits6(bytes: Uint8Array, at: number): number {
  const most = leadingBits(SPECIAL6, bytes, at)
  if (bytes[at] !== 0xff) return most
  if (most === 104) return most
  return (bytes[at + 1] ?? 0) >> 4 === 0 ? 128 : Math.max(most, 16)
}

function commonBits(a: Uint8Array, bytes: Uint8Array, at: number): number {
  for (let k = 0; k < a.length; k++) {
    const differ = (a[k] ?? 0) ^ (bytes[at + k] ?? 0)
    if (differ !== 0) return k * 8 + Math.clz32(differ) - 24
  }
  return a.length * 8
}
