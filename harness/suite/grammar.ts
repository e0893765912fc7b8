import { z } from 'zod'
import { isRecord } from '../support/record.ts'
import { didYouMean, listWords } from './words.ts'

/** What the name of an axis looks like. */
const AXIS_NAME = '[a-z][a-z0-9-]*'
/** `{family}` in a string stands for the value of that axis. */
export const PLACEHOLDER = new RegExp(`\\{(${AXIS_NAME})\\}`, 'g')

/** The message of a union whose second branch is a selector: whoever reads issues asks the value which of them was meant. */
export const SELECTABLE = 'selectable'

/** A mapping that refuses other keys; its message has one line for each of them. */
export function mapping<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, Object.keys(shape)) : undefined,
  })
}

/** Strange keys that are told of one mapping, each held against all that are known. */
const MOST_KEYS = 201

/** A line for each of the keys, of the first some hundred. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys
    .slice(0, MOST_KEYS)
    .map((key) => didYouMean(key, known) || ` Known here: ${listWords(known)}.`)
    .map((hint, index) => `"${keys[index]}" is no key of this mapping.${hint}`)
    .join('\n')
}

/** Text that is one of the words once axes are put in; an editor shows the first of them as an example. */
export function word(words: readonly string[], description: string, example = words[0]) {
  return z.string().meta({
    description,
    examples: [example],
    anyOf: [{ enum: words }, { pattern: `\\{${AXIS_NAME}\\}` }],
  })
}

/** A schema with what editors show of its key: a sentence, and values as people write them. */
export function said<T extends z.ZodType>(schema: T, description: string, ...examples: unknown[]): T {
  return schema.meta({ description, examples })
}

const WHOLE_AXIS_NAME = new RegExp(`^${AXIS_NAME}$`)
/** Words of the grammar of expectations, which no axis may be named. */
const RESERVED = new Set<string>([
  ...['before', 'counters', 'impact', 'all', 'first', 'rest', 'c2s', 's2c'],
  ...[
    'is',
    'tolerated',
    'towards',
    'by',
    'reason',
    'source',
    'level',
    'equals',
    'host',
    'reconnect',
    'unreviewed',
  ],
])

/** Whether a key could be the name of an axis. */
export function isAxisName(key: string): boolean {
  return !RESERVED.has(key) && WHOLE_AXIS_NAME.test(key)
}

/** A value, or a mapping by an axis (`policy: { drop: …, reject: … }`) to such values; null: nothing is expected. */
export type Selectable<T> = T | { [axis: string]: { [value: string]: Selectable<T> | null } }

/** What `plain` accepts, and mappings by an axis to it. */
export function selectable<T>(plain: z.ZodType<T>): z.ZodType<Selectable<T>> {
  const key = z
    .string()
    .refine(isAxisName)
    .meta({ pattern: WHOLE_AXIS_NAME.source, not: { enum: [...RESERVED] } })
  const byAxis = z
    .record(key, z.record(z.string(), z.nullable(z.lazy((): z.ZodType<Selectable<T>> => either))))
    // Neither none, as in "all: {}", nor two, of which none would be read.
    .refine((axes) => Object.keys(axes).length === 1, {
      error: 'This selects by no axis, or by several: a mapping by an axis has exactly one key.',
    })
    .meta({ maxProperties: 1 })
  const either: z.ZodType<Selectable<T>> = z.union([plain, byAxis], { error: SELECTABLE })
  return either
}

/** The axis that a value selects by: its only key, where that can name an axis and has a mapping for a value. */
export function selectorAxis(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined
  let only: string | undefined
  for (const key in value) {
    if (only !== undefined) return undefined
    only = key
  }
  return only !== undefined && isAxisName(only) && isRecord(value[only]) ? only : undefined
}
