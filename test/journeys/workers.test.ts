import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'chai'
import { flowbreak, jsonLines, MAIN, ROOT } from './command.ts'

/** The reference in another place, which takes its time, and kills whoever plays under a policy on it. */
const TARGET = `
import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { ReferenceTarget } from ${JSON.stringify(`${ROOT}dist/target/reference/reference.js`)}
const real = new ReferenceTarget('1')
let played = 0
export default ({ shared, wait = 0, kills, breaks }) => ({
  name: 'other', version: '1', capabilities: real.capabilities, shared,
  async prepare(setup) {
    if (setup.policy.exception === kills) process.kill(process.pid, 'SIGKILL')
    const session = await real.prepare(setup)
    return {
      async *replay(timeline, signal) {
        await setTimeout(wait)
        if (breaks === 'off') {
          writeFileSync('playing', '')
          await setTimeout(1e6)
        }
        if (++played === 40 && breaks === 'a timer') {
          setTimeout(0).then(() => process.nextTick(() => { throw new Error('the socket broke') }))
          await new Promise(() => undefined)
        }
        if (played === 40 && breaks !== undefined) Promise.reject(new Error('the socket broke'))
        yield* session.replay(timeline, signal)
      },
      reset: () => session.reset(),
      counters: () => session.counters(),
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]()
        // Longer than what is played may go on.
        if (breaks === 'and leaves') await setTimeout(6000).then(() => writeFileSync('taken down', ''))
      },
    }
  },
})
`
const CASES = 160
/** Cases of two setups. */
const many = (count: number) => `suite: many
title: For tests
matrix: { policy: [drop, reject], number: [${Array.from({ length: count / 2 }, (_, index) => index).join(', ')}] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: blocked }
`
const CONFIG = {
  targets: {
    copies: { kind: 'module', module: './target.mjs', shared: 'processes' },
    alone: { kind: 'module', module: './target.mjs' },
    slow: { kind: 'module', module: './target.mjs', shared: 'processes', wait: 10 },
    timer: { kind: 'module', module: './target.mjs', shared: 'processes', breaks: 'a timer' },
    leaves: { kind: 'module', module: './target.mjs', breaks: 'and leaves' },
    deaf: { kind: 'module', module: './target.mjs', breaks: 'off' },
    promise: { kind: 'module', module: './target.mjs', shared: 'processes', breaks: 'a promise' },
    deadly: { kind: 'module', module: './target.mjs', shared: 'processes', kills: 'reject' },
  },
}

