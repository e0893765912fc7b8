import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { EVIDENCE_LOG } from '../log/evidence.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Session, Target } from '../model/target.ts'
import { NO_KNOWN_FAILURES } from '../plan/known-failures.ts'
import { targetWith } from '../target/target-with.ts'
import { getTarget } from '../target/targets.ts'
import { CaptureStore } from './captures.ts'
import { casesOf } from './live-case.test.ts'
import { runCases } from './pipeline.ts'

const suite = (expected: string) => `
suite: collect
title: For tests
setup: { profile: suricata-7, hosts: [fw-a] }
cases:
  - name: one
    requirement: Something comes of it.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    expect: { before: ${expected} }
`

/** The reference as a device that has something to say of each replay. */
function talking(collect: NonNullable<Session['collect']>): Target {
  const target = getTarget('reference', 'test')
  const prepare: Target['prepare'] = async (setup, signal) =>
    Object.assign(await target.prepare(setup, signal), { collect })
  return { ...targetWith(target, {}), version: 'test', prepare }
}

describe('run/collect', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-collect-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function run(expected: string, says: NonNullable<Session['collect']>) {
    const events: RunEvent[] = []
    await runCases({
      cases: () => casesOf(suite(expected)),
      captures: new CaptureStore(),
      targets: [talking(says)],
      seed: 1,
      fold: 'never',
      repeat: 1,
      retries: 0,
      bail: false,
      knownFailures: NO_KNOWN_FAILURES,
      evidence: { of: 'failed', folder: join(folder, 'evidence') },
      collect: { folder: join(folder, 'collected'), redact: (text) => text.replaceAll('s3cret', '***') },
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
    })
    const finished = events.find((event) => event.type === 'case-finished')
    return { finished, warnings: events.filter((event) => event.type === 'warning') }
  }

  it('keeps what devices say of a replay that failed, without secrets, and names it', async () => {
    const { finished } = await run('blocked', async () => 'login s3cret: session dropped')
    expect(finished?.outcome).to.equal('fail')
    expect(finished?.collected).to.match(/^collected\/[0-9a-f]{32}\.txt$/)
    expect(readFileSync(join(folder, finished?.collected ?? ''), 'utf8')).to.equal(
      'login ***: session dropped',
    )
    const log = join(folder, dirname(finished?.evidence ?? ''), EVIDENCE_LOG)
    expect(readFileSync(log, 'utf8')).to.equal('login ***: session dropped')
  })

  it('asks nobody where all passes', async () => {
    let asked = 0
    const { finished } = await run('forward', async () => `${asked++}`)
    expect([finished?.outcome, finished?.collected, asked]).to.deep.equal(['pass', undefined, 0])
  })

  it('a device that cannot be asked changes no verdict', async () => {
    const { finished, warnings } = await run('blocked', () => Promise.reject(new Error('no route')))
    expect([finished?.outcome, finished?.collected]).to.deep.equal(['fail', undefined])
    expect(warnings).to.deep.equal([{ type: 'warning', code: 'WARN_COLLECT', message: 'no route' }])
  })
})
