import { parseCidr } from '../../support/cidr.ts'
import { complain, type ListItem, type Piece, readList } from './text.ts'

/** A range of addresses of one family, first to last, as numbers. */
export interface Stretch {
  readonly first: bigint
  readonly last: bigint
}

/** Ranges of one family, ascending and disjoint. */
type Stretches = readonly Stretch[]

/** The addresses of one family that a list names, and those that it excludes. */
interface Named {
  readonly within: Stretch[]
  readonly without: Stretch[]
}

/** Bytes of an address. */
type Size = 4 | 16

/** The addresses that a rule matches, by family. */
export class Addresses {
  readonly #four: Stretches
  readonly #six: Stretches
  /** The rule excludes some with `!`. */
  readonly negated: boolean

  constructor(four: Stretches, six: Stretches, negated: boolean) {
    this.#four = four
    this.#six = six
    this.negated = negated
  }

  /** The ranges of the family whose addresses have `size` bytes (4 or 16), cut wherever the rule names one of their ends. */
  stretches(size: Size): Stretches {
    return size === 4 ? this.#four : this.#six
  }

  /** Whether Suricata takes both for the same: equal ranges, cut at the same places (`DetectAddressListsAreEqual`). */
  equals(other: Addresses): boolean {
    return areEqual(this.#four, other.#four) && areEqual(this.#six, other.#six)
  }
}

function areEqual(some: Stretches, others: Stretches): boolean {
  return (
    some.length === others.length &&
    some.every(({ first, last }, at) => first === others[at]?.first && last === others[at]?.last)
  )
}

/**
 * Reads `any`, addresses, CIDR blocks and lists of these, negated or not. A list that excludes addresses of a family and names none of
 * it means the rest of that family (Suricata 7, detect-engine-address.c).
 */
export function parseAddresses(piece: Piece): Addresses {
  const list = readList(piece)
  const [four, six] = [namedBy([list], 4), namedBy([list], 16)]
  const negated = four.without.length + six.without.length > 0
  return new Addresses(...left(list, four, six), negated)
}

/** What items name of the family whose addresses have `size` bytes. */
function namedBy(items: readonly ListItem[], size: Size): Named {
  const named: Named = { within: [], without: [] }
  for (const item of items) {
    if (item.items === undefined) named[item.negated ? 'without' : 'within'].push(...stretchOf(item, size))
    else if (item.negated) named.without.push(...listTakenOut(item, item.items, size))
    else {
      const inner = namedBy(item.items, size)
      named.within.push(...inner.within)
      named.without.push(...inner.without)
    }
  }
  return named
}

/** A negated list excludes what it would mean by itself. */
function listTakenOut(list: ListItem, items: readonly ListItem[], size: Size): Stretches {
  const [four, six] = left(list, namedBy(items, 4), namedBy(items, 16))
  return size === 4 ? four : six
}

/** What remains of both families; Suricata refuses a list that excludes all of IPv4, or leaves nothing. */
function left({ piece }: ListItem, four: Named, six: Named): [Stretches, Stretches] {
  if (restOf(joined(four.without), 4).length === 0)
    throw complain(piece, `${piece.text} takes out every IPv4 address`)
  const found: [Stretches, Stretches] = [remaining(four, 4), remaining(six, 16)]
  if (found.every(({ length }) => length === 0)) throw complain(piece, `no address is left of ${piece.text}`)
  return found
}

function remaining({ within, without }: Named, size: Size): Stretches {
  const named = within.length === 0 && without.length > 0 ? allOf(size) : within
  return cut(named, without)
}

/** What is within and not without, cut at every end of a range, as Suricata keeps its lists. */
function cut(within: Stretches, without: Stretches): Stretches {
  const marks = [within, without].flatMap((stretches, out) =>
    stretches.flatMap(({ first, last }) => [
      { at: first, out, by: 1 },
      { at: last + 1n, out, by: -1 },
    ]),
  )
  const result: Stretch[] = []
  const open = [0, 0]
  let from = 0n
  for (const { at, out, by } of marks.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    if (at > from && (open[0] ?? 0) > 0 && open[1] === 0) result.push({ first: from, last: at - 1n })
    from = at
    open[out] = (open[out] ?? 0) + by
  }
  return result
}

function stretchOf({ piece, negated }: ListItem, size: Size): Stretches {
  if (piece.text === 'any') {
    if (negated) throw complain(piece, 'not any address would match nothing')
    return allOf(size)
  }
  const { bytes, bits } = parseBlock(piece)
  if (bytes.length !== size) return []
  const behind = BigInt(size * 8 - bits)
  const first = (numberOf(bytes) >> behind) << behind
  return [{ first, last: first + (1n << behind) - 1n }]
}

function parseBlock(piece: Piece) {
  const { text } = piece
  if (text.startsWith('$')) throw complain(piece, `variables such as ${text} are not supported here`)
  const [address = '', length] = text.split('/')
  const host = parseCidr(address)
  const block = parseCidr(text)
  if (block !== undefined) return block
  if (host === undefined || length === undefined)
    throw complain(piece, `${JSON.stringify(text)} is not an address`)
  throw complain(piece, `${JSON.stringify(length)} is not a prefix length of 0 to ${host.bits}`)
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function allOf(size: Size): Stretches {
  return [{ first: 0n, last: lastOf(size) }]
}

function lastOf(size: Size): bigint {
  return (1n << BigInt(size * 8)) - 1n
}

/** The same addresses, ascending and without overlaps. */
function joined(stretches: Stretches): Stretches {
  const result: Stretch[] = []
  for (const each of stretches.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = result.at(-1)
    if (before === undefined || each.first > before.last + 1n) result.push(each)
    else if (each.last > before.last) result.splice(-1, 1, { first: before.first, last: each.last })
  }
  return result
}

/** All other addresses of a family. */
function restOf(stretches: Stretches, size: Size): Stretches {
  const result: Stretch[] = []
  let first = 0n
  for (const each of stretches) {
    if (each.first > first) result.push({ first, last: each.first - 1n })
    first = each.last + 1n
  }
  const last = lastOf(size)
  return first > last ? result : [...result, { first, last }]
}
