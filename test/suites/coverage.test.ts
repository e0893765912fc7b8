import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../harness/index.ts'
import { allSuites } from '../../harness/run/fixtures/all-suites.ts'
import { FAMILIES, POLICIES, placeOf } from './cells.ts'

const ROOT = new URL('../../', import.meta.url).pathname

interface Row {
  readonly id: string
  /** Those that the header of its table has a column for; all three where it has none. */
  readonly policies: readonly string[]
}

const ROWS: readonly Row[] = tableRows(readFileSync(`${ROOT}docs/decision-tables.md`, 'utf8'))

/** Rows are known by what stands in code type in their first column. */
function tableRows(text: string): Row[] {
  const rows: Row[] = []
  let policies: readonly string[] = POLICIES
  for (const line of text.split('\n')) {
    const [, first = '', ...cells] = line.split('|').map((cell) => cell.trim())
    const named = POLICIES.filter((policy) => cells.includes(policy))
    if (first === 'row') policies = named.length === 0 ? POLICIES : named
    const [, id] = /^`(10\.\d+\/[a-z0-9-]+)`$/.exec(first) ?? []
    if (id !== undefined) rows.push({ id, policies })
  }
  return rows
}

const CASES: readonly Case[] = allSuites().flatMap(({ cases }) => cases)

/** All that decides what is offered, and all that is held against it. */
function identityOf({ capture, flow, endpoints, injections, setup, expectations }: Case): string {
  return JSON.stringify([capture, flow, endpoints, injections, setup.key, expectations])
}

describe('suites', () => {
  it('there are rows to be shown', () => {
    expect(ROWS.length).to.be.at.least(60)
    expect(new Set(ROWS.map(({ id }) => id)).size).to.equal(ROWS.length)
  })

  for (const { id, policies } of ROWS)
    it(`row ${id} has a case under each policy of its table, in each family`, () => {
      const shown = CASES.filter(({ rows }) => rows.includes(id)).map(placeOf)
      const wanted = policies.flatMap((policy) => FAMILIES.map((family) => `${policy} ${family}`))
      expect(shown.map(({ policy, family }) => `${policy} ${family}`)).to.include.members(wanted)
    })

  it('only tables about a part of the policies leave one out', () => {
    const partial = ROWS.filter(({ policies }) => policies.length < POLICIES.length).map(({ id }) => id)
    expect(partial.filter((id) => !/^10\.(?:8\/|4\/store-)/.test(id))).to.be.empty
  })

  it('every row that a case names is in the tables', () => {
    const known = new Set(ROWS.map(({ id }) => id))
    const unknown = CASES.flatMap(({ name, rows }) =>
      rows.filter((row) => !known.has(row)).map((row) => `${name}: ${row}`),
    )
    expect(unknown).to.be.empty
  })

  it('holds at least 150 cases from at least 15 recordings, over both families', () => {
    expect(CASES.length).to.be.at.least(150)
    const recordings = new Set(CASES.map(({ capture }) => basename(capture).replace(/-ipv[46]\.pcap$/, '')))
    expect(recordings.size).to.be.at.least(15)
    for (const family of ['ipv4', 'ipv6'])
      expect(CASES.filter(({ capture }) => capture.includes(family)).length).to.be.at.least(50)
  })

  it('has no two cases with the same timeline and expectation', () => {
    const seen = new Map<string, string>()
    const twice: string[] = []
    for (const test of CASES) {
      const identity = identityOf(test)
      const other = seen.get(identity)
      if (other !== undefined) twice.push(`${test.name} = ${other}`)
      seen.set(identity, test.name)
    }
    expect(twice).to.be.empty
  })

  it('rests every core expectation on a document or a source', () => {
    const weak = CASES.flatMap(({ name, expectations }) =>
      expectations
        .filter(({ level, provenance }) => level === 'core' && ['MEM', 'INF'].includes(provenance.mark))
        .map(() => name),
    )
    expect(weak).to.be.empty
  })
})
