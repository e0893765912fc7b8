import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApplianceProcess } from './appliance-process.ts'
import { flowbreak, MAIN } from './command.ts'

/** What a report says of a case. */
export interface ReportedCase {
  readonly name: string
  readonly suite: string
  readonly target: string
  readonly outcome: string
  readonly detail?: string
}

/** Where the processes of a lab are noted down, so that those that hooks start are found again. */
interface Noted {
  pid: number
  readonly port: number
  readonly health: number
}

/** Empties the tables of all appliances, which answer once they have. */
const CLEAR = `
await Promise.all(process.argv.slice(2).map((port) => fetch(\`http://127.0.0.1:\${port}/sessions\`, { method: 'DELETE' })))
`
/** Kills an appliance, as whoever has the lab would pull a plug. */
const SWAP = `
import { readFileSync } from 'node:fs'
const [file, index] = process.argv.slice(2)
process.kill(JSON.parse(readFileSync(file, 'utf8'))[Number(index)].pid, 'SIGKILL')
`
/** Starts it again at its ports, and returns once it listens. */
const RESTORE = `
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
const [file, index, ...command] = process.argv.slice(2)
const noted = JSON.parse(readFileSync(file, 'utf8'))
const { port, health } = noted[Number(index)]
const args = [...command, '--listen', String(port), '--health', String(health)]
const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
noted[Number(index)].pid = child.pid
writeFileSync(file, JSON.stringify(noted))
child.stdout.once('data', () => process.exit(0))
child.once('exit', () => process.exit(1))
`

/** Appliances of ours on the loopback, and what a configuration says of them. */
export class GeneveLab implements AsyncDisposable {
  readonly #appliances: readonly ApplianceProcess[]
  readonly #folder: string
  /** The target, as a configuration has it. */
  readonly spec: Readonly<Record<string, unknown>>

  private constructor(
    folder: string,
    appliances: readonly ApplianceProcess[],
    spec: Record<string, unknown>,
  ) {
    this.#folder = folder
    this.#appliances = appliances
    this.spec = spec
  }

  /** `args`: of each appliance; `spec`: what of the target is not found out. */
  static async open(
    args: readonly string[],
    spec: Readonly<Record<string, unknown>>,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<GeneveLab> {
    const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const { scale = 1 } = spec
    const all = [...args, '--clock-scale', String(scale)]
    const appliances = await Promise.all([0, 1].map(() => ApplianceProcess.start(all, environment)))
    const file = join(folder, 'lab.json')
    const noted: readonly Noted[] = appliances.map(({ pid, port, health }) => ({ pid, port, health }))
    writeFileSync(file, JSON.stringify(noted))
    const script = (name: string, text: string) => {
      const path = join(folder, `${name}.mjs`)
      writeFileSync(path, text)
      return [process.execPath, path]
    }
    return new GeneveLab(folder, appliances, {
      kind: 'geneve',
      hosts: noted.map(({ port }) => `127.0.0.1:${port}`),
      health: { kind: 'http', port: noted.map(({ health }) => health), interval: 0.2 },
      hooks: {
        clear: [...script('clear', CLEAR), ...noted.map(({ health }) => String(health))],
        swap: [...script('swap', SWAP), file, '{index}'],
        restore: [...script('restore', RESTORE), file, '{index}', MAIN, 'appliance', ...all],
      },
      ...spec,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const noted: readonly Noted[] = JSON.parse(readFileSync(join(this.#folder, 'lab.json'), 'utf8'))
    for (const [index, { pid }] of noted.entries()) if (pid !== this.#appliances[index]?.pid) kill(pid)
    await Promise.all(this.#appliances.map((each) => each[Symbol.asyncDispose]()))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Kills a process, unless it is gone: the last case may have left a host crashed. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown
  }
}

/** Runs suites through targets of a configuration; answers what the report says of each case, and what the command did. */
export function runLab(
  targets: Readonly<Record<string, unknown>>,
  suites: readonly string[],
  args: readonly string[] = [],
): { readonly cases: readonly ReportedCase[]; readonly status: number | null; readonly stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const config = join(folder, 'flowbreak.config.json')
    writeFileSync(config, JSON.stringify({ targets }))
    const report = join(folder, 'report.json')
    const { status, stderr } = flowbreak([
      'run',
      ...suites,
      '--config',
      config,
      ...Object.keys(targets).flatMap((name) => ['--target', name]),
      '--reporter',
      `json=${report}`,
      '--output',
      join(folder, 'runs'),
      ...args,
    ])
    let cases: readonly ReportedCase[] = []
    try {
      cases = JSON.parse(readFileSync(report, 'utf8')).cases
    } catch {
      // The command says why there is none.
    }
    return { cases, status, stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
