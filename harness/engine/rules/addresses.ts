import { isIPv4, isIPv6 } from 'node:net'
import { complain, listItems, type Piece } from './text.ts'

/** Leading bits that an address must have. */
export interface Prefix {
  readonly bytes: Uint8Array
  readonly bits: number
}

/**
 * Which addresses a rule means, by family: those in any of `within` and in none of `without`; where `within` has none of a family,
 * all of it that are in none of `without`; and none of a family of which nothing is said, unless nothing is said at all.
 */
export class Addresses {
  readonly within: readonly Prefix[]
  readonly without: readonly Prefix[]

  constructor(within: readonly Prefix[], without: readonly Prefix[]) {
    this.within = within
    this.without = without
  }

  /** Whether the address of `size` bytes (4 or 16) at `at` is one of them. */
  has(bytes: Uint8Array, at: number, size: number): boolean {
    if (this.within.length + this.without.length === 0) return true
    if (isWithin(this.without, bytes, at, size)) return false
    return this.within.some((prefix) => prefix.bytes.length === size)
      ? isWithin(this.within, bytes, at, size)
      : this.without.some((prefix) => prefix.bytes.length === size)
  }
}

/** Reads `any`, addresses, CIDR blocks and lists of these, negated or not. */
export function parseAddresses(piece: Piece): Addresses {
  const within: Prefix[] = []
  const without: Prefix[] = []
  const items = listItems(piece)
  for (const { item, negated } of items) {
    if (item.text === 'any') {
      if (negated) throw complain(item, 'not any address would match nothing')
      if (items.length > 1)
        within.push({ bytes: new Uint8Array(4), bits: 0 }, { bytes: new Uint8Array(16), bits: 0 })
      continue
    }
    const into = negated ? without : within
    into.push(parsePrefix(item))
  }
  return new Addresses(within, without)
}

function isWithin(prefixes: readonly Prefix[], bytes: Uint8Array, at: number, size: number): boolean {
  for (const { bytes: wanted, bits } of prefixes)
    if (wanted.length === size && sharesBits(wanted, bits, bytes, at)) return true
  return false
}

function sharesBits(wanted: Uint8Array, bits: number, bytes: Uint8Array, at: number): boolean {
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (wanted[i] !== bytes[at + i]) return false
  const rest = bits & 7
  return rest === 0 || (((wanted[whole] ?? 0) ^ (bytes[at + whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0
}

function parsePrefix(item: Piece): Prefix {
  const [address = '', length, extra] = item.text.split('/')
  if (address.startsWith('$')) throw complain(item, `there are no variables here, so not ${address} either`)
  const bytes = isIPv4(address) ? bytesOfIpv4(address) : isIPv6(address) ? bytesOfIpv6(address) : undefined
  if (bytes === undefined || address.includes('%') || extra !== undefined)
    throw complain(item, `${JSON.stringify(item.text)} is not an address`)
  const bits = length === undefined ? bytes.length * 8 : Number(length)
  if (!/^\d{1,3}$/.test(length ?? '0') || bits > bytes.length * 8)
    throw complain(item, `${JSON.stringify(length)} is not a prefix length of 0 to ${bytes.length * 8}`)
  return { bytes, bits }
}

function bytesOfIpv4(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number)
}

/** The text has been checked, so that groups are right and at most one gap is there. */
function bytesOfIpv6(text: string): Uint8Array {
  const dotted = /[\d.]+$/.exec(text)?.[0] ?? ''
  const quad = dotted.includes('.') ? bytesOfIpv4(dotted) : undefined
  const hex = quad === undefined ? text : `${text.slice(0, -dotted.length)}0:0`
  const [head = '', tail] = hex.split('::')
  const groups = (half: string) =>
    half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))
  const left = groups(head)
  const right = groups(tail ?? '')
  const bytes = new Uint8Array(16)
  const put = (group: number, at: number) => bytes.set([group >> 8, group & 255], at * 2)
  for (const [at, group] of left.entries()) put(group, at)
  for (const [at, group] of right.entries()) put(group, 8 - right.length + at)
  if (quad !== undefined) bytes.set(quad, 12)
  return bytes
}
