import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { type Case, loadSuites } from '../../harness/index.ts'
import { played } from '../../harness/target/example-played.test.ts'
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

/** Seconds between packets, so that the peer has been told of what a host did before its own next packet comes. */
const APART = 1
const FILE_HEADER = 24
const RECORD_HEADER = 16

/** A copy of a capture whose packets are that far apart. */
function apart(capture: string, folder: string): string {
  const bytes = readFileSync(capture)
  const start = bytes.readUInt32LE(FILE_HEADER)
  let seconds = 0
  for (let at = FILE_HEADER; at < bytes.length; at += RECORD_HEADER + bytes.readUInt32LE(at + 8)) {
    bytes.writeUInt32LE(start + seconds, at)
    bytes.writeUInt32LE(0, at + 4)
    seconds += APART
  }
  const copy = join(folder, basename(capture))
  writeFileSync(copy, bytes)
  return copy
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
      expect(real).to.deep.equal(await played(new ReferenceTarget('test'), chosen))
    })
})
