import { u16 } from '../../wire/bytes.ts'
import type { AddressMap } from './addresses.ts'
import type { Filler } from './filler.ts'
import type { NameMap } from './names.ts'

/** Servers of DNS, multicast DNS (RFC 6762) and LLMNR (RFC 4795). */
export const DNS_PORTS: ReadonlySet<number> = new Set([53, 5353, 5355])

const HEADER = 12
const Type = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
  dname: 39,
  opt: 41,
} as const
/** Types whose data is a name, behind so many bytes. */
const NAME_AT: ReadonlyMap<number, number> = new Map([
  [Type.ns, 0],
  [Type.cname, 0],
  [Type.ptr, 0],
  [Type.dname, 0],
  [Type.mx, 2],
  [Type.srv, 6],
])

export interface DnsMaps {
  readonly names: NameMap
  readonly addresses: AddressMap
  readonly filler: Filler
}

/** What is to be done to a part of a message. */
type Change = (bytes: Uint8Array) => void

/**
 * Replaces the names, addresses and other data of the records of the DNS message bytes[from, to) (RFC 1035 4), lengths and
 * pointers kept. False, and nothing changed, where it is not one, whole.
 */
export function anonymiseDns(bytes: Uint8Array, from: number, to: number, maps: DnsMaps): boolean {
  if (to - from < HEADER) return false
  const changes: Change[] = []
  let at = from + HEADER
  for (let n = u16(bytes, from + 4); n > 0; n--) {
    at = name(bytes, at, to, maps, changes) + 4
    if (at < HEADER || at > to) return false
  }
  for (let n = u16(bytes, from + 6) + u16(bytes, from + 8) + u16(bytes, from + 10); n > 0; n--) {
    const head = name(bytes, at, to, maps, changes)
    if (head < 0 || head + 10 > to) return false
    const data = head + 10
    at = data + u16(bytes, head + 8)
    if (at > to || !record(bytes, u16(bytes, head), data, at, maps, changes)) return false
  }
  for (const change of changes) change(bytes)
  maps.filler.fill(bytes, at, to)
  return true
}

/** Notes the labels of the name at `at`; gives the offset behind it, far below 0 where it runs past `to`. */
function name(bytes: Uint8Array, at: number, to: number, { names }: DnsMaps, changes: Change[]): number {
  for (let label = at; label < to; ) {
    const length = bytes[label] ?? 0
    if (length === 0) return label + 1
    if (length >= 0xc0) return label + 2 <= to ? label + 2 : Number.NEGATIVE_INFINITY
    const first = label + 1
    const end = first + length
    if (length > 63 || end >= to) return Number.NEGATIVE_INFINITY
    changes.push((message) => names.label(message, first, end))
    label = end
  }
  return Number.NEGATIVE_INFINITY
}

function record(
  bytes: Uint8Array,
  type: number,
  from: number,
  to: number,
  maps: DnsMaps,
  changes: Change[],
): boolean {
  const { addresses, filler } = maps
  const before = NAME_AT.get(type)
  if (before !== undefined) return name(bytes, from + before, to, maps, changes) === to
  if (type === Type.soa) {
    const mailbox = name(bytes, from, to, maps, changes)
    return mailbox > 0 && name(bytes, mailbox, to, maps, changes) + 20 === to
  }
  if (type === Type.a && to - from === 4) changes.push((message) => addresses.map4(message, from))
  else if (type === Type.aaaa && to - from === 16) changes.push((message) => addresses.map6(message, from))
  else if (type === Type.txt) changes.push((message) => fillParts(message, from, to, 0, filler))
  else if (type === Type.opt) changes.push((message) => fillParts(message, from, to, 3, filler))
  else changes.push((message) => filler.fill(message, from, to))
  return true
}

/** Fills the texts of a TXT record, or the options of EDNS (RFC 6891 6.1.2), whose lengths end `before` bytes after they begin, and stay. */
function fillParts(bytes: Uint8Array, from: number, to: number, before: number, filler: Filler): void {
  for (let at = from; at < to; ) {
    const data = at + before + 1
    const length = before === 0 ? (bytes[at] ?? 0) : u16(bytes, at + before - 1)
    if (data + length > to) {
      filler.fill(bytes, at, to)
      return
    }
    filler.fill(bytes, data, data + length)
    at = data + length
  }
}
