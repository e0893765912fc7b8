import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { flowbreak, jsonLines, ROOT, startFlowbreak } from './command.ts'
import { manyCases as suite } from './many.ts'
import { TestRedis } from './redis.ts'

const CASES = 800
/** Bytes of a log that holds some of them. */
const SOME = 100_000
/** Short, so that who is lost is soon missed. */
const TIMES = 'lost=4&wait=30&gone=30'
/** What differs between two runs of the same. */
const OWN = ['durationMs', 'startedAt', 'finishedAt', 'run', 'command']
interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>
}

describe('journeys: queue', function () {
  this.timeout(60_000)
  let folder = ''
  let redis: TestRedis
  let started: Started[] = []
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), suite(CASES))
    redis = await TestRedis.start(join(folder, 'redis'))
  })
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
    started = []
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const url = () => `redis://127.0.0.1:${redis.port}/?${TIMES}`
  const log = () => {
    const runs = join(folder, 'runs')
    const [run = ''] = existsSync(runs) ? readdirSync(runs) : []
    return join(runs, run, 'run.ndjson')
  }
  const events = (file = log()) => {
    const text = readFileSync(file, 'utf8')
    return jsonLines(text.slice(0, text.lastIndexOf('\n') + 1))
  }
  const results = () =>
    events().flatMap(({ type, case: test }) =>
      type === 'case-finished' ? [(test as { name: string }).name] : [],
    )

  function start(...args: string[]): Started {
    const child = startFlowbreak(args, folder)
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdout.resume()
    const ended = once(child, 'close').then(() => ({ status: child.exitCode, stderr }))
    const one = { child, ended }
    started.push(one)
    return one
  }
  const worker = (...args: string[]) => start('worker', '--queue', url(), '--target', 'reference', ...args)
  const run = (...args: string[]) => start('run', 'suite.yaml', '--queue', url(), '--output', 'runs', ...args)

  /** Waits until the log holds some results. */
  async function some({ child }: Started): Promise<void> {
    const size = () => statSync(log(), { throwIfNoEntry: false })?.size ?? 0
    while (size() < SOME && child.exitCode === null) await sleep(5)
  }

  /** Expects each case once, in a log that verifies, and nothing left in Redis once workers are gone. */
  async function expectWhole(): Promise<void> {
    const names = results()
    expect(new Set(names).size).to.equal(CASES)
    expect(names).to.have.lengthOf(CASES)
    const verified = flowbreak(['report', 'verify', log()], { cwd: folder })
    expect(verified.status, verified.stdout + verified.stderr).to.equal(0)
    for (const { child } of started) child.kill('SIGTERM')
    await Promise.all(started.map(({ ended }) => ended))
    expect(await redis.keys()).to.deep.equal([])
  }

  it('plays on two workers what one process plays, with the same log and evidence', async () => {
    const args = ['--seed', '7', '--evidence', 'all', '--grep', 'number:12']
    const workers = [worker('--once', '--idle', '10'), worker('--idle', '2')]
    const { status, stderr } = await run(...args).ended
    expect(status, stderr).to.equal(0)
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    expect(ends.map((end) => end.status)).to.deep.equal([0, 0])
    expect(await redis.keys()).to.deep.equal([])
    const here = flowbreak(['run', 'suite.yaml', '--output', 'here', ...args], { cwd: folder })
    expect(here.status, here.stderr).to.equal(0)
    const alike = (file: string) =>
      events(file).map((event) => {
        const without = { ...event }
        for (const key of OWN) delete without[key]
        // Of all lines before, with their times.
        if (event.type === 'run-finished') delete without.sha256
        return without
      })
    const other = join(folder, 'here', readdirSync(join(folder, 'here'))[0] ?? '', 'run.ndjson')
    expect(alike(log())).to.deep.equal(alike(other))
    expect(readdirSync(join(log(), '../evidence')).sort()).to.deep.equal(
      readdirSync(join(other, '../evidence')).sort(),
    )
    const verified = flowbreak(['report', 'verify', log()], { cwd: folder })
    expect(verified.status, verified.stdout + verified.stderr).to.equal(0)
  })

  it('keeps what devices recorded of cases that fail, also where workers, or the cases of a fold, have it in common', async () => {
    writeFileSync(join(folder, 'suite.yaml'), suite(64).replace('swap: drop', 'swap: forward'))
    writeFileSync(
      join(folder, 'target.mjs'),
      `import { ReferenceTarget } from ${JSON.stringify(`${ROOT}dist/target/reference/reference.js`)}
const real = new ReferenceTarget('1')
export default { name: 'recording', version: '1', capabilities: real.capabilities,
  prepare: async (setup) => Object.assign(await real.prepare(setup), { collect: async () => 'session dropped' }) }
`,
    )
    const targets = { recording: { kind: 'module', module: './target.mjs' } }
    writeFileSync(join(folder, 'flowbreak.config.json'), JSON.stringify({ targets }))
    const target = ['--target', 'recording']
    for (const _ of [1, 2]) start('worker', '--queue', url(), ...target)
    for (const fold of ['never', 'always']) {
      const output = join(folder, fold)
      const running = start(
        'run',
        'suite.yaml',
        '--queue',
        url(),
        ...target,
        '--fold',
        fold,
        '--output',
        output,
      )
      const { status, stderr } = await running.ended
      expect(status, stderr).to.equal(1)
      const [own = ''] = readdirSync(output)
      const at = (...path: string[]) => join(output, own, ...path)
      expect(readdirSync(at('collected')), fold).to.have.lengthOf(1)
      const cases = readdirSync(at('evidence'))
      expect(cases, fold).to.have.lengthOf(64)
      for (const name of cases)
        expect(readFileSync(at('evidence', name, 'target.log'), 'utf8')).to.equal('session dropped')
    }
  })

  it('is cancelled by Ctrl-C, and leaves nothing', async () => {
    const [one] = [worker(), worker()]
    const running = run()
    await some(running)
    running.child.kill('SIGINT')
    const { status, stderr } = await running.ended
    expect(status, stderr).to.equal(130)
    expect(events().at(-1)).to.deep.include({ type: 'run-finished', reason: 'interrupted' })
    const isOfWorkers = (key: string) => /:(workers|worker:[^:]+|[^:]+:stalled-check)$/.test(key)
    const keys = await redis.keys((all) => all.every(isOfWorkers))
    expect(keys.filter((key) => !isOfWorkers(key))).to.deep.equal([])
    one?.child.kill('SIGINT')
    expect((await one?.ended)?.status).to.equal(130)
  })

  it('gives back what a worker had when that is ended', async () => {
    const first = worker()
    const running = run()
    await some(running)
    first.child.kill('SIGTERM')
    expect((await first.ended).status).to.equal(0)
    worker()
    const { status, stderr } = await running.ended
    expect(status, stderr).to.equal(0)
    await expectWhole()
  })

  it('tells in a sentence when nobody plays, or somebody of another version would', async () => {
    const target = { name: 'reference' }
    const other = { id: 'x', host: 'elsewhere', pid: 1, flowbreak: '0.0.1', target, queue: 'q' }
    await redis.ask(async (asked) => {
      await asked.set('{flowbreak}:worker:x', JSON.stringify(other))
      await asked.sadd('{flowbreak}:workers', 'x')
    })
    const brief = url().replace('wait=30', 'wait=1')
    const { status, stderr } = await start('run', 'suite.yaml', '--queue', brief, '--output', 'runs').ended
    expect(status).to.equal(3)
    expect(stderr).to.contain('the worker elsewhere:1 is of flowbreak 0.0.1 and this run of')
    expect(stderr).to.match(/There was no worker of target reference .* for 1 s: .*\(ERR_QUEUE_WORKERS\)/)
    expect(await redis.ask((asked) => asked.get('{flowbreak}:note:x'))).to.contain('install the same')
  })
})
