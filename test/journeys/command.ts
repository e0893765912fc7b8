import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const MAIN = `${ROOT}dist/bin/main.js`

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command in the project's folder (or another), with nothing on standard input. */
export function flowbreak(args: readonly string[], options: { cwd?: string; input?: Buffer } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    input: options.input ?? '',
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', COLUMNS: '' },
  })
  return { status, stdout, stderr }
}

/** Starts the built command; the caller ends it. */
export function startFlowbreak(args: readonly string[], cwd: string) {
  return spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
}

const ENDS_WITH_PARENT = "process.once('disconnect', () => process.exit()); process.channel.unref()"

/** Starts an appliance of the built command; where the caller does not end it, it ends with the caller's process, even one that is killed. */
export function startAppliance(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, null> {
  const watch = ['--import', `data:text/javascript,${encodeURIComponent(ENDS_WITH_PARENT)}`]
  return spawn(process.execPath, [...watch, MAIN, 'appliance', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  }) as ChildProcessByStdio<null, Readable, null>
}

/** The lines of JSON that a command printed. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
