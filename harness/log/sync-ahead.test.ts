import { spawnSync } from 'node:child_process'
import fs, { mkdtempSync, rmSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import type { RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { FlowbreakError } from '../support/errors.ts'
import { readRunLog } from './read.ts'
import { RunLogWriter } from './write.ts'

const MIB = 1 << 20
/** After so much the disk is asked. */
const AHEAD = 32
const STARTED = eventOf('run-started')
const RESULT = eventOf('case-finished')
/** With white space, to the length of 1 MiB in the file. */
const LINE = JSON.stringify(RESULT).padEnd(MIB - 1)

type Done = Parameters<typeof fs.fdatasync>[1]

/** Takes the place of the system's `fdatasync`, and keeps what it was asked. */
class Disk implements Disposable {
  /** Bytes in the file, by call. */
  readonly asked: number[] = []
  /** Answers that are held back. */
  readonly held: ((problem?: Error) => void)[] = []
  readonly #real = fs.fdatasync
  #open = 0

  constructor({ holds }: { readonly holds: boolean }) {
    const stand = (fd: number, told: Done) => {
      this.asked.push(fs.fstatSync(fd).size)
      this.#open++
      const done: Done = (problem) => {
        this.#open--
        told(problem)
      }
      const answer = (problem?: Error) => (problem === undefined ? this.#real(fd, done) : done(problem))
      if (holds) this.held.push(answer)
      else answer()
    }
    this.#put(Object.assign(stand, { __promisify__: this.#real.__promisify__ }))
  }

  [Symbol.dispose](): void {
    this.#put(this.#real)
  }

  /** Until it has answered everything. */
  async idle(): Promise<void> {
    while (this.#open > 0) await setImmediate()
  }

  #put(way: typeof fs.fdatasync): void {
    fs.fdatasync = way
    syncBuiltinESMExports()
  }
}

function eventOf(type: RunEvent['type']): RunEvent {
  const found = fixtureRun().find((event) => event.type === type)
  if (found === undefined) throw new Error(`The run has no ${type}.`)
  return found
}

/** Appends results of 1 MiB, each in a turn of its own. */
async function append(writer: RunLogWriter, mebibytes: number): Promise<void> {
  for (let n = 0; n < mebibytes; n++) {
    writer.append(RESULT, LINE)
    await setImmediate()
  }
}

function problem(code: string): Error {
  return Object.assign(new Error(`${code}: the disk says so`), { code })
}

describe('RunLogWriter: what the disk takes ahead of the end', () => {
  let folder = ''
  let file = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-log-'))
    file = join(folder, 'run.ndjson')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** A log with its first line and `mebibytes` of results. */
  async function started(mebibytes: number, at = file): Promise<RunLogWriter> {
    const writer = new RunLogWriter(at)
    writer.append(STARTED)
    await append(writer, mebibytes)
    return writer
  }

  it('is asked each 32 MiB, of the file itself, and what it took reads as it was written', async () => {
    using disk = new Disk({ holds: false })
    const writer = await started(AHEAD - 1)
    expect(disk.asked).to.deep.equal([])
    for (let n = 0; n < AHEAD + 1; n++) {
      await append(writer, 1)
      await disk.idle()
    }
    const first = Buffer.byteLength(JSON.stringify(STARTED)) + 1
    expect(disk.asked).to.deep.equal([1, 2].map((times) => first + times * AHEAD * MIB))
    await writer.close()
    expect(readRunLog(file)).to.have.lengthOf(1 + 2 * AHEAD)
  })

  it('is asked one thing at a time, while the run goes on, and the end waits for its answer', async () => {
    using disk = new Disk({ holds: true })
    const writer = await started(3 * AHEAD)
    expect(disk.asked).to.have.lengthOf(1)
    expect(statSync(file).size).to.be.greaterThan(3 * AHEAD * MIB)
    let closed = false
    const closing = writer.close().then(() => {
      closed = true
    })
    await setImmediate()
    expect(closed).to.equal(false)
    disk.held[0]?.()
    await closing
    expect(disk.asked).to.have.lengthOf(1)
  })

  for (const [code, words] of [
    [
      'EIO',
      /The run log \S+ cannot be written \(EIO: the disk says so\); what was written until then \(\d+ bytes\) is kept\./,
    ],
    ['ENOSPC', /The disk is full: the run log \S+ takes no more, .* is kept; make room and resume the run\./],
  ] as const)
    it(`that it does not take it (${code}) ends the run with 3, and what is there stays`, async () => {
      using disk = new Disk({ holds: true })
      const writer = await started(AHEAD)
      disk.held[0]?.(problem(code))
      const error = { code: 'ERR_LOG_WRITE', exitCode: 3 }
      expect(() => writer.append(RESULT, LINE))
        .to.throw(FlowbreakError, words)
        .with.include(error)
      const closed = await writer.close().catch((thrown: unknown) => thrown)
      expect(closed).to.be.instanceOf(FlowbreakError).with.include(error)
      expect(readRunLog(file)).to.have.lengthOf(1 + AHEAD)
    })

  it('that it does not take it is told by the end, where nothing is appended any more', async () => {
    using disk = new Disk({ holds: true })
    const writer = await started(AHEAD)
    const closing = writer.close().catch((thrown: unknown) => thrown)
    disk.held[0]?.(problem('EIO'))
    expect(await closing).to.include({ code: 'ERR_LOG_WRITE', exitCode: 3 })
  })

  it('is not asked where the log is a device, which would refuse', async () => {
    using disk = new Disk({ holds: false })
    const writer = await started(2 * AHEAD, '/dev/null')
    expect(disk.asked).to.deep.equal([])
    // The end does ask.
    expect(await writer.close().catch((thrown: unknown) => thrown)).to.include({ code: 'ERR_LOG_WRITE' })
  })

  it('of one that is full later, what it had taken is kept line by line, and is gone on with once there is room', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const mount = (...args: string[]) => expect(spawnSync('mount', args).status).to.equal(0)
    mount('-t', 'tmpfs', '-o', `size=${AHEAD + 8}m`, 'tmpfs', folder)
    try {
      using disk = new Disk({ holds: false })
      const writer = await started(AHEAD)
      expect(disk.asked).to.have.lengthOf(1)
      const thrown = await append(writer, 10).catch((error: unknown) => error)
      expect(thrown).to.include({ code: 'ERR_LOG_WRITE', exitCode: 3 })
      await writer.close().catch(() => undefined)
      const kept = readRunLog(file).length
      expect(kept).to.be.within(1 + AHEAD, AHEAD + 8)
      mount('-o', `remount,size=${2 * AHEAD}m`, folder)
      const again = new RunLogWriter(file)
      await append(again, 10)
      await again.close()
      expect(readRunLog(file)).to.have.lengthOf(kept + 10)
    } finally {
      expect(spawnSync('umount', [folder]).status).to.equal(0)
    }
  })
})
