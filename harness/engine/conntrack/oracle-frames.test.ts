import { Kind, Link } from '../../model/codes.ts'
import { putU16, putU32, u16, u32 } from '../../wire/bytes.ts'
import { sumAddresses, updateChecksum, writeIpv4Checksum } from '../../wire/checksum.ts'
import { dissect } from '../../wire/dissect.ts'
import { readdress } from '../../wire/forge.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'
import { findFragmentHeader } from '../../wire/ipv6.ts'
import { Protocol } from '../../wire/numbers.ts'
import type { OracleCase } from '../oracle-cases.test.ts'

/** A frame of a case as it is given to the kernel and to the engine. */
export interface LabFrame {
  /** Number of its case. */
  readonly owner: number
  /** Index within its case. */
  readonly index: number
  readonly side: 0 | 1
  /** Nanoseconds; as in the case. */
  readonly time: number
  readonly bytes: Uint8Array
  /** What tells it, or the datagram of which it is a fragment, from the others of its case; from 1. */
  readonly tag: number
}

/** Where IP begins in plain Ethernet. */
const IP = 14
const HARDWARE = [
  Uint8Array.of(2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1),
  Uint8Array.of(2, 0, 0, 0, 1, 2, 2, 0, 0, 0, 0, 2),
]

/**
 * The frames of all cases, each case with addresses of its own: what its first packet's sender and those on its side have
 * begins with 10 or fd10, that of the others with 11 or fd11. What no router forwards is left out: other than IP over plain
 * Ethernet, link-local and group addresses, and packets between two ends on one side. A kernel that is asked several times
 * needs another first number each time.
 */
export function labFrames(cases: readonly OracleCase[], firstOwner = 0): LabFrame[] {
  return cases.flatMap(({ frames }, number) => {
    const owner = firstOwner + number
    const places = new Places(owner)
    const tags = new Map<string, number>()
    const result: LabFrame[] = []
    for (const [index, { time, bytes: recorded }] of frames.entries()) {
      const { l3, kind, vlan } = dissect(recorded, Link.ethernet)
      if (l3 !== IP || vlan !== 0 || kind === Kind.malformed) continue
      const [source, destination] = [sourceAt(recorded, l3), destinationAt(recorded, l3)]
      const from = places.of(recorded, source, l3, places.isOn(recorded, destination, l3, 0) ? 1 : 0)
      const to = places.of(recorded, destination, l3, from?.side === 0 ? 1 : 0)
      if (from === undefined || to === undefined || from.side === to.side) continue
      const bytes = recorded.slice()
      const tag = tagOf(bytes, l3, kind, tags)
      readdress(bytes, Link.ethernet, {
        source: { address: from.address },
        destination: { address: to.address },
      })
      place(bytes, l3, from.address, to.address)
      bytes.set(HARDWARE[from.side] ?? [], 0)
      writeTag(bytes, l3, tag)
      result.push({ owner, index, side: from.side, time, bytes, tag })
    }
    return result
  })
}

/** The tag of a frame that came out, 0 where it is the firewall's own, and the case that it belongs to; undefined: to none. */
export function readTag(bytes: Uint8Array): { readonly owner: number; readonly tag: number } | undefined {
  const { l3 } = dissect(bytes, Link.ethernet)
  if (l3 !== IP) return undefined
  // The source of an ICMP error may be a router's, the destination never is.
  const at = destinationAt(bytes, IP)
  const six = isIpv6(bytes, IP)
  const prefix = six ? u16(bytes, at) - 0xfd10 : (bytes[at] ?? 0) - 10
  if (prefix !== 0 && prefix !== 1) return undefined
  if (six) return { owner: u16(bytes, at + 2), tag: u32(bytes, IP) & 0xfffff }
  return { owner: u16(bytes, at + 1), tag: u16(bytes, IP + 4) }
}

interface Place {
  readonly side: 0 | 1
  readonly address: Uint8Array
}

/** Where the addresses of a case are. */
class Places {
  readonly #owner: number
  readonly #places = new Map<string, Place>()

  constructor(owner: number) {
    this.#owner = owner
  }

  /** Whether that address is known to be on that side. */
  isOn(bytes: Uint8Array, at: number, l3: number, side: 0 | 1): boolean {
    return this.#places.get(bytes.subarray(at, at + addressLength(bytes, l3)).join('.'))?.side === side
  }

  /** Where an address is; on `side` from now on where it is not known yet. Undefined: no router forwards it. */
  of(bytes: Uint8Array, at: number, l3: number, side: 0 | 1): Place | undefined {
    const address = bytes.subarray(at, at + addressLength(bytes, l3))
    if (!isRouted(address)) return undefined
    const key = address.join('.')
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const owner = [this.#owner >> 8, this.#owner & 255]
    const number = this.#places.size + 1
    const place: Place = {
      side,
      address: Uint8Array.from(
        address.length === 4
          ? [10 + side, ...owner, number]
          : [0xfd, 0x10 + side, ...owner, ...Array(11).fill(0), number],
      ),
    }
    this.#places.set(key, place)
    return place
  }
}

function isRouted(address: Uint8Array): boolean {
  const first = address[0] ?? 0
  if (address.length === 4) return first > 0 && first < 224 && first !== 127
  return first !== 0xff && first !== 0 && !(first === 0xfe && (address[1] ?? 0) >= 0x80)
}

/** An ICMP error that does not go to whoever sent what it quotes goes between these two, too; IPv4's checksum is written with its tag. */
function place(bytes: Uint8Array, l3: number, source: Uint8Array, destination: Uint8Array): void {
  const before = sumAddresses(bytes, l3)
  bytes.set(source, sourceAt(bytes, l3))
  bytes.set(destination, destinationAt(bytes, l3))
  const { l4, protocol } = dissect(bytes, Link.ethernet)
  if (l4 < 0 || protocol !== Protocol.icmp6) return
  putU16(bytes, l4 + 2, updateChecksum(u16(bytes, l4 + 2), before, sumAddresses(bytes, l3)))
}

/** Fragments of one datagram get one tag. */
function tagOf(bytes: Uint8Array, l3: number, kind: number, tags: Map<string, number>): number {
  const fragment = kind === Kind.fragment4 || kind === Kind.fragment6
  if (!fragment) {
    const tag = (tags.get('') ?? 0) + 1
    tags.set('', tag)
    return tag
  }
  const six = kind === Kind.fragment6
  const header = six ? findFragmentHeader(bytes, l3, bytes.length) : -1
  const identification = six ? u32(bytes, header + 4) : u16(bytes, l3 + 4)
  const from = sourceAt(bytes, l3)
  const key = `${identification} ${bytes.subarray(from, from + 2 * addressLength(bytes, l3)).join('.')}`
  const tag = tags.get(key) ?? (tags.get('') ?? 0) + 1
  tags.set(key, tag)
  tags.set('', Math.max(tag, tags.get('') ?? 0))
  return tag
}

/** IPv4: the identification; IPv6: the flow label. Neither means anything to a firewall. The hop limit suffices. */
function writeTag(bytes: Uint8Array, l3: number, tag: number): void {
  if (isIpv6(bytes, l3)) {
    putU32(bytes, l3, 0x60000000 | tag)
    bytes[l3 + 7] = 64
    return
  }
  putU16(bytes, l3 + 4, tag)
  bytes[l3 + 8] = 64
  writeIpv4Checksum(bytes, l3)
}
