import { isIPv4, isIPv6 } from 'node:net'

/** A block of addresses: those that share its first bits. */
export interface Cidr {
  /** 4 or 16 bytes; bits after the prefix are ignored. */
  readonly bytes: Uint8Array
  /** Leading bits that an address must have. */
  readonly bits: number
}

/** Reads `192.0.2.0/24`, `2001:db8::/32` or an address alone; undefined if the text is none of these. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, more] = text.split('/')
  const bytes = isIPv4(address) ? bytesOfIpv4(address) : isIPv6(address) ? bytesOfIpv6(address) : undefined
  if (bytes === undefined || more !== undefined) return undefined
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined
  const bits = length === undefined ? bytes.length * 8 : Number(length)
  return bits <= bytes.length * 8 ? { bytes, bits } : undefined
}

/** Whether the address of `size` bytes (4 or 16) at `at` is in the block. */
export function isWithinCidr(
  { bytes: block, bits }: Cidr,
  bytes: Uint8Array,
  at: number,
  size: number,
): boolean {
  if (block.length !== size) return false
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (block[i] !== bytes[at + i]) return false
  const rest = bits & 7
  return rest === 0 || (((block[whole] ?? 0) ^ (bytes[at + whole] ?? 0)) & (0xff << (8 - rest)) & 0xff) === 0
}

function bytesOfIpv4(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number)
}

/** The text is known to be an IPv6 address, so its groups are valid and it has at most one gap. */
function bytesOfIpv6(text: string): Uint8Array | undefined {
  if (text.includes('%')) return undefined
  const dotted = /[\d.]+$/.exec(text)?.[0] ?? ''
  const quad = dotted.includes('.') ? bytesOfIpv4(dotted) : undefined
  const hex = quad === undefined ? text : `${text.slice(0, -dotted.length)}0:0`
  const [head = '', tail] = hex.split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (const [index, group] of left.entries()) view.setUint16(index * 2, group)
  for (const [index, group] of right.entries()) view.setUint16((8 - right.length + index) * 2, group)
  if (quad !== undefined) bytes.set(quad, 12)
  return bytes
}

function groupsOf(half: string): readonly number[] {
  return half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))
}
