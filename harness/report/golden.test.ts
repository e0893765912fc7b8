import { expect } from 'chai'
import { renderConsole } from './console.ts'
import { renderCtrf } from './ctrf.ts'
import { expectGolden } from './fixtures/golden.ts'
import { fixtureRun } from './fixtures/run.ts'
import { renderGithub } from './github.ts'
import { renderJson } from './json.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderNdjson } from './ndjson.ts'
import { renderSarif } from './sarif.ts'

const EVENTS = fixtureRun()

describe('reports of one run', () => {
  it('json', () => expectGolden('report.json', renderJson(EVENTS)))
  it('junit', () => expectGolden('report.xml', renderJunit(EVENTS)))
  it('ctrf', () => expectGolden('report.ctrf.json', renderCtrf(EVENTS)))
  it('sarif', () => expectGolden('report.sarif', renderSarif(EVENTS)))
  it('markdown', () => expectGolden('report.md', renderMarkdown(EVENTS)))
  it('github', () => expectGolden('github.txt', renderGithub(EVENTS)))
  it('console, 80 columns', () => expectGolden('console-80.txt', renderConsole(EVENTS)))
  it('console, 120 columns in colour', () =>
    expectGolden('console-120.txt', renderConsole(EVENTS, { columns: 120, colour: true, live: true })))

  it('ndjson is the log itself', () => {
    const lines = renderNdjson(EVENTS).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal(EVENTS)
  })

  it('json has what other tools rely on', () => {
    const { schema, run, summary, cases } = JSON.parse(renderJson(EVENTS))
    expect(schema).to.equal(1)
    expect(run.id).to.equal('20261121-7f3a')
    expect(summary.exitCode).to.equal(1)
    expect(cases).to.have.length(15)
    for (const test of cases) expect(test).to.include.all.keys('name', 'suite', 'target', 'outcome')
  })

  it('say something about a run in which nothing was played', () => {
    const start = EVENTS.slice(0, 1)
    expect(renderConsole(start)).to.include('cases         none')
    expect(JSON.parse(renderJson(start)).summary).to.include({ cases: 0, exitCode: 130 })
    expect(renderJunit([])).to.include('tests="0"')
  })
})
