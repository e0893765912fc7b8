import { expect } from 'chai'
import fc from 'fast-check'
import type { CaseFinished } from '../model/run-log.ts'
import { fixtureRun } from './fixtures/run.ts'
import { type Element, parseXml } from './fixtures/xml.ts'
import { renderJunit } from './junit.ts'
import { xmlAttributes, xmlText } from './xml.ts'

/** What Jenkins' schema allows: attributes and children of each element; those with an exclamation mark must be there. */
const SCHEMA: Readonly<Record<string, { readonly attributes: string; readonly children: string }>> = {
  testsuites: { attributes: 'name time tests failures disabled errors', children: 'testsuite' },
  testsuite: {
    attributes: 'name! tests! failures errors time disabled skipped timestamp hostname id package',
    children: 'properties testcase system-out system-err',
  },
  testcase: {
    attributes: 'name! assertions time classname status',
    children: 'skipped error failure system-out system-err',
  },
  skipped: { attributes: '', children: '' },
  failure: { attributes: 'type message', children: '' },
  error: { attributes: 'type message', children: '' },
  'system-out': { attributes: '', children: '' },
}

function checkSchema(element: Element): void {
  const rule = SCHEMA[element.name]
  if (rule === undefined) throw new Error(`<${element.name}> is not in the schema`)
  const allowed = rule.attributes.replaceAll('!', '').split(' ')
  expect(allowed).to.include.members(Object.keys(element.attributes))
  for (const [name = ''] of rule.attributes.matchAll(/[\w-]+(?=!)/g))
    expect(element.attributes).to.have.property(name)
  for (const name of ['tests', 'failures', 'errors', 'skipped'])
    expect(element.attributes[name] ?? '0').to.match(/^\d+$/)
  expect(element.attributes.time ?? '0').to.match(/^\d+(\.\d+)?$/)
  expect(element.attributes.timestamp ?? '2026-01-01T00:00:00').to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  for (const child of element.children) {
    expect(rule.children.split(' ')).to.include(child.name)
    checkSchema(child)
  }
}

describe('renderJunit', () => {
  const report = parseXml(renderJunit(fixtureRun()))
  const cases = report.children.flatMap(({ children }) => children)
  const kindsOf = (part: string) =>
    cases.filter(({ attributes }) => attributes.name?.includes(part)).map(({ children }) => children[0]?.name)

  it('keeps to the schema that CI servers share', () => checkSchema(report))

  it('has a case for each case and target, in suites whose figures add up', () => {
    expect(cases).to.have.length(15)
    expect(report.attributes).to.include({ tests: '15', failures: '3', errors: '3' })
    for (const suite of report.children) {
      const count = (name: string) => suite.children.filter((one) => one.children[0]?.name === name).length
      expect(suite.attributes).to.include({
        tests: String(suite.children.length),
        failures: String(count('failure')),
        errors: String(count('error')),
        skipped: String(count('skipped')),
      })
    }
  })

  it('maps every outcome', () => {
    expect(kindsOf('family:ipv6').slice(0, 3)).to.deep.equal([undefined, undefined, 'failure'])
    expect(kindsOf('core/fin')).to.deep.equal(['failure'])
    expect(kindsOf('core/everything')).to.deep.equal(['error'])
    expect(kindsOf('core/syn')).to.deep.equal(['skipped'])
    expect(kindsOf('store')).to.deep.equal(['skipped', 'skipped'])
    expect(cases.at(-3)?.children[0]?.text).to.equal('The target lacks sharing store.')
  })

  it('stays whole and says the same whatever texts it is given', () => {
    const event = fixtureRun().find((one): one is CaseFinished => one.type === 'case-finished')
    if (event === undefined) throw new Error('The fixture has a finished case.')
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(']]>', '\u0000\u001b[31m', '\ud800', '\ufffe', '"<&>\n\t'),
    )
    fc.assert(
      fc.property(texts, texts, (name, detail) => {
        const found = parseXml(
          renderJunit([{ ...event, outcome: 'error', detail, case: { ...event.case, name } }]),
        )
        const test = found.children[0]?.children[0]
        if (name === plainOf(name)) expect(test?.attributes.name).to.equal(name)
        if (detail === plainOf(detail)) expect(test?.children[0]?.attributes.message).to.equal(detail)
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})

/** What is left when all that XML cannot hold is taken out. */
function plainOf(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
}

describe('xmlText', () => {
  it('shows what XML cannot hold by its code point', () => {
    expect(xmlText('a\u001bb\ufffe]]>')).to.equal('a\\u{1b}b\\u{fffe}]]&gt;')
    expect(xmlAttributes({ a: 'x\ny', b: undefined, c: 1 })).to.equal(' a="x&#10;y" c="1"')
  })
})
