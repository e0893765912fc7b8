import { plainLines } from './steering.ts'

/** Exit codes of the command (README). */
export const ExitCode = { ok: 0, failed: 1, usage: 2, broken: 3, interrupted: 130 } as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/**
 * An error for people: a stable code, one sentence that says what, where and what to do, and its exit code. Quotations from captures,
 * suites, logs and programs in the sentence are made safe for terminals.
 */
export class FlowbreakError extends Error {
  override readonly name = 'FlowbreakError'
  readonly code: `ERR_${string}`
  readonly exitCode: ExitCode

  constructor(
    code: `ERR_${string}`,
    message: string,
    options: { readonly exitCode?: ExitCode; readonly cause?: unknown } = {},
  ) {
    super(plainLines(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.exitCode = options.exitCode ?? ExitCode.usage
  }
}

/** The thrown error, if it is one for people, from either copy of this module: bundles have their own. */
export function asFlowbreakError(thrown: unknown): FlowbreakError | undefined {
  if (thrown instanceof FlowbreakError) return thrown
  const isOne = thrown instanceof Error && thrown.name === 'FlowbreakError' && 'code' in thrown
  return isOne ? (thrown as FlowbreakError) : undefined
}

/** The sentence of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The same, of a system's error without the call and the paths that it was made with, which may be of temporary files. */
export function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown)
  const call = thrown instanceof Error && 'syscall' in thrown ? message.indexOf(`, ${thrown.syscall}`) : -1
  return call < 0 ? message : message.slice(0, call)
}
