import { spawn } from 'node:child_process'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Runs a program to its end without a shell and keeps what it printed. A signal that comes meanwhile goes to the program
 * and all it started (they are a process group of their own, so each gets it once); when they are gone this process ends by it too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is false for any status but 0, and when the program cannot be started
 */
export function run(command, args, { cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    /** @type {NodeJS.Signals | undefined} */
    let caught
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      caught = signal
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    }
    const settle = (/** @type {boolean} */ ok) => {
      for (const signal of SIGNALS) process.off(signal, pass)
      if (caught === undefined) resolve({ ok, output })
      else process.kill(process.pid, caught)
    }
    for (const signal of SIGNALS) process.on(signal, pass)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('error', (error) => {
      output = error.message
      settle(false)
    })
    child.on('close', (status) => settle(status === 0))
  })
}

/**
 * The line of a failed program's output that says why: a compiler's, apt's or npm's error line, else the last one.
 * @param {string} output
 */
export function reasonIn(output) {
  const lines = output.split('\n').flatMap((line) => line.trim() || [])
  const told = lines.map((line) => line.replace(/^npm (error|ERR!) ?/, ''))
  const noise = /^(code|path|command|errno|syscall|A complete log|Log files)\b/
  const reason =
    told.find((line) => /: error TS\d+: |^(E|error): /.test(line)) ??
    told.find((line, i) => line !== lines[i] && line !== '' && !noise.test(line)) ??
    told.at(-1)
  return reason?.replace(/\.$/, '') ?? 'no reason given'
}
