import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { allSuites } from '../../run/fixtures/all-suites.ts'
import { loadSuite } from '../../suite/cases.ts'
import { CAPTURES } from './example.test.ts'
import { PROFILE_FILE, profileText, suiteText } from './suite-text.ts'

/** What of a case must not change. */
function essence({ setup, injections, expectations, flow, endpoints, requirement }: Case) {
  return { setup: setup.key, injections, expectations, flow, endpoints, requirement }
}

/** What tells kinds of cases apart: which keys and words are written of them. */
function shapeOf({ setup, injections, expectations, endpoints }: Case): string {
  const words = [...injections, ...expectations].map((each) => `${each.kind} ${Object.keys(each)}`)
  return `${[...new Set(words)].sort()} ${setup.topology.sharing.kind} ${setup.ownProfile?.name} ${endpoints}`
}

describe('author/shrink: suite text', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('is read as the very case that it was written of: one of every kind in the suites', () => {
    const seen = new Set<string>()
    const shapes = new Set<string>()
    const isNew = (test: Case) => shapes.size < shapes.add(shapeOf(test)).size
    for (const { cases, setups } of allSuites()) {
      for (const test of cases) {
        if (!isNew(test)) continue
        const setup = setups.get(test.setup.key) ?? {}
        const title = `What is left of ${test.name}`
        const file = join(folder, 'suite.yaml')
        const { profile } = setup
        if (typeof profile === 'object') {
          writeFileSync(join(folder, PROFILE_FILE), profileText(profile))
          seen.add('own profile')
        }
        writeFileSync(
          file,
          suiteText(test, { setup, capture: test.capture, title, comments: ['one', 'two'] }),
        )
        const [again, another] = loadSuite(file, { captures: [CAPTURES] }).cases
        if (again === undefined) throw new Error(`${test.name} is read again.`)
        expect(another).to.equal(undefined)
        // As text: comparing thousands of values one by one takes long.
        expect(JSON.stringify(sorted(essence(again))), test.name).to.equal(
          JSON.stringify(sorted(essence(test))),
        )
        for (const { kind } of [...test.injections, ...test.expectations]) seen.add(kind)
      }
    }
    expect([...seen]).to.include.members([
      'own profile',
      'packets',
      'counter',
      'impact',
      'expiry-resets',
      'host-swap',
      'reconnect',
      'segment',
    ])
  })
})

/** The same with keys in one order, and expectations in the order of their text: a mapping does not keep the order of its parts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted)
    return items.every((item) => typeof item === 'object' && item !== null && 'provenance' in item)
      ? items.map((item) => JSON.stringify(item)).sort()
      : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
