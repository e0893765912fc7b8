import { asFlowbreakError, FlowbreakError } from '../../../harness/support/errors.ts'

/** Control characters but line ends and tabs, bidirectional overrides, lone surrogates: none may stand in what people are told. */
export const STEERING = /(?![\n\t])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
/** More than this is no sentence, and no list of them that anybody reads. */
const LONGEST = 64 << 10

/**
 * Says what is wrong with an error that an input was answered with; undefined: it is one for people, of one of these codes, without a
 * stack or anything that steers a terminal.
 */
export function errorProblem(thrown: unknown, codes: readonly string[]): string | undefined {
  const known = thrown instanceof FlowbreakError ? thrown : asFlowbreakError(thrown)
  if (known === undefined)
    return `it threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  const { code, message } = known
  if (!codes.includes(code)) return `it threw ${code} (${message}), which is none of ${codes.join(', ')}`
  return textProblem(message)
}

/** The same of a text that people are shown. */
export function textProblem(text: string): string | undefined {
  if (STEERING.test(text)) return `it says what steers a terminal: ${JSON.stringify(text)}`
  if (/^ {4}at /m.test(text)) return `it shows a stack: ${JSON.stringify(text)}`
  if (text.length > LONGEST) return `it says ${text.length} letters: ${JSON.stringify(text.slice(0, 200))}…`
  if (text.trim() === '') return 'it says nothing'
  return undefined
}

/** Throws where a check of an oracle is not met. */
export function demand(met: boolean, what: string): asserts met {
  if (!met) throw new Error(what)
}

const INHERITED = Object.getOwnPropertyNames(Object.prototype).length
const OF_LISTS = Object.getOwnPropertyNames(Array.prototype).length

/** That nothing was put where all objects inherit it from. */
export function demandUnpolluted(): void {
  demand(
    Object.getOwnPropertyNames(Object.prototype).length === INHERITED &&
      Object.getOwnPropertyNames(Array.prototype).length === OF_LISTS,
    'a prototype that all objects have was changed',
  )
}
