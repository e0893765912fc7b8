import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { jsonLines, ROOT, startFlowbreak } from './command.ts'
import { manyCases } from './many.ts'
import { TestRedis } from './redis.ts'

const CASES = 96
/** Seconds after which a silent worker is taken for dead. */
const LOST = 2
/** A device that notes who begins to speak to it, says something, and leaves; each note is one write. */
const DEVICE = `
import os, runpy, sys
who = os.getppid()
def note(what): os.write(notes, f"{what} {who}\\n".encode())
notes = os.open("notes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
class Told:
    def __init__(self, lines): self.lines = lines
    def __iter__(self):
        for line in self.lines:
            note("touch")
            yield line
note("open")
sys.stdin = Told(sys.stdin)
try: runpy.run_path(sys.argv[1], run_name="__main__")
finally: note("close")
`

describe('journeys: an appliance at a queue', function () {
  this.timeout(60_000)
  let folder = ''
  let redis: TestRedis
  let workers: ChildProcess[] = []
  before(function () {
    if (missingPrograms().length > 0) this.skip()
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), manyCases(CASES))
    writeFileSync(join(folder, 'device.py'), DEVICE)
    const command = ['python3', 'device.py', `${ROOT}examples/targets/firewall.py`]
    const rack = { kind: 'process', command, appliance: 'rack-7' }
    writeFileSync(join(folder, 'flowbreak.config.json'), JSON.stringify({ targets: { rack } }))
    redis = await TestRedis.start(join(folder, 'redis'))
  })
  afterEach(async () => {
    for (const child of workers) {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      child.kill('SIGKILL')
      await gone
    }
    workers = []
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const url = () => `redis://127.0.0.1:${redis.port}/?lost=${LOST}&wait=30&gone=30`
  const notes = (): [what: string, who: number][] => {
    const file = join(folder, 'notes')
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])])
  }
  const start = (...args: string[]): ChildProcess => {
    const child = startFlowbreak([...args, '--queue', url(), '--target', 'rack'], folder)
    workers.push(child)
    child.stdout.resume()
    child.stderr.resume()
    return child
  }

  /** Begins a run with two workers and waits until one of them plays: what happens to it is up to the test. */
  async function begin() {
    const both = [start('worker'), start('worker')]
    const running = start('run', 'suite.yaml', '--output', 'runs')
    const ended = once(running, 'exit')
    // Beyond what it is asked before anything is played.
    const isPlaying = ({ pid }: ChildProcess) =>
      notes().filter(([what, who]) => what === 'touch' && who === pid).length > 40
    while (!both.some(isPlaying) && running.exitCode === null) await sleep(5)
    const [first, second] = isPlaying(both[0] as ChildProcess) ? both : both.reverse()
    return { first: first as ChildProcess, second: second as ChildProcess, ended }
  }

  /** Holds that nobody spoke to the device while somebody else had it, who may have been stopped with it. */
  function expectOneAtATime(stopped?: ChildProcess): void {
    const open = new Set<number>()
    for (const [index, [what, who]] of notes().entries()) {
      if (what === 'close') open.delete(who)
      else if (what === 'open') open.add(who)
      const others = [...open].filter((other) => other !== who && other !== stopped?.pid)
      if (what !== 'close') expect(others, `note ${index}: ${what} by ${who}`).to.deep.equal([])
      if (what === 'touch') expect([...open].at(-1), `note ${index}: ${what}`).to.equal(who)
    }
  }

  function expectEachOnce(): void {
    const [run = ''] = readdirSync(join(folder, 'runs'))
    const results = jsonLines(readFileSync(join(folder, 'runs', run, 'run.ndjson'), 'utf8')).filter(
      ({ type }) => type === 'case-finished',
    )
    expect(results.map(({ outcome }) => outcome)).to.deep.equal(Array.from({ length: CASES }, () => 'pass'))
    expect(new Set(results.map(({ case: test }) => (test as { name: string }).name)).size).to.equal(CASES)
  }

  it('is driven by one worker at a time, also when its driver is killed', async () => {
    const { first, second, ended } = await begin()
    first.kill('SIGKILL')
    expect(await ended).to.deep.equal([0, null])
    expectOneAtATime()
    expectEachOnce()
    expect(new Set(notes().map(([, who]) => who))).to.deep.equal(new Set([first.pid, second.pid]))
  })

  it('is left alone by a driver that stood still for longer than its lease, once it goes on', async () => {
    const { first, second, ended } = await begin()
    first.kill('SIGSTOP')
    const hasTaken = () => notes().some(([what, who]) => what === 'open' && who === second.pid)
    while (!hasTaken()) await sleep(5)
    first.kill('SIGCONT')
    expect(await ended).to.deep.equal([0, null])
    expectOneAtATime(first)
    expectEachOnce()
  })
})
