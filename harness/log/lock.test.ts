import { spawnSync } from 'node:child_process'
import fs, { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { FlowbreakError } from '../support/errors.ts'
import { LogLock } from './lock.ts'

describe('LogLock', () => {
  let folder: string
  let log: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-lock-'))
    log = join(folder, 'run.ndjson')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('refuses a second holder, and leaves nothing behind', () => {
    const lock = new LogLock(log)
    expect(() => new LogLock(log)).to.throw(FlowbreakError, `is being written by process ${process.pid}`)
    lock.release()
    expect(existsSync(`${log}.lock`)).to.equal(false)
    takeAndRelease(log)
  })

  it('takes over what a killed process left', () => {
    const code = `
      import { LogLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
      new LogLock(process.argv[1])
      process.kill(process.pid, 'SIGKILL')`
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, log])
    expect(child.signal, String(child.stderr)).to.equal('SIGKILL')
    expect(existsSync(`${log}.lock`)).to.equal(true)
    takeAndRelease(log)
  })

  it('takes over from a process whose number another one has now', () => {
    writeFileSync(`${log}.lock`, JSON.stringify({ pid: process.pid, started: 'of another boot 1' }))
    takeAndRelease(log)
  })

  it('takes over what was not written to its end', () => {
    writeFileSync(`${log}.lock`, '{"pid":')
    takeAndRelease(log)
  })

  for (const [left, text] of Object.entries({
    nothing: undefined,
    'an empty lock': '',
    'the lock of a dead process': JSON.stringify({ pid: process.pid, started: 'of another boot 1' }),
  }))
    it(`is held by one where there is ${left}, wherever two more come between its steps`, () => {
      let steps = Number.POSITIVE_INFINITY
      for (let first = 0; first < steps; first++)
        for (let second = first; second < steps; second++) {
          if (text !== undefined) writeFileSync(`${log}.lock`, text)
          const held: LogLock[] = []
          const attempt = () => {
            try {
              held.push(new LogLock(log))
            } catch (thrown) {
              expect(thrown).to.be.instanceOf(FlowbreakError).with.property('code', 'ERR_LOG_LOCKED')
            }
          }
          steps = beforeSteps([first, second], attempt, attempt)
          expect(held, `before steps ${first} and ${second}`).to.have.length(1)
          expect(readdirSync(folder), `before steps ${first} and ${second}`).to.deep.equal([
            'run.ndjson.lock',
          ])
          held[0]?.release()
        }
      expect(steps).to.be.greaterThan(3)
    })

  it('takes over what one left who died while it removed a lock', () => {
    for (const lock of [`${log}.lock`, `${log}.lock.lock`])
      writeFileSync(lock, JSON.stringify({ pid: process.pid, started: 'of another boot 1' }))
    takeAndRelease(log)
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('is there on a file system on which a file has one name', () => {
    const { linkSync } = fs
    try {
      fs.linkSync = () => {
        throw Object.assign(new Error('no links'), { code: 'EPERM' })
      }
      syncBuiltinESMExports()
      writeFileSync(`${log}.lock`, '')
      takeAndRelease(log)
    } finally {
      fs.linkSync = linkSync
      syncBuiltinESMExports()
    }
  })

  it('says where it cannot be', () => {
    expect(() => new LogLock(join(folder, 'none/run.ndjson')))
      .to.throw(FlowbreakError, 'none/run.ndjson cannot be written')
      .with.property('exitCode', 3)
  })
})

/** Whoever takes it holds it against others until it is released. */
function takeAndRelease(log: string): void {
  const lock = new LogLock(log)
  expect(() => new LogLock(log)).to.throw(FlowbreakError, `is being written by process ${process.pid}`)
  lock.release()
  expect(existsSync(`${log}.lock`)).to.equal(false)
}

/**
 * Runs `subject`, and `between` just before each of these steps, counted from 0: its calls that change or read files, of which one that
 * writes is two, as it makes the file before it fills it. Returns the number of steps of `subject`.
 */
function beforeSteps(at: readonly number[], between: () => void, subject: () => void): number {
  const { linkSync, readFileSync, renameSync, rmSync, writeFileSync: write } = fs
  const real = { linkSync, readFileSync, renameSync, rmSync, writeFileSync: write }
  let steps = 0
  let isBetween = false
  const step = () => {
    if (isBetween) return
    const now = steps++
    isBetween = true
    for (const one of at) if (one === now) between()
    isBetween = false
  }
  const stepped =
    (call: (...args: never[]) => unknown) =>
    (...args: never[]) => {
      step()
      return call(...args)
    }
  try {
    Object.assign(fs, {
      ...Object.fromEntries(Object.entries(real).map(([name, call]) => [name, stepped(call)])),
      writeFileSync: (...[file, text, options]: Parameters<typeof write>) => {
        step()
        write(file, '', options)
        step()
        write(file, text)
      },
    })
    syncBuiltinESMExports()
    subject()
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
  return steps
}
