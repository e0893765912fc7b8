/** What the page shows, as it stands in the address after the `#`. */
export interface Address {
  /** Every word of it must occur in a case. */
  readonly find: string
  /** Outcomes that are shown; none: all. */
  readonly outcomes: readonly string[]
  /** A suite, or a folder of suites; empty: all. */
  readonly suite: string
  /** Only cases whose outcomes differ between the sides. */
  readonly differing: boolean
  /** Axes that make columns; undefined: those that the report chose. */
  readonly columns: readonly string[] | undefined
  /** Name of the case that is open; empty: none. */
  readonly name: string
  /** Name of its side; empty: the first that has it. */
  readonly side: string
  /** All sides of the open case beside each other. */
  readonly beside: boolean
}

export const NOWHERE: Address = {
  find: '',
  outcomes: [],
  suite: '',
  differing: false,
  columns: undefined,
  name: '',
  side: '',
  beside: false,
}

/** Reads the part of an address after (and with) its `#`. */
export function readAddress(hash: string): Address {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const text = (name: string) => given.get(name) ?? ''
  const list = (name: string) => text(name).split(',').filter(Boolean)
  return {
    find: text('find'),
    outcomes: list('outcome'),
    suite: text('suite'),
    differing: given.has('differing'),
    columns: given.has('columns') ? list('columns') : undefined,
    name: text('case'),
    side: text('side'),
    beside: given.has('beside'),
  }
}

/** The link that shows what an address says. */
export function hashOf(address: Partial<Address>): string {
  const { find, outcomes, suite, differing, columns, name, side, beside } = { ...NOWHERE, ...address }
  const words = new URLSearchParams()
  if (find !== '') words.set('find', find)
  if (outcomes.length > 0) words.set('outcome', outcomes.join(','))
  if (suite !== '') words.set('suite', suite)
  if (differing) words.set('differing', '')
  if (columns !== undefined) words.set('columns', columns.join(','))
  if (name !== '') words.set('case', name)
  if (name !== '' && side !== '') words.set('side', side)
  if (name !== '' && beside) words.set('beside', '')
  return `#${words}`
}
