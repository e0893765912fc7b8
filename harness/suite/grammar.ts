import { z } from 'zod'
import { didYouMean } from '../support/did-you-mean.ts'
import { isRecord } from '../support/record.ts'
import { listWords } from './words.ts'

/** The syntax of an axis name. */
const AXIS_NAME = '[a-z][a-z0-9-]*'
/** `{family}` in a string stands for the value of that axis. */
export const PLACEHOLDER = new RegExp(`\\{(${AXIS_NAME})\\}`, 'g')

/** The message of a union whose second branch is a selector; whoever reads issues finds out from the value which branch was meant. */
export const SELECTABLE = 'selectable'

/** A mapping that refuses unknown keys; its message has one line for each of them. */
export function mapping<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, Object.keys(shape)) : undefined,
  })
}

/** Most unknown keys of one mapping that are reported, because each is compared with all known keys. */
const MOST_KEYS = 201

/** One line for each of the keys, up to the limit. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys
    .slice(0, MOST_KEYS)
    .map((key) => didYouMean(key, known) || ` Known here: ${listWords(known)}.`)
    .map((hint, index) => `"${keys[index]}" is not a key of this mapping.${hint}`)
    .join('\n')
}

/** Text that must be one of the words once axes are filled in; editors show the first word as an example. */
export function word(words: readonly string[], description: string, example = words[0]) {
  return z.string().meta({
    description,
    examples: [example],
    anyOf: [{ enum: words }, { pattern: `\\{${AXIS_NAME}\\}` }],
  })
}

/** A schema with what editors show for its key: a sentence, and examples of values. */
export function said<T extends z.ZodType>(schema: T, description: string, ...examples: unknown[]): T {
  return schema.meta({ description, examples })
}

const WHOLE_AXIS_NAME = new RegExp(`^${AXIS_NAME}$`)
/** Words of the grammar of expectations, which cannot be names of axes. */
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

/** Whether a key can be the name of an axis. */
export function isAxisName(key: string): boolean {
  return !RESERVED.has(key) && WHOLE_AXIS_NAME.test(key)
}

/** A value, or a mapping by an axis (`policy: { drop: …, reject: … }`) to such values; null: nothing is expected. */
export type Selectable<T> = T | { [axis: string]: { [value: string]: Selectable<T> | null } }

/** What `plain` accepts, or a mapping by an axis to it. */
export function selectable<T>(plain: z.ZodType<T>): z.ZodType<Selectable<T>> {
  const key = z
    .string()
    .refine(isAxisName)
    .meta({ pattern: WHOLE_AXIS_NAME.source, not: { enum: [...RESERVED] } })
  const byAxis = z
    .record(key, z.record(z.string(), z.nullable(z.lazy((): z.ZodType<Selectable<T>> => either))))
    // Exactly one key: not none, as in "all: {}", and not two, of which neither would be read.
    .refine((axes) => Object.keys(axes).length === 1, {
      error: 'This selects by no axis, or by several: a mapping by an axis has exactly one key.',
    })
    .meta({ maxProperties: 1 })
  const either: z.ZodType<Selectable<T>> = z.union([plain, byAxis], { error: SELECTABLE })
  return either
}

/** The axis that a value selects by: its only key, if that can be the name of an axis and its value is a mapping. */
export function selectorAxis(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined
  let only: string | undefined
  for (const key in value) {
    if (only !== undefined) return undefined
    only = key
  }
  return only !== undefined && isAxisName(only) && isRecord(value[only]) ? only : undefined
}
