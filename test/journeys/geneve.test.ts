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
const PART = ['--shard', '2/36', '--seed', '7']

const CRASHES = `
suite: journeys/geneve
title: Appliances that are killed, and gaps
setup: { profile: suricata-7, policy: reject, tcp-idle: 60s }
matrix: { family: [ipv4, ipv6] }
cases:
  - name: crash
    requirement: When a host is killed, the other resets what it does not know.
    source: { mark: SRC, product: suricata, where: stream midstream policy }
    capture: echo-ladder-{family}
    inject: [{ host-swap: { at: 12, cause: crash } }]
    expect: { before: forward, after host-swap: { first: { is: reject, towards: sender } } }
  - name: back
    requirement: A host that was killed and is back has no sessions.
    source: { mark: SRC, product: suricata, where: stream midstream policy }
    capture: echo-ladder-{family}
    inject: [{ host-swap: { at: 8, cause: crash } }, { path-return: 12 }]
    expect: { before: forward, after path-return: { first: reject } }
  - name: gap
    requirement: A session that was idle for too long is gone.
    source: { mark: SRC, product: suricata, where: stream midstream policy }
    capture: echo-ladder-{family}
    inject: [{ idle-gap: { at: 12, gap: 180s } }]
    expect: { before: forward, after idle-gap: { first: reject } }
`

const storeSuite = (endpoint: string) => `
suite: journeys/geneve-store
title: Sessions in a store
setup:
  profile: panos
  policy: drop
  load-balancer: { failover: rebalance }
  sharing: { kind: store, endpoint: "${endpoint}", group: lab, lag: 0s, latency: 0s }
matrix: { family: [ipv4, ipv6] }
cases:
  - name: crash
    requirement: A session goes on at a host that finds it in the store.
    source: { mark: DOC, where: "VM-Series deployment guide, session resiliency" }
    capture: echo-ladder-{family}
    inject: [{ host-swap: { at: 12, cause: crash } }]
    expect: { before: forward, after host-swap: forward }
`

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
      expect(live.size, stderr).to.be.at.least(5)
      const reference = played(
        runLab({ reference: undefined }, SUITES, [...PART, '--profile', 'aws-nfw']).cases,
        'reference',
      )
      for (const [name, outcome] of live) expect(outcome, name).to.equal(reference.get(name))
      expect(status, stderr).to.equal(0)
    })

  it('kills an appliance and brings it back, by hooks, and waits out gaps on the clock of the appliances', async () => {
    const args = ['--profile', 'suricata-7', '--policy', 'reject', '--tcp-idle', '60s']
    await using lab = await GeneveLab.open(args, {
      profile: 'suricata-7',
      policies: ['reject'],
      features: ['inner-tunnels'],
      scale: 40,
    })
    const { cases, status, stderr } = withSuite(CRASHES, (suite) => runLab({ lab: lab.spec }, [suite]))
    expect(cases.map(({ outcome, detail }) => detail ?? outcome)).to.deep.equal(Array(6).fill('pass'))
    expect(status, stderr).to.equal(0)
  })

  it('sees sessions go on at another appliance by a store, when the one that had them is killed', async function () {
    if (missingPrograms().length > 0) this.skip()
    const redis = await startRedis()
    try {
      const { host, port, password } = redis.address
      const environment = {
        [PASSWORD_VARIABLE]: password,
        NODE_EXTRA_CA_CERTS: join(redis.folder, 'cert.pem'),
      }
      Object.assign(process.env, environment)
      const sharing = `store:endpoint=${host}:${port},group=lab,lag=0,latency=0`
      const args = ['--profile', 'panos', '--policy', 'drop', '--sharing', sharing]
      await using lab = await GeneveLab.open(
        args,
        { profile: 'panos', policies: ['drop'], sharing: ['store', 'none'] },
        environment,
      )
      const { cases, status, stderr } = withSuite(storeSuite(`${host}:${port}`), (suite) =>
        runLab({ lab: lab.spec }, [suite]),
      )
      expect(cases.map(({ outcome, detail }) => detail ?? outcome)).to.deep.equal(['pass', 'pass'])
      expect(status, stderr).to.equal(0)
    } finally {
      for (const name of [PASSWORD_VARIABLE, 'NODE_EXTRA_CA_CERTS']) delete process.env[name]
      await redis.stop()
    }
  })

  it('says in a sentence that an appliance is never healthy, and exits with 3', async () => {
    const spec = { profile: 'suricata-7', policies: ['reject'], features: ['inner-tunnels'] }
    await using lab = await GeneveLab.open([], spec)
    const health = { kind: 'tcp', port: 9, interval: 0.1, wait: 0.5 }
    const { status, cases } = withSuite(CRASHES, (suite) => runLab({ lab: { ...lab.spec, health } }, [suite]))
    expect(status).to.equal(3)
    expect(cases.find(({ outcome }) => outcome === 'error')?.detail).to.match(
      /^The appliance 127\.0\.0\.1:\d+ did not become healthy within 0.5 s/,
    )
  })
})

/** Hands a suite to `what` as a file. */
function withSuite<T>(text: string, what: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const file = join(folder, 'suite.yaml')
    writeFileSync(file, text)
    return what(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
