import { spawn } from 'node:child_process'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** Milliseconds that a command may take. */
const PATIENCE = 30_000

/** Runs a program with `input` on its standard input; returns its standard output. Throws ERR_LAB with its error message. */
export async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: PATIENCE })
  let output = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (exit, signal) => resolve(exit ?? signal))
  })
  if (code === 0) return output
  const said = complaints.trim().split('\n').slice(0, 3).join('; ')
  throw new FlowbreakError(
    'ERR_LAB',
    `${[program, ...args].join(' ')} failed (${code})${said === '' ? '' : `: ${said}`}.`,
    { exitCode: ExitCode.broken },
  )
}

/** A script that runs a command with `input` on its standard input. */
export function withInput(command: string, input: string): string {
  return `${command} <<'FLOWBREAK'\n${input}\nFLOWBREAK\n`
}

/** A script that writes values below /proc/sys. */
export function settingsScript(settings: Readonly<Record<string, number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `echo ${value} > /proc/sys/${name}\n`)
    .join('')
}

/** A script that runs all of these at once, and after all have ended fails if one has failed. */
export function together(scripts: readonly string[]): string {
  const started = scripts.map((script, n) => `{\n${script}\n} & job${n}=$!\n`)
  const awaited = scripts.map((_, n) => `wait $job${n} || failed=1\n`)
  return `failed=0\n${started.join('')}${awaited.join('')}[ $failed = 0 ]\n`
}
