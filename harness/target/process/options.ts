import { resolve } from 'node:path'
import { z } from 'zod'
import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { mapping } from '../../suite/grammar.ts'
import { reportIssues } from '../../suite/issues.ts'
import { parseDuration } from '../../support/duration.ts'
import { FlowbreakError } from '../../support/errors.ts'
import type { TargetContext, TargetSpec } from '../spec.ts'
import { splitCommand } from './split-command.ts'

/** A program, and how it is started. */
export interface ProcessOptions {
  /** The target's name in the run. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Its working directory. */
  readonly cwd: string
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>
  /** Milliseconds that it may take to answer, in addition to the time of packets on a real clock. */
  readonly limit: number
  /** Whether several copies can run at once, each with a device of its own. */
  readonly shared?: boolean
  /** Whether it stays root if flowbreak was called through sudo, instead of running as the caller. */
  readonly root?: boolean
}

const DEFAULT_LIMIT = '30s'
const text = z.string().min(1)

const schema = mapping({
  kind: z.literal('process'),
  command: z.union([text, z.array(z.string()).min(1)]),
  cwd: text.optional(),
  env: z.record(text, z.string()).optional(),
  timeout: z.union([text, z.number()]).optional(),
  shared: z.boolean().optional(),
  root: z.boolean().optional(),
})

/** Reads the options of `kind: process`. Throws ERR_TARGET_OPTION. */
export function readOptions(
  spec: TargetSpec,
  { name, folder = process.cwd() }: TargetContext,
): ProcessOptions {
  const wrong = (sentence: string) => new FlowbreakError('ERR_TARGET_OPTION', `Target ${name}: ${sentence}`)
  const parsed = schema.safeParse(spec)
  if (!parsed.success) {
    const sentences: string[] = []
    reportIssues(parsed.error.issues, [], spec, (path, message) => {
      sentences.push(message.startsWith('"') ? message : `${path.join('.')}: ${message}`)
    })
    throw wrong(sentences.join(' '))
  }
  const { command, cwd = '.', env = {}, timeout = DEFAULT_LIMIT, shared = false, root = false } = parsed.data
  const words = typeof command === 'string' ? splitCommand(command) : command
  if (words === undefined) throw wrong(`command: "${command}" has a quote that is not closed.`)
  const [program, ...args] = words
  if (program === undefined || program === '') throw wrong('command: This is empty.')
  const limit = milliseconds(timeout, wrong)
  return { name, command: program, args, cwd: resolve(folder, cwd), env, limit, shared, root }
}

function milliseconds(timeout: string | number, wrong: (sentence: string) => FlowbreakError): number {
  let limit = 0
  try {
    limit = (parseDuration(timeout) / NANOS_PER_SECOND) * 1000
  } catch (thrown) {
    throw wrong(`timeout: ${thrown instanceof Error ? thrown.message : thrown}`)
  }
  if (limit < 1) throw wrong('timeout: This is below 1ms.')
  return limit
}
