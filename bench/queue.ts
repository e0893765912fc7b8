import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { alternate, type CommandLine, median, medianRatio, type Sample } from './measure.ts'

/** Workers on each side. */
const WORKERS = 2

/** Row of the table: a suite through workers at a queue, which wait for it, and through as many of the run itself. */
export async function measureQueue(flowbreak: string, suite: string, cases: number) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  const children: ChildProcess[] = []
  const start = (command: string, args: readonly string[]): void => {
    children.push(spawn(command, args, { cwd: folder, stdio: 'ignore' }))
  }
  try {
    const file = join(folder, 'many.yaml')
    writeFileSync(file, suite)
    const port = await freePort()
    const url = `redis://127.0.0.1:${port}`
    start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''])
    for (let n = 0; n < WORKERS; n++)
      start(process.execPath, [flowbreak, 'worker', '--queue', url, '--target', 'reference'])
    await untilReady(port)
    const run = (...args: string[]): CommandLine => ({
      command: process.execPath,
      args: [flowbreak, 'run', file, '--output', join(folder, 'runs'), ...args],
      cwd: folder,
    })
    const [queued = [], here = []] = alternate([run('--queue', url), run('--workers', String(WORKERS))], 3)
    return [
      {
        what: `${cases} cases through a queue with ${WORKERS} workers, beside ${WORKERS} workers of the run`,
        ours: text(queued),
        peer: text(here),
        figure: `${medianRatio(here, queued).toFixed(2)} x`,
        aim: '>= 0.8 x',
      },
    ]
  } finally {
    for (const child of children.reverse()) {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits for the workers. */
async function untilReady(port: number): Promise<void> {
  const redis = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 50 })
  redis.on('error', () => undefined)
  while ((await redis.scard('{flowbreak}:workers')) < WORKERS)
    await new Promise((resolve) => setTimeout(resolve, 50))
  redis.disconnect()
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function text(samples: readonly Sample[]): string {
  return `${median(samples.map(({ seconds }) => seconds)).toFixed(2)} s`
}
