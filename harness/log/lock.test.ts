import { spawnSync } from 'node:child_process'
import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

  it('leaves it to another process that has taken it over at the same moment', () => {
    const other = new LogLock(join(folder, 'other.ndjson'))
    const held = readFileSync(join(folder, 'other.ndjson.lock'), 'utf8')
    other.release()
    writeFileSync(`${log}.lock`, JSON.stringify({ pid: process.pid, started: 'of another boot 1' }))
    const { renameSync } = fs
    try {
      // Just before it is moved away, the other has it.
      fs.renameSync = (from, to) => {
        if (String(from) === `${log}.lock`) writeFileSync(from, held)
        renameSync(from, to)
      }
      syncBuiltinESMExports()
      expect(() => new LogLock(log)).to.throw(FlowbreakError, `is being written by process ${process.pid}`)
    } finally {
      fs.renameSync = renameSync
      syncBuiltinESMExports()
    }
    expect(readdirSync(folder)).to.deep.equal(['run.ndjson.lock'])
    expect(readFileSync(`${log}.lock`, 'utf8')).to.equal(held)
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
