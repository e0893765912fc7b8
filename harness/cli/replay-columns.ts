import { hang, wrap } from '../report/wrap.ts'

/** A line of the table of `replay`, in words. */
export interface Row {
  readonly number: string
  readonly time: string
  readonly flow: string
  readonly direction: string
  readonly packet: string
  readonly host: string
  readonly verdict: string
  readonly why: string
}

/** The table's heading, and its lines; `verdict` gives that word its colour once it is padded. */
export interface Layout {
  readonly heading: string
  row(row: Row, verdict: (text: string) => string): string
}

/** How wide cells of this table are, at least. */
export interface Widest {
  readonly packet: number
  readonly host: number
}

/** Columns for the reason, of which shorter ones break it too often. */
const LEAST_WHY = 28
const BELOW = ' '.repeat(6)
const HEADING = {
  number: '#',
  time: 'time',
  flow: 'flow',
  direction: 'dir',
  packet: 'packet',
  host: 'host',
  verdict: 'verdict',
} as const
const NAMES = Object.keys(HEADING) as (keyof typeof HEADING)[]
/** Numbers stand on the right. */
const RIGHT: readonly string[] = ['number', 'time', 'flow']

/**
 * The layout for a screen of `columns` characters: a column for everything; where that leaves no room for reasons, narrower columns, with those
 * reasons below that do not fit; where these do not fit either, two lines for each packet.
 */
export function layoutFor(columns: number, widest: Widest): Layout {
  const wide = beside(columns, { packet: Math.max(20, widest.packet), host: Math.max(6, widest.host) }, '  ')
  if (wide.room >= LEAST_WHY) return wide
  const close = beside(columns, { packet: Math.max(18, widest.packet), host: Math.max(4, widest.host) }, ' ')
  return close.room >= 0 ? close : inTwo(columns)
}

/** A line for each packet. `room`: the columns left for its reason. */
function beside(columns: number, { packet, host }: Widest, gap: '  ' | ' '): Layout & { room: number } {
  const isWide = gap === '  '
  const widths = {
    number: isWide ? 7 : 5,
    time: 10,
    flow: isWide ? 6 : 4,
    direction: 3,
    packet,
    host,
    verdict: 8,
  }
  const line = (row: Omit<Row, 'why'>, verdict: (text: string) => string) =>
    NAMES.map((name) => {
      const text = RIGHT.includes(name) ? row[name].padStart(widths[name]) : row[name].padEnd(widths[name])
      const before = name === 'number' ? '' : RIGHT.includes(name) ? ' ' : gap
      return before + (name === 'verdict' ? verdict(text) : text)
    }).join('')
  const heading = line(HEADING, (text) => text)
  const room = columns - heading.length - gap.length
  return {
    room: room + gap.length,
    heading: room < 'why'.length ? heading.trimEnd() : `${heading}${gap}why`,
    row(row, verdict) {
      const shown = line(row, verdict)
      if (row.why === '') return shown.trimEnd()
      if (isWide) return hang(shown + gap, row.why, columns)
      return row.why.length <= room
        ? shown + gap + row.why
        : `${shown.trimEnd()}\n${wrap(row.why, columns, BELOW)}`
    },
  }
}

/** Two lines for each packet: what it is, and what became of it. */
function inTwo(columns: number): Layout {
  const start = ({ number, time, direction }: Pick<Row, 'number' | 'time' | 'direction'>) =>
    `${number.padStart(5)} ${time.padStart(10)} ${direction} `
  const indent = ' '.repeat(start(HEADING).length)
  return {
    heading: `${start(HEADING)}packet\n${BELOW}flow, verdict by host: why`,
    row(row, verdict) {
      const content = wrap(row.packet, columns, indent).trimStart()
      const why = row.why === '' ? '' : `: ${row.why}`
      const end = `${row.flow === '-' ? '' : `${row.flow}, `}${verdict(row.verdict)} by ${row.host}${why}`
      return `${start(row)}${content}\n${wrap(end, columns, BELOW)}`
    },
  }
}
