import { z } from 'zod'
import { mapping } from '../suite/grammar.ts'
import { isTarget } from '../target/shape.ts'
import { MOST_WORKERS } from './config.ts'

const text = z.string().min(1)
const natural = z.int().min(0)
const target = z.union([
  z.looseObject({ kind: text }),
  z.custom((value) => isTarget(value), { error: 'This is not a target.' }),
])

/** The grammar of configuration files; each kind of target reads its own options. */
export const configSchema = mapping({
  targets: z.record(text, target).optional(),
  suites: z.array(text).min(1).optional(),
  reporter: z.union([text, z.array(text).min(1)]).optional(),
  output: text.optional(),
  seed: natural.optional(),
  retries: natural.optional(),
  workers: z.int().min(1).max(MOST_WORKERS).optional(),
  knownFailures: text.optional(),
  queue: text.optional(),
})
