import { stripVTControlCharacters } from 'node:util'
import { wrap } from '../wrap.ts'

/** A row of the table of a story, in words. */
export interface StoryRow {
  readonly time: string
  readonly number: string
  readonly flow: string
  readonly direction: string
  readonly packet: string
  readonly by: string
  readonly verdict: string
  readonly why: string
}

const BELOW = ' '.repeat(12)

/** One line where `columns` are enough; else the reason stands below, and on a narrow screen with the verdict. `paint` colours that. */
export function rowFor(columns: number, row: StoryRow, paint: (verdict: string) => string): string {
  const { time, number, flow, direction, packet, by, verdict, why } = row
  const start = `${time.padStart(10)}  ${number.padStart(5)}`
  const line = `${start} ${flow.padStart(4)} ${direction}  ${packet.padEnd(18)} ${by.padEnd(8)} `
  const whole = `${line}${paint(verdict.padEnd(9))} ${why}`.trimEnd()
  if (widthOf(whole) <= columns) return whole
  if (line.length + verdict.length <= columns)
    return `${line}${paint(verdict)}${why === '' ? '' : `\n${wrap(why, columns, BELOW)}`}`
  const end = [flow === '' ? '' : `${flow},`, `${paint(verdict)} by ${by}${why === '' ? '' : `: ${why}`}`]
  return `${start} ${direction} ${packet}\n${wrap(end.join(' ').trimStart(), columns, BELOW)}`
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
