import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { Appliance } from '../../harness/appliance/appliance.ts'
import { makeSetup } from '../../harness/suite/setup.ts'
import { jsonLines, ROOT, startFlowbreak } from './command.ts'

const APPLIANCES = 64
/** Seconds of silence in each case: all begin within it. */
const GAP = 3
const SUITE = `suite: many
title: For tests
setup: { hosts: 1, profile: suricata-7 }
cases:
  - name: gap
    requirement: What is silent for a while goes on.
    source: { mark: DOC, where: a test }
    capture: ${ROOT}captures/echo-ladder-ipv4.pcap
    inject: [{ idle-gap: { at: 12, gap: ${GAP}s } }]
    expect: { before: forward, after idle-gap: forward }
`

describe('journeys: many appliances', function () {
  this.timeout(120_000)
  let folder = ''
  let appliances: Appliance[] = []
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
    const setup = makeSetup({ profile: 'suricata-7', policy: 'drop', hosts: 1 })
    const listen = { address: '127.0.0.1', port: 0 }
    appliances = await Promise.all(
      Array.from({ length: APPLIANCES }, () => Appliance.start({ setup, listen, clockScale: 1 })),
    )
  })
  afterEach(async () => {
    await Promise.all(appliances.map((appliance) => appliance[Symbol.asyncDispose]()))
    rmSync(folder, { recursive: true, force: true })
  })

  it('are all driven at once by one run, each by one of its workers', async () => {
    const names = appliances.map((_, index) => `rack-${index}`)
    const targets = appliances.map(({ port }, index) => {
      const spec = {
        kind: 'geneve',
        hosts: [`127.0.0.1:${port}`],
        profile: 'suricata-7',
        features: ['inner-tunnels'],
      }
      return [names[index], spec]
    })
    writeFileSync(join(folder, 'suite.yaml'), SUITE)
    writeFileSync(
      join(folder, 'flowbreak.config.json'),
      JSON.stringify({ targets: Object.fromEntries(targets) }),
    )
    const asked = names.flatMap((name) => ['--target', name])
    const run = startFlowbreak(['run', 'suite.yaml', ...asked, '--workers', '2', '--output', 'runs'], folder)
    const ended = once(run, 'close')
    let printed = ''
    for (const stream of [run.stdout, run.stderr])
      stream.on('data', (text) => {
        printed += text
      })
    const seen = appliances.map(() => ({ packets: 0, first: Number.POSITIVE_INFINITY, last: 0 }))
    while (run.exitCode === null) {
      for (const [index, each] of seen.entries()) {
        const { packets = 0 } = appliances[index]?.totals() ?? {}
        if (packets === each.packets) continue
        each.packets = packets
        each.last = performance.now()
        each.first = Math.min(each.first, each.last)
      }
      await sleep(5)
    }
    await ended
    expect(run.exitCode, printed).to.equal(0)
    const firstDone = Math.min(...seen.map(({ last }) => last))
    const lastBegun = Math.max(...seen.map(({ first }) => first))
    expect(firstDone, 'when the first was done, all had begun').to.be.greaterThan(lastBegun)
    const [name = ''] = readdirSync(join(folder, 'runs'))
    const results = jsonLines(readFileSync(join(folder, 'runs', name, 'run.ndjson'), 'utf8')).filter(
      ({ type }) => type === 'case-finished',
    )
    expect(results.map(({ target, outcome }) => `${target} ${outcome}`)).to.deep.equal(
      names.map((each) => `${each} pass`),
    )
  })
})
