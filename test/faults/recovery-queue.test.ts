import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { seededRandom } from '../../harness/timeline/random.ts'
import { flowbreak } from '../journeys/command.ts'
import { Farm, LOST } from './recovery/farm.ts'
import { CutMachines } from './recovery/machines.ts'
import type { Ended, Running } from './recovery/rig.ts'
import { type Aftermath, expectNothingLost, printTable } from './recovery/table.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
/** So many times the kills, and the cases. */
const OFTEN = process.env.FLOWBREAK_FULL === '1' ? 5 : 2
const CASES = OFTEN * 160
/** Milliseconds within which something happens, once it is its turn. */
const WITHIN = 300
/** Longer than a lock lives, and than keys of a run do after its last sign of life. */
const LOCK_MS = 1.3 * LOST * 1000
const KEYS_MS = 2.3 * LOST * 1000

const GONE = /Redis at \S+ could not be reached for 1 s( \([^)]*\))?: start it, and resume the run\b/

describe(`faults of a queue, seed ${SEED}`, function () {
  this.timeout(120_000)
  const draw = seededRandom(SEED)
  const moment = () => sleep((draw() / 2 ** 32) * WITHIN)
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })
  after(printTable)

  /** Waits for results, and then for a moment that is drawn; what the log holds then. */
  async function atRandom(farm: Farm, results: number, running: Running): Promise<readonly string[]> {
    await farm.until(results, running)
    await moment()
    expect(running.child.exitCode, 'ended before anything happened').to.equal(null)
    return farm.results()
  }

  async function expectWhole(
    farm: Farm,
    aftermath: Omit<Aftermath, 'planned'>,
    planned = CASES,
  ): Promise<void> {
    expect(farm.results().slice(0, aftermath.before.length)).to.deep.equal(aftermath.before)
    await expectNothingLost(farm, { ...aftermath, planned })
    expect(farm.outcomes()).to.deep.equal({ pass: planned })
    expect(flowbreak(['report', 'verify', farm.log]).status).to.equal(0)
  }

  it('SIGKILL of workers at random moments', async () => {
    await using farm = await Farm.of({ cases: CASES })
    const workers = Array.from({ length: OFTEN }, () => farm.worker())
    const running = farm.run()
    let before: readonly string[] = []
    // Each once: what a worker had is then another's, and no case loses two.
    for (const { pid } of workers) {
      before = await atRandom(farm, 1, running)
      expect(farm.kill(pid, 'SIGKILL')).to.equal(true)
      farm.worker()
    }
    const ended = [await running.ended]
    await expectWhole(farm, {
      fault: 'SIGKILL of a worker at a queue',
      times: OFTEN,
      before,
      ended,
      codes: [0],
    })
  })

  it('SIGKILL of the coordinator at random moments', async () => {
    await using farm = await Farm.of({ cases: CASES })
    farm.worker()
    const ended: Ended[] = []
    let before: readonly string[] = []
    for (let time = 0; time < OFTEN; time++) {
      const running = time === 0 ? farm.run() : farm.resume()
      before = await atRandom(farm, before.length + 1, running)
      farm.kill(running.pid, 'SIGKILL')
      ended.push(await running.ended)
    }
    ended.push(await farm.resume().ended)
    const codes = [...ended.slice(1).map(() => 'SIGKILL' as const), 0]
    await expectWhole(farm, { fault: 'SIGKILL of a coordinator', times: OFTEN, before, ended, codes })
  })

  it('Redis killed: for longer than it may be, having forgotten all; then for a while, with its data', async () => {
    const args = ['--appendonly', 'yes', '--appendfsync', 'always']
    await using farm = await Farm.of({ cases: CASES, args })
    farm.worker()
    const running = farm.run({}, farm.url(1))
    let before = await atRandom(farm, 1, running)
    await farm.redis.kill()
    const ended = [await running.ended]
    rmSync(join(farm.folder, 'redis', 'appendonlydir'), { recursive: true })
    await farm.redis.start()
    const resumed = farm.resume()
    before = await atRandom(farm, before.length + 1, resumed)
    await farm.redis.kill()
    await moment()
    await farm.redis.start()
    ended.push(await resumed.ended)
    await expectWhole(farm, { fault: 'Redis killed', times: 2, before, ended, codes: [3, 0], told: GONE })
  })

  it('Redis that answers nobody for longer than it may, and then for longer than locks and keys live', async () => {
    await using farm = await Farm.of({ cases: CASES })
    farm.worker()
    const running = farm.run({}, farm.url(1))
    let before = await atRandom(farm, 1, running)
    const [first] = await Promise.all([running.ended, farm.redis.pause(LOCK_MS)])
    const resumed = farm.resume()
    before = await atRandom(farm, before.length + 1, resumed)
    await farm.redis.pause(KEYS_MS)
    const ended = [first, await resumed.ended]
    await expectWhole(farm, { fault: 'Redis paused', times: 2, before, ended, codes: [3, 0], told: GONE })
  })

  it('Redis out of memory for longer than it may be, and then for a while', async () => {
    await using farm = await Farm.of({ cases: CASES, args: ['--maxmemory-policy', 'noeviction'] })
    farm.worker()
    const memory = (bytes: number) => farm.redis.ask((redis) => redis.config('SET', 'maxmemory', bytes))
    const running = farm.run({}, farm.url(1))
    let before = await atRandom(farm, 1, running)
    await memory(1)
    const ended = [await running.ended]
    await memory(0)
    const resumed = farm.resume()
    before = await atRandom(farm, before.length + 1, resumed)
    await memory(1)
    await sleep(LOCK_MS)
    await memory(0)
    ended.push(await resumed.ended)
    await expectWhole(farm, {
      ...{ fault: 'Redis out of memory', times: 2, before, ended, codes: [3, 0] },
      told: /Redis at redis:\/\/\S+ has no memory left for the run: raise its maxmemory, and resume the run\./,
    })
  })

  it('cut off from Redis: the run for longer than it may be; then a worker, and the run, for a while', async function () {
    if (process.getuid?.() !== 0) this.skip()
    using machines = new CutMachines(['run', 'worker'])
    const { host, within, args } = machines
    await using farm = await Farm.of({ cases: CASES, host, within, args })
    farm.worker(machines.on('worker'))
    const running = farm.run(machines.on('run'), farm.url(1))
    let before = await atRandom(farm, 1, running)
    machines.cut('run')
    const ended = [await running.ended]
    machines.mend('run')
    const resumed = farm.resume(machines.on('run'))
    const cuts = { worker: LOCK_MS, run: KEYS_MS }
    for (const [name, ms] of Object.entries(cuts)) {
      before = await atRandom(farm, before.length + 1, resumed)
      machines.cut(name)
      await sleep(ms)
      machines.mend(name)
    }
    ended.push(await resumed.ended)
    await expectWhole(farm, {
      fault: 'Cut off from Redis',
      times: 3,
      before,
      ended,
      codes: [3, 0],
      told: GONE,
    })
  })
})
