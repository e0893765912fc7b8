import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import type { RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { FlowbreakError } from '../support/errors.ts'
import { readRunLog } from './read.ts'
import { RunLogWriter } from './write.ts'

const EVENTS = fixtureRun()

function append(file: string, events: readonly RunEvent[]): RunLogWriter {
  const writer = new RunLogWriter(file)
  for (const event of events) writer.append(event)
  return writer
}

/** Events without the seal that only a file has. */
function unsealed(events: readonly RunEvent[]): RunEvent[] {
  return events.map((event) => {
    if (event.type !== 'run-finished') return event
    const { sha256: _, ...rest } = event
    return rest
  })
}

describe('RunLogWriter', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('writes a line an event, into a folder that it makes', async () => {
    const file = join(folder, 'a/b/run.ndjson')
    await append(file, EVENTS).close()
    const text = readFileSync(file, 'utf8').replace(/,"sha256":"[0-9a-f]{64}"\}\n$/, '}\n')
    expect(text).to.equal(EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })

  it('writes lines that were made elsewhere, as text or as bytes, as it would have made them', async () => {
    const logs = [(line: string) => line, (line: string) => Buffer.from(line)].map((made, at) => {
      const writer = new RunLogWriter(join(folder, `${at}.ndjson`))
      return { writer, places: EVENTS.map((event) => writer.append(event, made(JSON.stringify(event)))) }
    })
    const file = join(folder, 'run.ndjson')
    await append(file, EVENTS).close()
    for (const { writer, places } of logs) {
      await writer.close()
      const bytes = readFileSync(writer.file)
      expect(bytes.equals(readFileSync(file))).to.equal(true)
      const { at, length } = places[1] ?? { at: 0, length: 0 }
      expect(JSON.parse(bytes.toString('utf8', at, at + length))).to.deep.equal(EVENTS[1])
    }
  })

  it('goes on with a log whose first line ends within 1 MiB, and with no other', async () => {
    const file = join(folder, 'run.ndjson')
    const started = EVENTS[0] as RunEvent & { readonly type: 'run-started' }
    const long = (bytes: number) => {
      const rest = JSON.stringify({ ...started, command: [''] }).length + 1
      const command = ['x'.repeat(bytes - rest)]
      writeFileSync(file, `${JSON.stringify({ ...started, command })}\n`)
    }
    long(1 << 20)
    await append(file, EVENTS.slice(1)).close()
    expect(unsealed(readRunLog(file)).slice(1)).to.deep.equal(unsealed(EVENTS.slice(1)))
    long((1 << 20) + 2)
    expect(() => new RunLogWriter(file)).to.throw('its first line is not JSON')
    expect(statSync(file).size).to.equal((1 << 20) + 2)
  })

  it('has everything in the file after one turn of the event loop, without being closed', async () => {
    const file = join(folder, 'run.ndjson')
    const writer = append(file, EVENTS)
    await setImmediate()
    expect(unsealed(readRunLog(file))).to.deep.equal(EVENTS)
    await writer.close()
  })

  it('loses nothing to an exit in the middle of a turn', () => {
    const file = join(folder, 'run.ndjson')
    const code = `
      import { RunLogWriter } from ${JSON.stringify(new URL('./write.ts', import.meta.url).href)}
      const writer = new RunLogWriter(process.argv[1])
      writer.append(${JSON.stringify(EVENTS[0])})
      process.exit(7)`
    const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, file])
    expect(child.status, String(child.stderr)).to.equal(7)
    expect(readRunLog(file)).to.deep.equal(EVENTS.slice(0, 1))
  })

  it('continues a log, without the line that was cut', async () => {
    const file = join(folder, 'run.ndjson')
    await append(file, EVENTS.slice(0, 3)).close()
    writeFileSync(file, '{"type":"case-fin', { flag: 'a' })
    await append(file, EVENTS.slice(3)).close()
    expect(unsealed(readRunLog(file))).to.deep.equal(EVENTS)
  })

  it('leaves a file alone that is no run log', () => {
    const file = join(folder, 'notes.txt')
    writeFileSync(file, 'mine')
    expect(() => new RunLogWriter(file)).to.throw(
      FlowbreakError,
      `${file} already exists and is not a run log`,
    )
    expect(readFileSync(file, 'utf8')).to.equal('mine')
  })

  it('says that the disk is full and where, from append and from close', async () => {
    const writer = append('/dev/full', EVENTS.slice(0, 1))
    await setImmediate()
    const full = /The disk is full: the run log \/dev\/full .* is kept/
    expect(() => writer.append(EVENTS[1] as RunEvent))
      .to.throw(FlowbreakError, full)
      .with.include({ code: 'ERR_LOG_WRITE', exitCode: 3 })
    const closed = await writer.close().catch((thrown: unknown) => thrown)
    expect(closed).to.be.instanceOf(FlowbreakError).with.property('message').that.matches(full)
    await writer.close()
  })

  it('names a folder that cannot be made', () => {
    expect(() => new RunLogWriter('/dev/null/run.ndjson')).to.throw(FlowbreakError, '/dev/null/run.ndjson')
  })

  it('does not grow while nothing is appended', async () => {
    const file = join(folder, 'run.ndjson')
    await append(file, EVENTS).close()
    const { size } = statSync(file)
    await new RunLogWriter(file).close()
    expect(statSync(file).size).to.equal(size)
  })
})
