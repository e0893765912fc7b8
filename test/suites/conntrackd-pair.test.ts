import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Case, loadSuites } from '../../harness/index.ts'
import { apart } from '../../harness/target/example-apart.test.ts'
import { expectSame, played } from '../../harness/target/example-played.test.ts'
import { ReferenceTarget } from '../../harness/target/reference/reference.ts'
import { makeTarget } from '../../harness/target/targets.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const SUITE = 'high-availability/conntrackd'

/** Enough to hold each claim about real pairs once; each group is of one setup but for its policy, and most of it is played at once. */
const SAMPLE = {
  'two active hosts': [
    'asymmetric/both-active/family:ipv4/policy:drop/application:tls13-get',
    'asymmetric/midstream/family:ipv6/policy:drop/application:tls13-get',
    'asymmetric/midstream-rejected/family:ipv4/policy:reject',
    'asymmetric/datagrams/family:ipv4/policy:drop/application:icmp-echo',
    'asymmetric/datagrams/family:ipv6/policy:drop/application:udp-ladder',
    'asymmetric/returned-quiet/family:ipv4/policy:drop',
    'asymmetric/returned-from-the-start/family:ipv6/policy:drop/at:fin',
    'returned/without-commit/family:ipv4/policy:drop/at:c2s:data#2',
  ],
  'hosts that take turns': [
    'taken-over/returned/family:ipv4',
    'taken-over/icmp/family:ipv6/policy:drop/cause:crash',
  ],
}

describe('high-availability/conntrackd on a real pair', function () {
  this.timeout(300_000)
  let folder = ''
  const cases = new Map<string, Case>()

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-pair-'))
    for (const test of loadSuites([SUITE], [ROOT]).flatMap((suite) => suite.cases)) cases.set(test.name, test)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [what, names] of Object.entries(SAMPLE))
    it(`${what}: meets every expectation, and each packet what it meets at the reference`, async () => {
      const chosen = names.map((name) => {
        const test = cases.get(`${SUITE}/${name}`)
        if (test === undefined) throw new Error(`there is no case ${name}`)
        return { ...test, capture: apart(test.capture, folder) }
      })
      const target = await makeTarget({ kind: 'netfilter', scale: 5 }, { name: 'netfilter', version: 'test' })
      const real = await played(target, chosen)
      expect([...real].filter(([, { outcome }]) => outcome !== 'pass')).to.deep.equal([])
      expectSame(real, await played(new ReferenceTarget('test'), chosen))
    })
})
