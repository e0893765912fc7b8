import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { flowbreak } from '../journeys/command.ts'
import { Rig, suiteOf } from './recovery/rig.ts'
import { expectNothingLost, printTable } from './recovery/table.ts'

const CASES = 400
const FEW = 6
/** Descriptors that are left: enough for a file, and too few for a child process with its pipes. */
const FREE = 2
/** Of a disk that holds some of their results. */
const SMALL = '600k'
const CLOCK = fileURLToPath(new URL('programs/jumping-clock.mjs', import.meta.url))
const ARGS = ['suite.yaml', '--reporter', 'json=report.json'] as const

/** Throws where the command fails. */
function did(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

describe('faults of the machine', () => {
  after(printTable)

  it('a disk that is full: what was written stays, and the run goes on once there is room', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const disk = mkdtempSync(join(tmpdir(), 'flowbreak-test-disk-'))
    did('mount', '-t', 'tmpfs', '-o', `size=${SMALL}`, 'tmpfs', disk)
    try {
      using rig = new Rig(suiteOf(CASES, '{}'), { output: join(disk, 'runs') })
      const full = await rig.start([...ARGS, '--output', rig.output, '--evidence', 'none']).ended
      const before = rig.results()
      expect(before.length).to.be.within(1, CASES - 1)
      expect(flowbreak(['report', 'show', '--json', rig.log]).stdout).to.contain('"cases"')
      // Still no room: nothing gets worse.
      const again = await rig.resume().ended
      expect(rig.results().slice(0, before.length)).to.deep.equal(before)
      did('mount', '-o', 'remount,size=64m', disk)
      const ended = [full, again, await rig.resume().ended]
      await expectNothingLost(rig, {
        ...{ fault: 'disk full', times: 2, before, planned: CASES, ended, codes: [3, 3, 0] },
        told: /The disk is full: the run log \S+ takes no more, [^;]*; make room and resume the run\./,
      })
      expect(flowbreak(['report', 'verify', rig.log]).status).to.equal(0)
    } finally {
      did('umount', disk)
      rmSync(disk, { recursive: true })
    }
  })

  it('a time of day that jumps: no verdict and no duration depends on it', async () => {
    using rig = new Rig(suiteOf(40, '{}'))
    const env = { NODE_OPTIONS: `--import=${CLOCK}` }
    const ended = [await rig.start([...ARGS, '--output', 'runs', '--log', 'own.log'], { env }).ended]
    await expectNothingLost(rig, {
      ...{ fault: 'time of day jumps by hours', times: 40, before: [], planned: 40, ended, codes: [0] },
    })
    const events = readFileSync(rig.log, 'utf8')
    const took = [...events.matchAll(/"durationMs":([-\d.e]+)/g)].map(([, text]) => Number(text))
    expect(took).to.have.lengthOf(40)
    for (const ms of took) expect(ms).to.be.within(0, 60_000)
    expect(rig.outcomes()).to.deep.equal({ pass: 40 })
  })

  it('no file descriptors left in the midst of a run: the rest is in error, by a sentence, and what was there stays', async () => {
    using rig = new Rig(suiteOf(FEW, '{ profile: suricata-7 }'))
    const running = rig.start([...ARGS, '--target', 'suricata', '--output', 'runs', '--fold', 'never'])
    await rig.until(1, running)
    const before = rig.results()
    did('prlimit', '--pid', String(running.pid), `--nofile=${(await freeDescriptor(running.pid)) + FREE}:`)
    const ended = [await running.ended]
    await expectNothingLost(rig, {
      ...{ fault: 'no file descriptors left', times: 1, before, planned: FEW, ended, codes: [3] },
      told: /Suricata \(\S+\) cannot be started \(EMFILE\): check that it can be run, [^;]* open files \(ulimit -a\)\./,
    })
    const { pass = 0, error = 0 } = rig.outcomes()
    expect(pass).to.be.within(1, FEW - 1)
    expect(pass + error).to.equal(FEW)
  })
})

/** The lowest descriptor that a process uses only now and then, as for a child of its own. */
async function freeDescriptor(pid: number): Promise<number> {
  let steady = openIn(pid)
  for (let sample = 0; sample < 20; sample++) {
    await sleep(5)
    const open = openIn(pid)
    steady = new Set([...steady].filter((descriptor) => open.has(descriptor)))
  }
  for (let descriptor = 0; ; descriptor++) if (!steady.has(descriptor)) return descriptor
}

function openIn(pid: number): Set<number> {
  return new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
}
