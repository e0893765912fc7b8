import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { fixtureRun } from '../report/fixtures/run.ts'
import { REPORTERS } from '../report/index.ts'
import { KeptEvents, untraced, wholeEvent } from './kept.ts'
import { RunLogWriter } from './write.ts'

const EVENTS = fixtureRun()

describe('KeptEvents', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-kept-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** The events as they are kept when there is no room for any. */
  async function kept(file: string) {
    const writer = new RunLogWriter(file)
    const events = new KeptEvents(file, { room: 0 })
    const all = EVENTS.map((event) => events.keep(event, writer.append(event)))
    await writer.close()
    return all
  }

  it('has reports come out the same, to the byte, of what stands in the log', async () => {
    const all = await kept(join(folder, 'run.ndjson'))
    for (const [name, { render }] of Object.entries(REPORTERS))
      expect(render(all), name).to.equal(render(EVENTS))
    expect(all.map(wholeEvent)).to.deep.equal(EVENTS)
    expect(all.map(untraced).map(wholeEvent)).to.deep.equal(EVENTS.map(untraced))
  })

  it('keeps what cases have in common once, and no packets', async () => {
    const all = (await kept(join(folder, 'run.ndjson'))).filter((event) => event.type === 'case-finished')
    expect(all.length).to.be.above(5)
    for (const event of all) expect(Object.keys(event)).to.not.include.members(['trace'])
    const once = (values: readonly unknown[]) => new Set(values).size
    const tallies = all.map(({ tally }) => tally)
    expect(once(tallies)).to.equal(once(tallies.map((tally) => JSON.stringify(tally))))
  })

  it('says so when the log is no longer what it was', async () => {
    const file = join(folder, 'run.ndjson')
    const all = await kept(file)
    writeFileSync(file, 'gone')
    expect(() => all.map(wholeEvent))
      .to.throw(`The run log ${file} has changed since it was read (`)
      .with.property('code', 'ERR_LOG')
  })
})
