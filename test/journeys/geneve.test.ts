import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { PASSWORD_VARIABLE } from '../../harness/sharing/store/open-store.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { startRedis } from '../../harness/sharing/store/redis-server.ts'
import { GeneveLab, type ReportedCase, runLab } from './geneve-lab.ts'

/** Cases without a long gap, of each kind that there is. */
const SUITES = [
  'aws-network-firewall/host-swap',
  'aws-network-firewall/closing-swap',
  'aws-network-firewall/opening-swap',
  'aws-network-firewall/path-return',
  'aws-network-firewall/stream-exception-policy',
  'core/first-packet',
  'core/later-packets',
  'core/fresh-syn',
]
const PART = ['--shard', '1/12', '--seed', '7']

function played(cases: readonly ReportedCase[], target: string): Map<string, string> {
  return new Map(
    cases
      .filter((each) => each.target === target && each.outcome !== 'skipped')
      .map(({ suite, name, outcome, detail }) => [
        `${suite} ${name}`,
        `${outcome}${detail === undefined ? '' : `: ${detail}`}`,
      ]),
  )
}

describe('journeys: target geneve', function () {
  this.timeout(300_000)

  for (const policy of ['drop', 'reject', 'continue'])
    it(`comes to the outcomes of the reference over real sockets: ${policy}`, async () => {
      const args = ['--profile', 'aws-nfw', '--policy', policy]
      await using lab = await GeneveLab.open(args, { profile: 'aws-nfw', policies: [policy], scale: 20 })
      const { cases, status, stderr } = runLab({ lab: lab.spec }, SUITES, PART)
      const live = played(cases, 'lab')
      expect(live.size, stderr).to.be.at.least(8)
      const reference = played(
        runLab({ reference: undefined }, SUITES, [...PART, '--profile', 'aws-nfw']).cases,
        'reference',
      )
      for (const [name, outcome] of live) expect(outcome, name).to.equal(reference.get(name))
      expect(status, stderr).to.equal(0)
    })
})
