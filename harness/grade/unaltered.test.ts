import { expect } from 'chai'
import type { UnalteredExpectation } from '../model/case.ts'
import type { Sighted } from '../model/run-log.ts'
import { TraceBuilder } from '../report/fixtures/trace.ts'
import { checkUnaltered } from './unaltered.ts'

const trace = new TraceBuilder().opening().build()
const mss: Sighted = { kind: 'altered', field: 'mss', sent: '1460', seen: '1380', indices: [0, 1] }
const other: Sighted = { kind: 'altered', field: 'option 254', sent: 'ab', seen: 'none', indices: [0] }
const source: Sighted = {
  kind: 'altered',
  field: 'source',
  sent: '192.0.2.1',
  seen: '9.9.9.9',
  indices: [0, 2, 3, 4],
}

function check(fields: readonly string[], sightings?: readonly Sighted[], flow = 0) {
  const expectation: UnalteredExpectation = {
    kind: 'unaltered',
    fields,
    level: 'core',
    provenance: { mark: 'DOC', where: 'a guide' },
  }
  return checkUnaltered(expectation, { flow, trace, sightings })
}

describe('grade/unaltered', () => {
  it('lists exactly what changed of what was to stay, and of which packets', () => {
    const { checked, met, mismatches } = check(['all'], [mss, source])
    expect({ checked, met }).to.deep.equal({ checked: 1, met: 0 })
    expect(mismatches.map(({ observed }) => observed)).to.deep.equal([
      'mss 1460 → 1380 (packets 1-2); source 192.0.2.1 → 9.9.9.9 (packets 1, 3-5)',
    ])
    expect(mismatches[0]?.message).to.match(/^Packets were to come out unaltered, and changed were: mss 1460/)
  })

  it('is about the fields that are named, groups with all of theirs', () => {
    expect(check(['mss'], [source]).met).to.equal(1)
    expect(check(['addresses'], [mss, source]).mismatches[0]?.observed).to.match(/^source [^;]*$/)
    expect(check(['options'], [mss, other]).mismatches[0]?.observed).to.equal(
      'mss 1460 → 1380 (packets 1-2); option 254 ab → none (packet 1)',
    )
  })

  it('is met where nothing was seen to change, or of other flows only', () => {
    expect(check(['all']).met).to.equal(1)
    expect(check(['all'], [{ kind: 'late', indices: [0], after: [1] }]).met).to.equal(1)
    expect(check(['all'], [mss], 1).met).to.equal(1)
    expect(check(['all'], [mss], -1).met).to.equal(0)
  })

  it('takes fragments for a change of fragmentation', () => {
    const cut: Sighted = { kind: 'fragmented', indices: [4], after: [10] }
    expect(check(['fragmentation'], [cut]).mismatches[0]?.observed).to.equal(
      'came out in fragments (packet 5)',
    )
    expect(check(['mss'], [cut]).met).to.equal(1)
  })
})
