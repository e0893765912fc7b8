import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { EVIDENCE_LOG, writeEvidence } from '../../log/evidence.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import type { Target } from '../../model/target.ts'
import { passing } from '../../observe/live/fake-port.test.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { getTarget } from '../../target/targets.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import { CaptureStore } from '../captures.ts'
import { casesOf, liveTarget, segments } from '../live-case.test.ts'
import { type RunOptions, runCases } from '../pipeline.ts'
import type { TimelineFrame } from './timeline.ts'

/** One fails as it should, one passes. */
const SUITE = `
suite: evidence
title: For tests
setup: { profile: suricata-7, policy: reject, hosts: [fw-a, fw-b] }
cases:
  - name: fails
    requirement: After a swap all comes out, which is wrong.
    source: &source { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: { at: "c2s:data#2" } }]
    expect: { before: forward, after host-swap: forward }
  - name: passes
    requirement: Before it all comes out.
    source: *source
    capture: echo-ladder-ipv4
    expect: { before: forward }
`

describe('run/evidence', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-evidence-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  async function played(target: Target, of: 'failed' | 'all', fold: RunOptions['fold']) {
    const done: CaseFinished[] = []
    await runCases({
      cases: () => casesOf(SUITE),
      captures: new CaptureStore(),
      targets: [target],
      seed: 1,
      fold,
      repeat: 1,
      retries: 0,
      bail: false,
      knownFailures: NO_KNOWN_FAILURES,
      evidence: { of, folder: join(folder, 'evidence') },
      signal: new AbortController().signal,
      emit: (event) => event.type === 'case-finished' && done.push(event),
    })
    const [fails, passes] = done
    return { fails, passes }
  }

  /** By frame: its interface and its comment, as a tool of others reads them. */
  function shown(evidence: string | undefined): string[] {
    const fields = ['-e', 'frame.interface_name', '-e', 'frame.comment']
    const file = join(folder, evidence ?? 'none')
    const text = execFileSync('tshark', ['-n', '-r', file, '-T', 'fields', '-E', 'separator=|', ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trimEnd().split('\n')
  }

  for (const fold of ['never', 'always'] as const)
    it(`of a target without wires is what was sent and what it emitted (fold ${fold})`, async function () {
      if (!hasTshark()) this.skip()
      const { fails, passes } = await played(getTarget('reference', 'test'), 'failed', fold)
      expect([fails?.outcome, passes?.outcome, passes?.evidence]).to.deep.equal(['fail', 'pass', undefined])
      expect(fails?.evidence).to.match(/^evidence\/[0-9a-f]{32}\/capture\.pcapng$/)
      const lines = shown(fails?.evidence)
      expect(lines.find((line) => line.includes('packet 1,'))).to.equal(
        'fw-a client|packet 1, c2s, SYN, before: sent to fw-a, and was forward',
      )
      expect(lines.filter((line) => line.includes('control sent to'))).to.have.length(8)
      const rejected = lines.findIndex((line) => /and was reject/.test(line))
      expect(lines[rejected]).to.match(/^fw-b client\|packet \d+, c2s, PSH ACK/)
      const emitted = lines.find((line) => line.includes('emitted'))
      expect(emitted).to.match(/^fw-b client\|emitted by fw-b to the client, about packet \d+, c2s, PSH ACK/)
    })

  it('of a live one is what was on its wires, both sides of each host', async function () {
    if (!hasTshark()) this.skip()
    const lab = liveTarget(() => ({ device: segments(passing) }))
    const { passes } = await played(lab, 'all', 'auto')
    const lines = shown(passes?.evidence)
    const first = lines.findIndex((line) => line.includes('packet 1,'))
    expect(lines[first]).to.equal('fw-a client|packet 1, c2s, SYN, before: sent to fw-a, and was forward')
    const out = lines.find((line) => line.includes('packet 1, c2s, SYN, before: came out of fw-a'))
    expect(out).to.match(/^fw-a server\|.* ms of the timeline after it was sent$/)
    const sent = lines.filter((line) => line.includes(': sent to')).length
    expect(lines.filter((line) => line.includes(': came out of'))).to.have.length(sent)
    expect(lines.some((line) => line.includes('control came out of fw-a'))).to.equal(true)
  })

  it('has the timeline beside the frames, the configuration, and what the device had written down', async () => {
    const { fails } = await played(getTarget('reference', 'test'), 'failed', 'never')
    const place = join(folder, dirname(fails?.evidence ?? ''))
    const files = ['SHA256SUMS', 'capture.pcapng', 'configuration.json', 'timeline.json']
    expect(readdirSync(place).sort()).to.deep.equal(files)
    const json = (name: string) => JSON.parse(readFileSync(join(place, name), 'utf8'))
    const { steps, events, frames, ...timeline } = json('timeline.json')
    expect(timeline).to.include({ schema: 1, case: fails?.case.name, target: 'reference' })
    expect(steps).to.have.length(fails?.trace?.number.length ?? 0)
    expect(steps[0]).to.include({ step: 0, packet: 1, host: 'fw-a', carries: 'SYN', verdict: 'forward' })
    expect(events.map(({ label }: { label: string }) => label)).to.have.length(
      fails?.trace?.events.length ?? 0,
    )
    const { batch } = await loadRecorded(join(place, 'capture.pcapng'))
    expect(frames).to.have.length(batch.count)
    const sent = frames.filter(({ what, way }: TimelineFrame) => what === 'packet' && way === 'sent')
    expect(sent.map(({ step }: TimelineFrame) => step)).to.deep.equal(
      steps.map((_: unknown, step: number) => step),
    )
    const times = (rows: readonly { readonly time: number }[]) => rows.map(({ time }) => time.toFixed(6))
    expect(times(sent)).to.deep.equal(times(steps))
    const { setup, ...configuration } = json('configuration.json')
    expect(configuration).to.deep.include({
      policy: 'reject',
      target: { name: 'reference', version: 'test' },
    })
    expect(setup.topology.hosts).to.deep.equal(['fw-a', 'fw-b'])

    const log = { [EVIDENCE_LOG]: 'it went wrong\n' }
    const name = writeEvidence(join(folder, 'more'), { epoch: 0n, frames: [] }, log)
    expect(readFileSync(join(folder, 'more', name, EVIDENCE_LOG), 'utf8')).to.equal('it went wrong\n')
    expect(
      execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(folder, 'more', name), encoding: 'utf8' }),
    ).to.include('target.log: OK')
  })

  it('is called by its content, and nothing else is left', async () => {
    const again = [1, 2].map(() => played(getTarget('reference', 'test'), 'failed', 'never'))
    const [first, second] = await Promise.all(again)
    expect(second?.fails?.evidence).to.equal(first?.fails?.evidence)
    expect(readdirSync(join(folder, 'evidence'))).to.have.length(1)
  })
})

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
