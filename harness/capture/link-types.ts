import { Link } from '../model/codes.ts'

interface LinkType {
  /** Its libpcap name, without prefix. */
  readonly name: string
  /** A `Link` code. */
  readonly code: number
}

/** By number in the registry of link types at tcpdump.org; 12 and 14 are what some BSDs wrote for RAW. */
const LINK_TYPES: ReadonlyMap<number, LinkType> = new Map([
  [0, { name: 'NULL', code: Link.null }],
  [1, { name: 'EN10MB', code: Link.ethernet }],
  [9, { name: 'PPP', code: Link.ppp }],
  [12, { name: 'RAW', code: Link.raw }],
  [14, { name: 'RAW', code: Link.raw }],
  [50, { name: 'PPP_SERIAL', code: Link.ppp }],
  [101, { name: 'RAW', code: Link.raw }],
  [104, { name: 'C_HDLC', code: Link.chdlc }],
  [105, { name: 'IEEE802_11', code: Link.unsupported }],
  [108, { name: 'LOOP', code: Link.loop }],
  [113, { name: 'LINUX_SLL', code: Link.sll }],
  [127, { name: 'IEEE802_11_RADIO', code: Link.unsupported }],
  [220, { name: 'USB_LINUX_MMAPPED', code: Link.unsupported }],
  [228, { name: 'IPV4', code: Link.raw4 }],
  [229, { name: 'IPV6', code: Link.raw6 }],
  [239, { name: 'NFLOG', code: Link.nflog }],
  [276, { name: 'LINUX_SLL2', code: Link.sll2 }],
])

/** Link type numbers for written files, by `Link` code. */
const NUMBERS: ReadonlyMap<number, number> = new Map(
  [...LINK_TYPES]
    .filter(([, { code }]) => code !== Link.unsupported)
    .map(([number, { code }]) => [code, number]),
)

/** The name of the link type `number` of a capture file, and how the decoder reads it. */
export function linkTypeOf(number: number): LinkType {
  return LINK_TYPES.get(number) ?? { name: `LINKTYPE_${number}`, code: Link.unsupported }
}

/** Names of link types whose frames the decoder reads. */
const READ: ReadonlySet<string> = new Set(
  [...LINK_TYPES.values()].filter(({ code }) => code !== Link.unsupported).map(({ name }) => name),
)

/** Those of a capture's link types, by name, whose frames the decoder does not read: it treats these as not IP. */
export function unreadLinks(names: Iterable<string>): readonly string[] {
  return [...names].filter((name) => !READ.has(name))
}

/**
 * The link type number to write for a `Link` code; 147 (reserved for private use) if it has none. PPP is 9, for which
 * frames may or may not begin with an HDLC address.
 */
export function linkNumberOf(code: number): number {
  return code === Link.ppp ? 9 : (NUMBERS.get(code) ?? 147)
}
