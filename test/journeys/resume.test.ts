import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { flowbreak, jsonLines, startFlowbreak } from './command.ts'
import { manyCases } from './many.ts'

const CASES = 1500
/** Bytes of a log that holds some of them. */
const SOME = 100_000
const SUITE = manyCases(CASES)

describe('journeys: resume', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), SUITE)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const run = () => join(folder, 'runs', readdirSync(join(folder, 'runs'))[0] ?? '')
  const log = () => join(run(), 'run.ndjson')
  const ask = (...args: string[]) => flowbreak(['run', ...args], { cwd: folder })
  /** Whole lines only. */
  const text = () => {
    try {
      const held = readFileSync(log(), 'utf8')
      return held.slice(0, held.lastIndexOf('\n') + 1)
    } catch {
      return ''
    }
  }
  const results = () =>
    jsonLines(text())
      .filter(({ type }) => type === 'case-finished')
      .map((event) => (event.case as { name: string }).name)

  /** Begins a run and waits until its log holds the first results. */
  async function begin() {
    const child = startFlowbreak(['run', 'suite.yaml', '--output', 'runs'], folder)
    const ended = once(child, 'exit')
    const size = () => statSync(log(), { throwIfNoEntry: false })?.size ?? 0
    while (!(existsSync(join(folder, 'runs')) && size() > SOME) && child.exitCode === null)
      await setTimeout(5)
    return { child, ended }
  }

  /** Begins a run, and ends it by that signal; returns its exit code, or null if the signal itself ended it. */
  async function cutOff(signal: NodeJS.Signals): Promise<number | null> {
    const { child, ended } = await begin()
    child.kill(signal)
    await ended
    return child.exitCode
  }

  /** Goes on with the run, and expects each case once and a log that verifies. */
  function expectWhole(): void {
    const before = results()
    expect(before.length).to.be.within(10, CASES - 1)
    const { status, stdout, stderr } = ask('--resume', run())
    expect(status, stderr).to.equal(0)
    expect(stdout).to.contain(`${CASES}`)
    const after = results()
    expect(after.slice(0, before.length)).to.deep.equal(before)
    expect(new Set(after).size).to.equal(CASES)
    expect(after).to.have.lengthOf(CASES)
    expect(readdirSync(run()).filter((name) => name.endsWith('.lock'))).to.deep.equal([])
    const shown = flowbreak(['report', 'show', '--json', log()], { cwd: folder })
    expect(JSON.parse(shown.stdout).summary).to.deep.include({
      cases: CASES,
      planned: CASES,
      reason: 'completed',
    })
    const verified = flowbreak(['report', 'verify', log()], { cwd: folder })
    expect(verified.status, verified.stdout + verified.stderr).to.equal(0)
  }

  it('goes on after Ctrl-C, and repeats nothing', async () => {
    expect(await cutOff('SIGINT')).to.equal(130)
    expectWhole()
  })

  it('goes on after its terminal was closed, and repeats nothing', async () => {
    expect(await cutOff('SIGHUP')).to.equal(130)
    expectWhole()
  })

  it('goes on after it was killed, without the line that was half written', async () => {
    await cutOff('SIGKILL')
    appendFileSync(log(), '{"type":"case-finished","case":{"na')
    const beside = ['evidence/unfinished-4711-0', 'collected/unfinished-4711-1'].map((path) =>
      join(run(), path),
    )
    for (const path of beside) mkdirSync(path, { recursive: true })
    expectWhole()
    expect(beside.filter(existsSync)).to.deep.equal([])
  })

  it('goes on more than once, with the seed that was drawn', async () => {
    await cutOff('SIGKILL')
    const [started] = jsonLines(readFileSync(log(), 'utf8').split('\n')[0] ?? '')
    // Cut within a line, as a disk that was full leaves it.
    truncateSync(log(), readFileSync(log()).length - 7)
    const refused = ask('--resume', run(), '--seed', '3')
    expect(refused.status).to.equal(2)
    expect(refused.stderr).to.contain('--seed would change them')
    expectWhole()
    const starts = jsonLines(readFileSync(log(), 'utf8')).filter(({ type }) => type === 'run-started')
    expect(starts.map(({ seed, run: id }) => [seed, id])).to.deep.equal([
      [started?.seed, started?.run],
      [started?.seed, started?.run],
    ])
  })

  it('refuses what cannot be gone on with, in a sentence', async () => {
    await cutOff('SIGKILL')
    writeFileSync(join(folder, 'suite.yaml'), `${SUITE}# changed\n`)
    const changed = ask('--resume', run())
    expect(changed.status).to.equal(2)
    expect(changed.stderr).to.match(/^flowbreak: .*was begun with another suite\.yaml.*\n$/)
    writeFileSync(join(folder, 'suite.yaml'), SUITE)
    expectWhole()
    const complete = ask('--resume', run())
    expect(complete.status).to.equal(2)
    expect(complete.stderr).to.contain('is complete')
    expect(ask('--resume', 'nowhere').stderr).to.contain('There is no run nowhere')
    expect(ask('suite.yaml', '--resume', run()).stderr).to.contain('suite.yaml would change them')
  })

  it('refuses a run that still goes on', async () => {
    const { child, ended } = await begin()
    child.kill('SIGSTOP')
    const refused = ask('--resume', run())
    child.kill('SIGCONT')
    child.kill('SIGINT')
    await ended
    expect(refused.status).to.equal(2)
    expect(refused.stderr).to.contain(`is being written by process ${child.pid}`)
  })
})
