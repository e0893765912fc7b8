import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MAIN, ROOT } from '../../journeys/command.ts'

/** Milliseconds that what a process leaves behind has to go by itself. */
const GRACE = 8000
const LABS = '/run/flowbreak-labs'
const NAMESPACES = '/run/netns'
const MARK = 'FLOWBREAK_TEST_MARK'

/** How a run ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly told: string
}

/** What matters here of an event of the log. */
interface Told {
  readonly type: string
  readonly target?: string
  readonly outcome?: string
  readonly detail?: string
  readonly case?: { readonly name: string }
}

/** A run that goes on. */
export interface Running {
  readonly pid: number
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

export interface StartOptions {
  readonly verb?: string
  readonly within?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** A suite of so many cases that are alike. */
export function suiteOf(cases: number, setup: string, inject = '[{ host-swap: 12 }]'): string {
  return `suite: many
title: For tests
setup: ${setup}
matrix: { number: [${Array.from({ length: cases }, (_, index) => index).join(', ')}] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: ${inject}
    expect: { before: forward, after host-swap: drop }
`
}

/** A place of its own for runs that something happens to, and what is left of them. */
export class Rig implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  readonly output: string
  readonly #temporary = join(this.folder, 'tmp')
  readonly #mark = randomUUID()
  readonly #pids = new Set<number>()
  readonly #labs = new Set<string>()
  #read: { readonly size: number; readonly mtimeMs: number; readonly events: readonly Told[] } = {
    size: 0,
    mtimeMs: 0,
    events: [],
  }

  /** `config`: of targets. `output`: where run logs go; absent: a folder of its own. */
  constructor(suite: string, { config, output }: { config?: string; output?: string } = {}) {
    this.output = output ?? join(this.folder, 'runs')
    mkdirSync(this.#temporary)
    writeFileSync(join(this.folder, 'suite.yaml'), suite)
    if (config !== undefined) writeFileSync(join(this.folder, 'flowbreak.config.yaml'), config)
  }

  /** Starts a run, or what else `verb` says. `within`: a command that it is run by. */
  start(args: readonly string[], { verb = 'run', within = [], env = {} }: StartOptions = {}): Running {
    const [command = '', ...rest] = [...within, process.execPath, MAIN, verb, ...args]
    const child = spawn(command, rest, {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1', TMPDIR: this.#temporary, [MARK]: this.#mark, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let told = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        told += text
      })
    const { pid = -1 } = child
    this.#pids.add(pid)
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, told }))
    return { pid, child, ended }
  }

  /** Goes on with the run. */
  resume(options: StartOptions = {}): Running {
    return this.start(['--resume', this.log], options)
  }

  get log(): string {
    const [run = 'none'] = entries(this.output)
    return join(this.output, run, 'run.ndjson')
  }

  /** Cases that have a result, in the order of the log's whole lines. */
  results(): string[] {
    return this.#events().flatMap((event) =>
      event.type === 'case-finished' ? [`${event.target} ${event.case?.name}`] : [],
    )
  }

  outcomes(): Readonly<Record<string, number>> {
    const counted: Record<string, number> = {}
    for (const { outcome } of this.#events())
      if (outcome !== undefined) counted[outcome] = (counted[outcome] ?? 0) + 1
    return counted
  }

  /** What the log says of cases that are in error. */
  details(): readonly string[] {
    return this.#events().flatMap(({ outcome, detail = '' }) => (outcome === 'error' ? [detail] : []))
  }

  /** Of the log's whole lines, read again once there are more. */
  #events(): readonly Told[] {
    const { size = 0, mtimeMs = 0 } = statSync(this.log, { throwIfNoEntry: false }) ?? {}
    if (size > 0 && (size !== this.#read.size || mtimeMs !== this.#read.mtimeMs)) {
      const text = readFileSync(this.log, 'utf8')
      const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
      this.#read = {
        size,
        mtimeMs,
        events: whole.filter((line) => line !== '').map((line) => JSON.parse(line)),
      }
    }
    return this.#read.events
  }

  /** Labs of namespaces that its runs made, as far as they were seen. */
  get labs(): number {
    return this.#labs.size
  }

  /** Waits until the log holds so many results, or the run has ended. */
  async until(results: number, { child }: Running): Promise<void> {
    while (child.exitCode === null && child.signalCode === null && this.results().length < results) {
      this.#noteLabs()
      await sleep(5)
    }
    this.#noteLabs()
  }

  /** Living processes that a run started, itself included, by a part of their command line. */
  processes(named = ''): readonly number[] {
    return entries('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid && this.#isOurs(pid) && commandOf(pid).includes(named))
  }

  /** Sends a signal to a process that a run of this rig started, and to no other; false: it has ended, or is none. */
  kill(pid: number | undefined, signal: NodeJS.Signals): boolean {
    // What is not above 1 means groups, or everybody.
    if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1 || !this.#isOurs(pid)) return false
    try {
      return process.kill(pid, signal)
    } catch {
      return false
    }
  }

  /**
   * Kills such a process while it works; false: it was ending already, or is none. It is stopped first, as a process that is ending takes
   * the signal too, and ends as it would have without.
   */
  async killAtWork(pid: number | undefined): Promise<boolean> {
    if (pid === undefined || !this.kill(pid, 'SIGSTOP')) return false
    for (let state = stateOf(pid); !ENDING.has(state); state = stateOf(pid)) {
      if (state === 'T') return this.kill(pid, 'SIGKILL')
      await sleep(1)
    }
    return false
  }

  #isOurs(pid: number): boolean {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(this.#temporary)) return true
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${this.#mark}`)
    } catch {
      return false
    }
  }

  /** What is left: processes, namespaces, interfaces, temporary files and locks; waits for what goes by itself. */
  async left(): Promise<readonly string[]> {
    const limit = performance.now() + GRACE
    for (;;) {
      const found = this.#inventory()
      if (found.length === 0 || performance.now() > limit) return found
      await sleep(50)
    }
  }

  #inventory(): readonly string[] {
    const ofLabs = (names: readonly string[]) =>
      names.filter((name) => [...this.#labs].some((lab) => name.includes(lab)))
    const [run = ''] = entries(this.output)
    return [
      ...this.processes().map((pid) => `process ${pid} ${commandOf(pid)}`),
      ...ofLabs(entries(NAMESPACES)).map((name) => `namespace ${name}`),
      ...ofLabs(entries('/sys/class/net')).map((name) => `interface ${name}`),
      ...ofLabs(entries(LABS)).map((name) => `lab ${name}`),
      ...entries(this.#temporary).map((name) => `temporary file ${name}`),
      ...entries(join(this.output, run)).filter((name) => name.endsWith('.lock')),
    ]
  }

  /** Labs belong to processes that may be gone when they are looked for. */
  #noteLabs(): void {
    for (const lab of entries(LABS)) {
      if (lab.includes('.') || this.#labs.has(lab)) continue
      try {
        if (this.#pids.has(JSON.parse(readFileSync(join(LABS, lab), 'utf8')).pid)) this.#labs.add(lab)
      } catch {
        // It is just being written, or has just gone.
      }
    }
  }

  [Symbol.dispose](): void {
    for (const pid of this.processes()) this.kill(pid, 'SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** States of a process that has ended, or that is none any more. */
const ENDING: ReadonlySet<string> = new Set(['Z', 'X', ''])

/** The letter that /proc/PID/stat has for the state of a process; empty: there is none. */
function stateOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.charAt(text.lastIndexOf(')') + 2)
  } catch {
    return ''
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
