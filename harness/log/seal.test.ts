import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { fixtureRun } from '../report/fixtures/run.ts'
import { checkSeals } from './seal.ts'
import { RunLogWriter } from './write.ts'

const EVENTS = fixtureRun()

describe('checkSeals', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-seal-'))
    file = join(folder, 'run.ndjson')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const write = async (events = EVENTS): Promise<void> => {
    const writer = new RunLogWriter(file)
    for (const event of events) writer.append(event)
    await writer.close()
  }

  it('holds for a log as it was written, compressed or not', async () => {
    await write()
    expect(checkSeals(file)).to.deep.equal({ broken: [], sealed: true })
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
    expect(checkSeals(`${file}.gz`)).to.deep.equal({ broken: [], sealed: true })
  })

  it('covers what stood before in a log that was continued', async () => {
    await write()
    await write()
    expect(checkSeals(file)).to.deep.equal({ broken: [], sealed: true })
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"seed":7', '"seed":8'))
    expect(checkSeals(file)).to.deep.equal({ broken: [EVENTS.length, 2 * EVENTS.length], sealed: false })
  })

  it('is not there in a log without end', async () => {
    await write(EVENTS.slice(0, 5))
    expect(checkSeals(file)).to.deep.equal({ broken: [], sealed: false })
  })
})
