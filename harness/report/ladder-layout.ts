import { GAP, laneNames, road, TIME, type Way } from './ladder.ts'
import { hang, wrap } from './wrap.ts'

/** Columns for what a packet carries, and from one lane to the next: a ladder with less of either has what packets carry above them. */
const WORDS = 20
const LEAST_GAP = 7
/** From lane to lane at least, however narrow the screen. */
const NARROWEST = 2

/** A ladder on a screen of some width. */
export interface LadderLayout {
  readonly heading: string
  /** A line beside the lanes. */
  aside(text: string): string
  /** A packet: its time (or nothing), its way and what it carries. */
  packet(time: string, way: Way, words: string): string
}

/**
 * The layout for a screen of `columns` characters: time, lanes and what packets carry beside each other, the lanes as close as they must be;
 * where they would be too close, time and words above the lanes.
 */
export function ladderLayout(names: readonly string[], columns: number): LadderLayout {
  const spaces = names.length - 1
  const lastName = names.at(-1) ?? ''
  const room = Math.floor((columns - TIME - WORDS - 3) / spaces)
  return room >= LEAST_GAP
    ? beside(names, Math.min(GAP, room), columns)
    : above(names, Math.max(NARROWEST, Math.floor((columns - lastName.length) / spaces)), columns)
}

function beside(names: readonly string[], gap: number, columns: number): LadderLayout {
  const lanes = { lanes: names.length, gap }
  const margin = ' '.repeat(TIME)
  return {
    heading: margin + headingOf(names, gap),
    aside: (text) => wrap(text, columns, margin),
    packet: (time, way, words) => hang(`${time.padStart(TIME - 2)}  ${road(lanes, way)}  `, words, columns),
  }
}

function above(names: readonly string[], gap: number, columns: number): LadderLayout {
  const lanes = { lanes: names.length, gap }
  return {
    heading: headingOf(names, gap),
    aside: (text) => wrap(text, columns),
    packet(time, way, words) {
      const line = road(lanes, way)
      if (time === '' && line.length + 2 + words.length <= columns) return `${line}  ${words}`
      const start = time === '' ? '' : time.padStart(TIME - 2)
      return `${hang(start.padEnd(TIME), words, columns)}\n${line}`
    },
  }
}

/** The names above the lanes, cut where they would meet. */
function headingOf(names: readonly string[], gap: number): string {
  if (gap === GAP) return laneNames(names).trimStart()
  const last = names.length - 1
  return names
    .map((name, at) => {
      if (at < last) return (name.length < gap ? name : `${name.slice(0, gap - 2)}…`).padEnd(gap)
      return name
    })
    .join('')
}
