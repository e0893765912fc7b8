import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../harness/index.ts'
import { loadSuites } from '../../harness/index.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const POLICIES = ['drop', 'reject', 'continue'] as const

/** Ids of rows: what stands in code type in the first column of a table. */
const ROWS = [
  ...readFileSync(`${ROOT}docs/decision-tables.md`, 'utf8').matchAll(/^\| `(10\.\d+\/[a-z0-9-]+)` \|/gm),
].map(([, id = '']) => id)

const CASES: readonly Case[] = loadSuites([], [ROOT]).flatMap(({ cases }) => cases)

/** All that decides what is offered, and all that is held against it. */
function identityOf({ capture, flow, endpoints, injections, setup, expectations }: Case): string {
  return JSON.stringify([capture, flow, endpoints, injections, setup.key, expectations])
}

describe('suites', () => {
  it('there are rows to be shown', () => {
    expect(ROWS.length).to.be.at.least(60)
    expect(new Set(ROWS).size).to.equal(ROWS.length)
  })

  for (const row of ROWS)
    it(`row ${row} has a case under each policy`, () => {
      const policies = new Set(
        CASES.filter(({ rows }) => rows.includes(row)).map(({ setup }) => setup.policy.exception),
      )
      expect([...policies].sort()).to.deep.equal([...POLICIES].sort())
    })

  it('every row that a case names is in the tables', () => {
    const unknown = CASES.flatMap(({ name, rows }) =>
      rows.filter((row) => !ROWS.includes(row)).map((row) => `${name}: ${row}`),
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
