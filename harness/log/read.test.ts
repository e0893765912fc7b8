import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { fixtureRun } from '../report/fixtures/run.ts'
import { FlowbreakError } from '../support/errors.ts'
import { readRunLog, streamRunLog } from './read.ts'

const EVENTS = fixtureRun()
const LINES = EVENTS.map((event) => JSON.stringify(event))

describe('readRunLog', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-log-'))
    file = join(folder, 'run.ndjson')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const refusal = (text: string): FlowbreakError => {
    writeFileSync(file, text)
    try {
      readRunLog(file)
    } catch (thrown) {
      if (thrown instanceof FlowbreakError) return thrown
    }
    throw new Error(`This was read as a run log: ${text.slice(0, 80)}`)
  }

  it('reads what was written, all or one by one', () => {
    writeFileSync(file, `${LINES.join('\n')}\n`)
    expect(readRunLog(file)).to.deep.equal(EVENTS)
    expect(streamRunLog(file).next().value).to.deep.equal(EVENTS[0])
  })

  it('takes a last line without its newline when it is whole', () => {
    writeFileSync(file, LINES.join('\n'))
    expect(readRunLog(file)).to.deep.equal(EVENTS)
  })

  it('makes a warning of a cut last line, wherever it is cut', () => {
    const text = LINES.slice(0, 5).join('\n')
    const last = LINES[4] ?? ''
    fc.assert(
      fc.property(fc.integer({ min: 1, max: last.length - 1 }), (cut) => {
        writeFileSync(file, text.slice(0, -cut))
        const events = readRunLog(file)
        expect(events.slice(0, 4)).to.deep.equal(EVENTS.slice(0, 4))
        expect(events[4]).to.include({ type: 'warning', code: 'WARN_LOG_CUT', where: `${file}:5` })
      }),
      { seed: 11, numRuns: 50 },
    )
  })

  it('refuses what is no run log, another version and an empty file, each with a sentence', () => {
    expect(refusal('').message).to.equal(`${file} is empty: no run was logged in it.`)
    expect(refusal('hello\n').message).to.include('is not a run log: its first line is not JSON')
    expect(refusal('{"a":1}\n').message).to.include('its first line is not a run-started event')
    expect(refusal('{"type":"run-started","schema":2}\n').message).to.include('is a run log of version 2')
    expect(refusal('[]\n')).to.include({ code: 'ERR_LOG', exitCode: 2 })
  })

  it('names file, line and field of damage in the middle', () => {
    const damaged = (line: string) => refusal([LINES[0], line, ...LINES.slice(1), ''].join('\n')).message
    expect(damaged('{"type":')).to.match(/run\.ndjson:2: .*it is not JSON/)
    expect(damaged('{"type":"warning","code":1,"message":""}')).to.match(/run\.ndjson:2: .*code/)
    const columns = (LINES[4] ?? '').replace('"number":[1,', '"number":[')
    expect(damaged(columns)).to.match(/columns of the trace differ in length/)
  })

  it('says when the file is not there', () => {
    expect(() => readRunLog(join(folder, 'none.ndjson'))).to.throw(
      FlowbreakError,
      'none.ndjson cannot be read',
    )
  })

  it('reads lines longer than its window', () => {
    const long = { type: 'warning', code: 'WARN_LONG', message: 'x'.repeat(3_000_000) }
    writeFileSync(file, `${LINES[0]}\n${JSON.stringify(long)}\n${LINES[1]}\n`)
    expect(readRunLog(file)).to.deep.equal([EVENTS[0], long, EVENTS[1]])
  })
})