describe('journeys: workers', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'target.mjs'), TARGET)
    writeFileSync(join(folder, 'suite.yaml'), many(CASES))
    writeFileSync(join(folder, 'flowbreak.config.json'), JSON.stringify(CONFIG))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const run = (output = 'runs') => join(folder, output, readdirSync(join(folder, output))[0] ?? '')
  /** The log; nothing as long as the run has not begun it. */
  const text = (output = 'runs') => {
    const log = existsSync(join(folder, output)) ? join(run(output), 'run.ndjson') : ''
    return existsSync(log) ? readFileSync(log, 'utf8') : ''
  }
  const finished = (output?: string) => {
    const whole = text(output)
    return jsonLines(whole.slice(0, whole.lastIndexOf('\n') + 1)).filter(
      ({ type }) => type === 'case-finished',
    )
  }
  const names = () => finished().map(({ case: test }) => (test as { name: string }).name)

  /** Begins a run and waits until its log holds the first results. */
  async function begin(args: readonly string[]) {
    // As a terminal has it: Ctrl-C reaches a group of processes.
    const child = spawn(process.execPath, [MAIN, 'run', 'suite.yaml', '--output', 'runs', ...args], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = once(child, 'exit')
    while (finished().length < 8 && child.exitCode === null) await setTimeout(5)
    return { child, ended, workers: childrenOf(child) }
  }

  for (const target of ['timer', 'promise'])
    it(`ends in a sentence where a ${target} of the target throws, and can be resumed`, () => {
      const broke =
        /^flowbreak: Something threw where nothing could catch it, .*\(the socket broke\): the run ends here; .*\(ERR_UNCAUGHT\)$/m
      const { status, stderr } = flowbreak(['run', 'suite.yaml', '--target', target, '--output', 'runs'], {
        cwd: folder,
      })
      expect(status, stderr).to.equal(3)
      expect(stderr).to.match(broke).and.not.include(' at ')
      expect(finished().length).to.be.within(30, 40)
      // Workers that it ends are started again.
      const args = ['run', '--resume', run(), '--workers', '2']
      const resumed = flowbreak(args, { cwd: folder })
      expect(resumed.status, resumed.stderr).to.equal(0)
      expect(resumed.stderr).to.include('a worker ends here').and.not.include(' at ')
      expect(new Set(names()).size).to.equal(CASES)
    })

  it('takes down what it set up where a target throws, however long that takes', () => {
    const { status, stderr } = flowbreak(['run', 'suite.yaml', '--target', 'leaves'], { cwd: folder })
    expect(status, stderr).to.equal(3)
    expect(readdirSync(folder)).to.include('taken down')
  })

  it('names the target that heeds no Ctrl-C, and ends at the second', async () => {
    const child = spawn(process.execPath, [MAIN, 'run', 'suite.yaml', '--target', 'deaf'], {
      ...{ cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] as const },
    })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (more) => {
      said += more
      child.kill('SIGINT')
    })
    try {
      while (!existsSync(join(folder, 'playing')) && child.exitCode === null) await setTimeout(5)
      child.kill('SIGINT')
      expect(await once(child, 'close')).to.deep.equal([null, 'SIGINT'])
    } finally {
      child.kill('SIGKILL')
    }
    expect(said).to.equal(
      'flowbreak: Interrupted; waiting for target deaf to stop. A second Ctrl-C ends it at once.\n',
    )
  })

  it('makes the same log with 1, 2 and 3, of targets that threads share, that processes do, and that nobody does, whatever reports need', () => {
    writeFileSync(join(folder, 'suite.yaml'), many(80))
    const timeless = (lines: string) =>
      lines
        .replace(/"(durationMs)":[\d.]+/g, '')
        .replace(/"(startedAt|finishedAt|run|sha256)":"[^"]*"|"command":\[[^\]]*\]/g, '')
    const log = (workers: number, ...more: string[]) => {
      const targets = ['reference', 'copies', 'alone'].flatMap((name) => ['--target', name])
      const runs = `runs-${workers}${more.length === 0 ? '' : '-traced'}`
      const output = ['--output', runs, '--evidence', 'all', '--seed', '7', ...more]
      const suites = ['core/resets', 'suite.yaml']
      const args = [...suites, ...targets, ...output, '--workers', String(workers)]
      const { status, stderr } = flowbreak(['run', ...args], { cwd: folder })
      expect(status, stderr).to.be.oneOf([0, 1])
      return timeless(text(runs))
    }
    const one = log(1)
    expect(finished('runs-1').length).to.be.greaterThan(3 * 120)
    for (const workers of [2, 3]) expect(log(workers) === one, `${workers} workers`).to.equal(true)
    // This reporter needs the packets of all cases; without it, those of cases that passed are not kept.
    const file = join(folder, 'traced.ndjson')
    const results = (lines: string) => lines.split('\n').filter((line) => line.includes('case-finished'))
    for (const workers of [1, 2]) {
      const what = `${workers} workers, traced`
      expect(log(workers, '--reporter', `ndjson=${file}`) === one, what).to.equal(true)
      const told = results(timeless(readFileSync(file, 'utf8')))
      expect(told, what).to.deep.equal(results(one))
    }
    expect(new Set(readdirSync(join(run('runs-3'), 'evidence')))).to.deep.equal(
      new Set(readdirSync(join(run('runs-1'), 'evidence'))),
    )
  })

  it('reads each capture once for all threads, and for each process', () => {
    writeFileSync(join(folder, 'suite.yaml'), many(200))
    const seen = join(folder, 'opened')
    writeFileSync(
      join(folder, 'hook.cjs'),
      `const fs = require('node:fs')
const { isMainThread } = require('node:worker_threads')
const { openSync } = fs
fs.openSync = (path, ...rest) => {
  const who = isMainThread ? process.argv[1].includes('run-worker') ? 'process' : 'run' : 'thread'
  if (String(path).endsWith('.pcap')) fs.appendFileSync(${JSON.stringify(seen)}, who + '\\n')
  return openSync(path, ...rest)
}`,
    )
    const openedBy = (target: string) => {
      rmSync(seen, { force: true })
      const args = ['run', 'suite.yaml', '--target', target, '--workers', '2', '--output', `runs-${target}`]
      const { status } = spawnSync(process.execPath, [MAIN, ...args], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: `--require ${join(folder, 'hook.cjs')}` },
      })
      expect(status, target).to.equal(0)
      return new Set(readFileSync(seen, 'utf8').trim().split('\n'))
    }
    expect(openedBy('reference')).to.deep.equal(new Set(['run']))
    expect(openedBy('copies')).to.deep.equal(new Set(['run', 'process']))
  })

  it('gives what kills workers again and again an error, and the rest its results', () => {
    writeFileSync(join(folder, 'suite.yaml'), many(4))
    const args = ['suite.yaml', '--target', 'deadly', '--workers', '2', '--output', 'runs']
    const { status } = flowbreak(['run', ...args], { cwd: folder })
    expect(status).to.equal(3)
    const told = finished().map(({ outcome, detail = '' }) => `${outcome} ${detail}`.replace(/\d{2,}/, 'N'))
    const error =
      'error The worker that played it is gone (process N: SIGKILL). It happened 2 times with this case.'
    expect(told).to.deep.equal(['pass ', 'pass ', error, error])
  })

  it('leaves nothing of cases beyond the one that a run stops at', () => {
    writeFileSync(join(folder, 'suite.yaml'), many(CASES).replace('swap: blocked', 'swap: forward'))
    const left = [1, 2].map((workers) => {
      const output = `runs-${workers}`
      const args = ['suite.yaml', '--bail', '--fold', 'always', '--workers', `${workers}`, '--output', output]
      expect(flowbreak(['run', ...args], { cwd: folder }).status).to.equal(1)
      return readdirSync(join(run(output), 'evidence')).sort()
    })
    expect(left[0]).to.have.lengthOf(CASES / 2)
    expect(left[1]).to.deep.equal(left[0])
  })

  it('keeps what was done on Ctrl-C, leaves no process, and goes on with another number of workers', async () => {
    const { child, ended, workers } = await begin(['--target', 'slow', '--workers', '3'])
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).to.deep.equal([130, null])
    expect(workers.filter(isAlive)).to.deep.equal([])
    expect(jsonLines(text()).at(-1)).to.include({ type: 'run-finished', reason: 'interrupted' })
    const before = names()
    const { status, stderr } = flowbreak(['run', '--resume', run(), '--workers', '2'], { cwd: folder })
    expect(status, stderr).to.equal(0)
    expect(names().slice(0, before.length)).to.deep.equal(before)
    expect(new Set(names()).size).to.equal(CASES)
    expect(names()).to.have.lengthOf(CASES)
  })
})

function childrenOf({ pid }: ChildProcess): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Whether there is such a process, not yet ended. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
