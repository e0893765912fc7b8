import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { seededRandom } from '../../harness/timeline/random.ts'
import { flowbreak } from '../journeys/command.ts'
import { type Ended, Rig, suiteOf } from './recovery/rig.ts'
import { expectNothingLost, printTable } from './recovery/table.ts'

const PROGRAM = fileURLToPath(new URL('programs/faulty.mjs', import.meta.url))
const SEED = Number(process.env.FLOWBREAK_SEED ?? 1)
/** So many times the kills, and the cases. */
const OFTEN = process.env.FLOWBREAK_FULL === '1' ? 3 : 1
const isRoot = process.getuid?.() === 0
const MINE = `targets: { mine: { kind: process, command: [node, '${PROGRAM}'] } }\n`

/** Runs whose process is killed, within so many milliseconds of a result, far fewer than most of the cases take. */
const KILLED = [
  { target: 'reference', cases: 3000, times: 2, setup: '{}', within: 50 },
  { target: 'mine', cases: 150, times: 2, setup: '{}', within: 50 },
  { target: 'suricata', cases: 8, times: 1, setup: '{ profile: suricata-7 }', within: 200 },
  { target: 'netfilter', cases: 8, times: 1, setup: '{ profile: linux-conntrack }', within: 200 },
] as const

describe(`faults of the run itself, seed ${SEED}`, () => {
  const draw = seededRandom(SEED)
  const random = () => draw() / 2 ** 32
  after(printTable)

  for (const { target, setup, within, ...once } of KILLED) {
    const cases = once.cases * OFTEN
    const times = once.times * OFTEN
    it(`SIGKILL of a run on ${target} at random moments`, async function () {
      if (target === 'netfilter' && !isRoot) this.skip()
      using rig = new Rig(suiteOf(cases, setup), { config: MINE })
      const ended: Ended[] = []
      let before: string[] = []
      for (let time = 0; time < times; time++) {
        const args = [
          'suite.yaml',
          '--target',
          target,
          '--output',
          'runs',
          '--fold',
          'never',
          '--evidence',
          'none',
        ]
        const running = time === 0 ? rig.start(args) : rig.resume()
        // Any of the first quarter of those that are left, so that others are sure to be cut off.
        await rig.until(before.length + 1 + Math.floor((random() * (cases - before.length)) / 4), running)
        await sleep(random() * within)
        running.child.kill('SIGKILL')
        ended.push(await running.ended)
        const now = rig.results()
        expect(now.slice(0, before.length)).to.deep.equal(before)
        before = now
      }
      expect(before.length, 'killed too late').to.be.below(cases)
      const last = rig.resume()
      await rig.until(cases, last)
      ended.push(await last.ended)
      const killed = Array.from({ length: times }, () => 'SIGKILL' as const)
      await expectNothingLost(rig, {
        ...{ fault: `SIGKILL of the run, ${target}`, times, before, planned: cases, ended },
        codes: [...killed, 0],
      })
      expect(flowbreak(['report', 'verify', rig.log]).status).to.equal(0)
      if (target === 'netfilter') expect(rig.labs, 'labs that were looked for').to.be.greaterThan(1)
    })
  }

  /** Processes of a target, and what a run tells when one is killed. */
  const TARGETS = [
    {
      target: 'mine',
      cases: 150,
      setup: '{}',
      process: 'faulty.mjs',
      told: /ended by SIGKILL before it was told to/,
    },
    {
      target: 'suricata',
      cases: 6,
      setup: '{ profile: suricata-7 }',
      process: '--simulate-ips',
      told: /Suricata was killed by SIGKILL/,
    },
    {
      target: 'netfilter',
      cases: 4,
      setup: '{ profile: linux-conntrack }',
      process: 'pcap/child',
      told: /Frames can no longer be sent and heard, since the process that does so failed: it ended\./,
    },
  ] as const
  for (const { target, cases, setup, process: named, told } of TARGETS)
    it(`SIGKILL of a process of ${target} at a random moment`, async function () {
      if (target === 'netfilter' && !isRoot) this.skip()
      using rig = new Rig(suiteOf(cases, setup), { config: MINE })
      const args = [
        'suite.yaml',
        '--target',
        target,
        '--output',
        'runs',
        '--fold',
        'never',
        '--reporter',
        'console',
      ]
      const running = rig.start(args)
      await rig.until(1, running)
      await sleep(random() * 100)
      let isKilled = false
      // One that is found may have come to its own end before it is killed.
      while (!isKilled && running.child.exitCode === null) {
        const [victim] = rig.processes(named).filter((pid) => pid !== running.pid)
        isKilled = await rig.killAtWork(victim)
        await sleep(2)
      }
      expect(isKilled, 'nothing was there to be killed').to.equal(true)
      const before = rig.results()
      const ended = [await running.ended]
      await expectNothingLost(rig, {
        ...{ fault: `SIGKILL of a process of ${target}`, times: 1, before, planned: cases, ended, told },
        codes: [3],
      })
      expect(rig.outcomes().pass ?? 0).to.be.within(1, cases - 1)
    })
})
