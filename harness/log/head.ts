import { fstatSync, readSync } from 'node:fs'

/** Version of the run log that is written and read here: `schema` in its first event. */
export const LOG_SCHEMA = 1

/** Most bytes of the first line of a run log. */
const LONGEST = 1 << 20
const NEWLINE = 0x0a

/** Why a line is not the first line of a run log that can be read here, as the end of a sentence; undefined: it is. */
export function headProblem(line: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'is not a run log: its first line is not JSON'
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'run-started')
    return 'is not a run log: its first line is not a run-started event'
  const schema = 'schema' in value ? value.schema : undefined
  if (schema === LOG_SCHEMA) return undefined
  return `is a run log of version ${JSON.stringify(schema)}, and this flowbreak reads version ${LOG_SCHEMA}: use the flowbreak that wrote it`
}

/** Like `headProblem`, for an open file; an empty file has no problem. */
export function headProblemOf(fd: number): string | undefined {
  if (fstatSync(fd).size === 0) return undefined
  const window = Buffer.alloc(LONGEST)
  const read = readSync(fd, window, 0, LONGEST, 0)
  const end = window.subarray(0, read).indexOf(NEWLINE)
  return headProblem(window.toString('utf8', 0, end < 0 ? read : end))
}
