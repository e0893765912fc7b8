import { FlowbreakError } from '../../support/errors.ts'

/** Whole numbers from `from` to `to`, both included. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** Reads `5`, `5-20`, `30-` and lists of these. Throws ERR_USAGE, which names the option. */
export function parseRanges(option: string, text: string): NumberRange[] {
  return text.split(',').map((part) => {
    const [, first, dash, last] = /^(\d+)(-)?(\d+)?$/.exec(part.trim()) ?? []
    const from = Number(first)
    const to = dash === undefined ? from : last === undefined ? Number.POSITIVE_INFINITY : Number(last)
    if (first !== undefined && (dash !== undefined || last === undefined) && to >= from) return { from, to }
    throw new FlowbreakError('ERR_USAGE', `${option} takes numbers and ranges as in 5,8-20,30-, not ${text}.`)
  })
}

export function isInRanges(ranges: readonly NumberRange[], number: number): boolean {
  return ranges.some(({ from, to }) => number >= from && number <= to)
}
