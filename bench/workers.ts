import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './measure.ts'

const ROUNDS = 5
const WORKERS = 2

/**
 * Row of the table: a suite through two workers of a run, beside one. What this machine gives to two processes at all is told too: two runs
 * of half the cases each, at once, which share nothing but its cores.
 */
export async function measureWorkers(flowbreak: string, suite: string, cases: number) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const file = join(folder, 'many.yaml')
    writeFileSync(file, suite)
    let runs = 0
    const run = async (...args: string[]): Promise<void> => {
      const output = join(folder, `runs-${runs++}`)
      const child = spawn(process.execPath, [flowbreak, 'run', file, '--output', output, ...args], {
        cwd: folder,
        stdio: 'ignore',
      })
      const [status] = await once(child, 'exit')
      rmSync(output, { recursive: true, force: true })
      if (status !== 0) throw new Error(`flowbreak run ${args.join(' ')} ended with ${status}`)
    }
    const timed = async (what: () => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      await what()
      return (performance.now() - began) / 1000
    }
    const rounds: { readonly one: number; readonly several: number; readonly apart: number }[] = []
    // The first of them warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const one = await timed(() => run('--workers', '1'))
      const several = await timed(() => run('--workers', String(WORKERS)))
      const apart = await timed(() => Promise.all([1, 2].map((n) => run('--shard', `${n}/${WORKERS}`))))
      if (round > 0) rounds.push({ one, several, apart })
    }
    const middle = (figure: (round: (typeof rounds)[number]) => number) => median(rounds.map(figure))
    const text = (seconds: number) => `${seconds.toFixed(2)} s`
    return [
      {
        what: `${cases} cases of 26 packets with ${WORKERS} workers, beside one`,
        ours: `${text(middle(({ several }) => several))}; as ${WORKERS} runs of half the cases each, at once: ${text(middle(({ apart }) => apart))}, ${middle(({ one, apart }) => one / apart).toFixed(2)} x`,
        peer: text(middle(({ one }) => one)),
        figure: `${middle(({ one, several }) => one / several).toFixed(2)} x`,
        aim: '>= 1.8 x',
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
