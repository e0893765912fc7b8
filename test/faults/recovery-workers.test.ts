import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { seededRandom } from '../../harness/timeline/random.ts'
import { flowbreak } from '../journeys/command.ts'
import { SLOW_CONFIG } from './recovery/farm.ts'
import { Rig, suiteOf } from './recovery/rig.ts'
import { expectNothingLost, printTable } from './recovery/table.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
/** So many workers, and kills. */
const OFTEN = process.env.FLOWBREAK_FULL === '1' ? 9 : 3
const CASES = OFTEN * 160
/** Milliseconds within which something happens, once it is its turn. */
const WITHIN = 200
const ARGS = [
  'suite.yaml',
  '--target',
  'slow',
  '--workers',
  String(OFTEN),
  '--output',
  'runs',
  '--evidence',
  'none',
]

describe(`faults of workers on one machine, seed ${SEED}`, () => {
  const draw = seededRandom(SEED)
  const random = () => draw() / 2 ** 32
  after(printTable)

  it('SIGKILL of workers at random moments: others play what they had, as if nothing had happened', async () => {
    using rig = new Rig(suiteOf(CASES, '{}'), { config: SLOW_CONFIG })
    const running = rig.start([...ARGS, '--metrics', 'run.prom'])
    await rig.until(1, running)
    // Each once: what a worker had is then another's, and no case loses two.
    const victims = rig.processes('run-worker')
    expect(victims).to.have.lengthOf(OFTEN)
    let before: readonly string[] = []
    for (const victim of victims) {
      await sleep(random() * WITHIN)
      before = rig.results()
      expect(rig.kill(victim, 'SIGKILL'), 'it had ended').to.equal(true)
    }
    const ended = [await running.ended]
    await expectNothingLost(rig, {
      ...{
        fault: 'SIGKILL of a worker of --workers',
        times: OFTEN,
        before,
        planned: CASES,
        ended,
        codes: [0],
      },
    })
    expect(rig.outcomes()).to.deep.equal({ pass: CASES })
    const metrics = readFileSync(join(rig.folder, 'run.prom'), 'utf8')
    expect(metrics)
      .to.match(new RegExp(`^flowbreak_workers ${OFTEN}$`, 'm'))
      .and.match(/^flowbreak_lots_playing 0$/m)
      .and.match(new RegExp(`^flowbreak_workers_lost_total ${OFTEN}$`, 'm'))
  })

  it('SIGKILL of a run with workers: none of them stays, and another goes on', async () => {
    using rig = new Rig(suiteOf(CASES, '{}'), { config: SLOW_CONFIG })
    const running = rig.start(ARGS)
    await rig.until(1, running)
    await sleep(random() * WITHIN)
    expect(rig.processes('run-worker')).to.have.lengthOf(OFTEN)
    running.child.kill('SIGKILL')
    const killed = await running.ended
    for (let wait = 0; rig.processes().length > 0 && wait < 400; wait++) await sleep(20)
    expect(rig.processes(), 'left behind').to.deep.equal([])
    const before = rig.results()
    expect(before.length, 'killed too late').to.be.below(CASES)
    const ended = [killed, await rig.resume().ended]
    await expectNothingLost(rig, {
      ...{ fault: 'SIGKILL of a run with --workers', times: 1, before, planned: CASES, ended },
      codes: ['SIGKILL', 0],
    })
    expect(rig.results().slice(0, before.length)).to.deep.equal(before)
    expect(flowbreak(['report', 'verify', rig.log]).status).to.equal(0)
  })
})
