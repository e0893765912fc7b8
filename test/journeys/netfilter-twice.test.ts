import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { needsRoot } from '../../harness/engine/conntrack/oracle-kernel.test.ts'
import { flowbreak, ROOT } from './command.ts'

/** An entry that a run left behind would be there for the next one, whatever that begins with. */
const SUITE = `suite: twice
title: For tests
setup: { profile: linux-conntrack, hosts: 2, tcp-idle: 3600s }
matrix: { policy: [drop, reject, continue], family: [ipv4, ipv6] }
cases:
  - name: midstream
    requirement: A connection that the host has not seen open meets the policy.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-{family}.pcap
    inject: [{ host-swap: 12 }]
    expect: { before: forward, after host-swap: { policy: { drop: drop, reject: [reject, drop], continue: forward } } }
`

describe('journeys: netfilter, twice', function () {
  this.timeout(300_000)
  let folder = ''
  before(needsRoot)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    writeFileSync(join(folder, 'suite.yaml'), SUITE)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('comes to the same in two runs back to back, with time-outs of an hour and the same addresses', () => {
    const once = (name: string) => {
      const file = join(folder, `${name}.json`)
      const { status, stderr } = flowbreak(
        [
          'run',
          'suite.yaml',
          '--target',
          'netfilter',
          '--seed',
          '7',
          '--output',
          name,
          '--reporter',
          `json=${file}`,
        ],
        { cwd: folder },
      )
      expect(status, stderr).to.equal(0)
      const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
        cases: { name: string; outcome: string }[]
      }
      return cases.map(({ name: test, outcome }) => `${test} ${outcome}`)
    }
    const first = once('first')
    expect(first).to.have.lengthOf(6)
    expect(once('second')).to.deep.equal(first)
  })
})
