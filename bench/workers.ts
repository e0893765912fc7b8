import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { median } from './measure.ts'

const ROUNDS = 5
const WORKERS = 2

/** Seconds on the clock, and of processors. */
interface Took {
  readonly wall: number
  readonly cpu: number
}

/** Cases that are played, by a suite. */
export interface Played {
  readonly what: string
  readonly suite: string
}

/**
 * Rows of the table: suites through two workers of a run, beside one. What bounds them is told too: the processor time of each, as half of
 * what two workers use is the least that they can take on two cores; two runs of half the cases each, at once, which share nothing but
 * these; and a loop that allocates nothing, in two threads beside one.
 */
export async function measureWorkers(flowbreak: string, suites: readonly Played[]) {
  const loop: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    loop.push((await loops(1, WORKERS)) / (await loops(WORKERS, 1)))
  const bound = `an empty loop in ${WORKERS} threads, beside one: ${median(loop).toFixed(2)} x`
  const rows = []
  for (const played of suites) rows.push(await measureSuite(flowbreak, played, bound))
  return rows
}

async function measureSuite(flowbreak: string, { what, suite }: Played, bound: string) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const file = join(folder, 'many.yaml')
    writeFileSync(file, suite)
    let runs = 0
    const run = async (...args: string[]): Promise<number> => {
      const [output, times] = [join(folder, `runs-${runs}`), join(folder, `times-${runs++}`)]
      const command = [process.execPath, flowbreak, 'run', file, '--output', output, ...args]
      const child = spawn('time', ['-f', '%U %S', '-o', times, ...command], { cwd: folder, stdio: 'ignore' })
      const [status] = await once(child, 'exit')
      rmSync(output, { recursive: true, force: true })
      if (status !== 0) throw new Error(`flowbreak run ${args.join(' ')} ended with ${status}`)
      const [user = 0, system = 0] = readFileSync(times, 'utf8').trim().split(' ').map(Number)
      return user + system
    }
    const timed = async (...all: readonly (readonly string[])[]): Promise<Took> => {
      const began = performance.now()
      const used = await Promise.all(all.map((args) => run(...args)))
      return { wall: (performance.now() - began) / 1000, cpu: used.reduce((sum, each) => sum + each, 0) }
    }
    const rounds: { readonly one: Took; readonly several: Took; readonly apart: Took }[] = []
    // The first of them warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const one = await timed(['--workers', '1'])
      const several = await timed(['--workers', String(WORKERS)])
      const apart = await timed(['--shard', `1/${WORKERS}`], ['--shard', `2/${WORKERS}`])
      if (round > 0) rounds.push({ one, several, apart })
    }
    const middle = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure))
    const text = (side: 'one' | 'several' | 'apart') =>
      `${middle((round) => round[side].wall).toFixed(2)} s (${middle((round) => round[side].cpu).toFixed(2)} s of processors)`
    const ratio = (side: 'several' | 'apart') => middle((round) => round.one.wall / round[side].wall)
    return {
      what: `${what} with ${WORKERS} workers, beside one`,
      ours: [
        text('several'),
        `at best, with all of ${WORKERS} cores: ${middle(({ one, several }) => (one.wall * WORKERS) / several.cpu).toFixed(2)} x`,
        `as ${WORKERS} runs of half the cases each, at once: ${text('apart')}, ${ratio('apart').toFixed(2)} x`,
        bound,
      ].join('; '),
      peer: text('one'),
      figure: `${ratio('several').toFixed(2)} x`,
      aim: '>= 1.8 x',
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Seconds that so many threads at once take for a loop `times` as long each: nothing is allocated in it. */
async function loops(threads: number, times: number): Promise<number> {
  const program = `const { parentPort } = require('node:worker_threads')
parentPort.once('message', () => {
  let sum = 0
  for (let n = 0; n < ${times} * 5e8; n++) sum = (sum * 31 + n) | 0
  parentPort.postMessage(sum)
})`
  const workers = Array.from({ length: threads }, () => new Worker(program, { eval: true }))
  await Promise.all(workers.map((worker) => once(worker, 'online')))
  const began = performance.now()
  await Promise.all(
    workers.map((worker) => {
      worker.postMessage('begin')
      return once(worker, 'message')
    }),
  )
  const took = (performance.now() - began) / 1000
  await Promise.all(workers.map((worker) => worker.terminate()))
  return took
}
