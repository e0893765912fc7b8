import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { FlowbreakError } from '../support/errors.ts'
import { UnfinishedRun } from './unfinished.ts'

const GIVEN = {
  suites: [
    { file: 'suites/core/a.yaml', sha256: 'a'.repeat(64) },
    { file: 'suites/core/b.yaml', sha256: 'b'.repeat(64) },
  ],
  captures: [{ file: 'captures/tls.pcap', sha256: 'c'.repeat(64) }],
}
const WHOLE = fixtureRun().map((event) => (event.type === 'run-started' ? { ...event, ...GIVEN } : event))
const CUT = WHOLE.filter(({ type }) => type !== 'run-finished')

describe('log/unfinished', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const begun = (events: readonly RunEvent[], last = '') => {
    const file = join(folder, 'run.ndjson')
    writeFileSync(file, `${events.map((event) => JSON.stringify(event)).join('\n')}\n${last}`)
    return new UnfinishedRun(file)
  }
  const refusal = (ask: () => unknown): string => {
    try {
      ask()
    } catch (thrown) {
      if (thrown instanceof FlowbreakError && thrown.code === 'ERR_RESUME') return thrown.message
      throw thrown
    }
    throw new Error('it was taken')
  }

  it('does not count a result whose line lacks only its end', () => {
    const results = ({ events }: UnfinishedRun) =>
      events.filter(({ type }) => type === 'case-finished').length
    const last = CUT.find(({ type }) => type === 'case-finished')
    expect(results(begun(CUT, JSON.stringify(last)))).to.equal(results(begun(CUT)))
    expect(results(begun(CUT, `${JSON.stringify(last)}\n`))).to.equal(results(begun(CUT)) + 1)
  })

  it('refuses a log that another process has continued since it was read', () => {
    const run = begun(CUT, '{"type":"case-fin')
    const file = join(folder, 'run.ndjson')
    const whole = readFileSync(file).lastIndexOf('\n') + 1
    expect(() => run.checkUnchanged(whole)).not.to.throw()
    expect(refusal(() => run.checkUnchanged(whole + 100))).to.equal(
      `The run of ${file} cannot be resumed: it was continued by another process at the same time: resume it again.`,
    )
  })

  it('leaves what has no result, by target and name, and says nothing of a line that was cut off', () => {
    const run = begun(CUT, '{"type":"case-fin')
    expect(run.events.filter(({ type }) => type === 'warning')).to.deep.equal(
      CUT.filter(({ type }) => type === 'warning'),
    )
    const done = CUT.flatMap((event) =>
      event.type === 'case-finished' || event.type === 'case-skipped' ? [event] : [],
    )
    const cases = [...new Set([...done.map((event) => event.case.name), 'core/new'])].map(
      (name) => ({ name }) as Case,
    )
    for (const target of new Set(done.map((event) => event.target))) {
      const has = done.filter((event) => event.target === target).map((event) => event.case.name)
      expect(run.remaining(target, cases)).to.deep.equal(cases.filter(({ name }) => !has.includes(name)))
    }
    expect(run.remaining('another', cases)).to.deep.equal(cases)
  })

  it('refuses what is complete or merged', () => {
    expect(refusal(() => begun(WHOLE))).to.contain('is complete')
    const merged = CUT.map((event) => (event.type === 'run-started' ? { ...event, merged: [] } : event))
    expect(refusal(() => begun(merged as RunEvent[]))).to.contain('merged from several')
  })

  it('goes on with the same flowbreak, costs, suites and captures only', () => {
    const run = begun(CUT)
    const { flowbreak } = run.started
    run.checkSame(flowbreak, GIVEN)
    expect(refusal(() => run.checkSame('0.0.0', GIVEN))).to.contain('and this is 0.0.0')
    expect(refusal(() => run.checkSame(flowbreak, GIVEN, 'other'))).to.contain('--shard-costs')
    const [first] = GIVEN.suites
    const edited = GIVEN.suites.map((input) =>
      input === first ? { ...input, sha256: '0'.repeat(64) } : input,
    )
    expect(refusal(() => run.checkSame(flowbreak, { ...GIVEN, suites: edited }))).to.contain(
      `another ${first?.file}`,
    )
    expect(refusal(() => run.checkSame(flowbreak, { ...GIVEN, suites: GIVEN.suites.slice(1) }))).to.contain(
      `was begun with ${first?.file}, of which no case is left`,
    )
  })
})
