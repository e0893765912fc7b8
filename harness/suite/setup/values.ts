import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { parseDuration } from '../../support/duration.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import type { Path, Report } from '../problems.ts'
import { asWord, notAWord } from '../words.ts'

/** Range of AWS Network Firewall and the gateway load balancer, seconds (API FlowTimeouts; listener attribute tcp.idle_timeout.seconds). */
export const TCP_IDLE = { least: 60, most: 6000 }

/** The word written; `fallback` if there is none, or if it is not one of `words`, which is reported. */
export function word<T extends string>(
  text: string | undefined,
  words: readonly T[],
  fallback: T,
  noun: string,
  path: Path,
  report: Report,
): T {
  if (text === undefined) return fallback
  const found = asWord(words, text)
  if (found === undefined) report(path, notAWord(text, noun, words))
  return found ?? fallback
}

/** A range of allowed values, and the rule of the real system behind it. */
export interface Range {
  readonly least: number
  readonly most: number
  readonly rule?: string
}

/** Seconds of a duration as written; undefined, and reported, if it is not a duration or out of range. */
export function seconds(text: string | number, range: Range, path: Path, report: Report): number | undefined {
  try {
    const value = parseDuration(text) / NANOS_PER_SECOND
    if (value >= range.least && value <= range.most) return value
    report(path, `"${text}" is out of range: write ${range.least}s to ${range.most}s${ruleOf(range)}.`)
  } catch (error) {
    if (!(error instanceof FlowbreakError) || error.code !== 'ERR_DURATION') throw error
    report(path, messageOf(error))
  }
  return undefined
}

/** A whole number as written; undefined, and reported, if it is not one or out of range. */
export function whole(text: string | number, range: Range, path: Path, report: Report): number | undefined {
  const value = Number(text)
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return value
  report(path, `"${text}" is out of range: write ${range.least} to ${range.most}${ruleOf(range)}.`)
  return undefined
}

function ruleOf({ rule }: Range): string {
  return rule === undefined ? '' : ` (${rule})`
}
