import { type Markup, markup } from '../markup.ts'

/** Where things stand across a ladder, in pixels. */
export interface Geometry {
  readonly width: number
  /** x of each lane. */
  readonly lanes: readonly number[]
  /** Right edge of packet numbers. */
  readonly number: number
  /** Right edge of times, where there is room for them. */
  readonly time: number | undefined
  /** Left edges of what was expected, and of how the verdict is known, where there is room beside the lanes. */
  readonly expected: number | undefined
  readonly known: number | undefined
  /** Left edge of what was observed. */
  readonly observed: number
}

/** From this width on there is room for columns beside the lanes. */
const WIDE = 680
/** Pixels that a letter takes at most, and that a line of words takes. */
const LETTER = 7.3
export const LINE = 15

/** Where the lanes and columns of a ladder of so many pixels stand. */
export function geometryOf(width: number, count: number): Geometry {
  const wide = width >= WIDE
  const left = wide ? 160 : 62
  const beside = wide ? Math.min(560, width * 0.43) : 0
  const right = wide ? width - beside - 40 : width - 30
  const step = (right - left) / Math.max(1, count - 1)
  const expected = wide ? right + 44 : undefined
  return {
    width,
    lanes: Array.from({ length: count }, (_, lane) => left + lane * step),
    number: wide ? 40 : 34,
    time: wide ? 124 : undefined,
    expected,
    observed: expected === undefined ? left + 8 : expected + (width - expected - 44) * 0.46,
    known: wide ? width - 42 : undefined,
  }
}

/** Pixels that a text takes at most. */
export function lengthOf(text: string): number {
  return text.length * LETTER
}

/** Text that fits into so many pixels. */
export function cut(text: string, room: number): string {
  const most = Math.max(6, Math.floor(room / LETTER))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** The lines of a text, two where it is too long for one. */
export function linesOf(text: string, room: number): readonly string[] {
  if (lengthOf(text) <= room) return [text]
  const at = text.lastIndexOf(' ', Math.floor(room / LETTER))
  return at <= 0 ? [cut(text, room)] : [text.slice(0, at), cut(text.slice(at + 1), room)]
}

/** Text beside a road, on two lines where it is too long for one. `name`: its class. */
export function twoLines(name: string, text: string, x: number, y: number, room: number): readonly Markup[] {
  const lines = linesOf(text, room)
  const first = lines.length === 1 ? y + 4 : y - 4
  return lines.map(
    (line, i) => markup`<text class="${name}" x="${tenths(x)}" y="${first + i * 14}">${line}</text>`,
  )
}

export function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
