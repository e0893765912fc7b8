import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import { Verdict } from '../../model/codes.ts'
import type { Target } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import { controlFrame } from '../../observe/control-frames.ts'
import { chunkOf, type Step } from '../../observe/live/live-bench.test.ts'
import { loadSuites } from '../../run/suites.ts'
import { buildUnreachable } from '../../wire/unreachable.ts'
import { expectSame, played } from '../example-played.test.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import { makeTarget } from '../targets.ts'

const SUITE = `
suite: netfilter-sample
title: A sample for the kernel
setup: { profile: linux-conntrack, hosts: 2 }
cases:
  - name: swap
    requirement: Data without connection meets the policy.
    source: &source { mark: RUN, where: the kernel, product: linux }
    capture: dns-tcp-{family}
    matrix: { policy: [drop, reject], family: [ipv4, ipv6] }
    inject: [{ host-swap: { at: "c2s:data#2", cause: crash } }]
    expect: { before: { all: forward, by: fw-a }, after host-swap: { policy: { drop: drop, reject: blocked } } }
  - name: fragments
    requirement: Datagrams in fragments pass.
    source: *source
    capture: udp-fragments-{family}
    matrix: { policy: [drop], family: [ipv4, ipv6] }
    expect: { before: forward }
  - name: told
    requirement: What conntrackd told of goes on.
    source: *source
    setup: { sharing: { kind: sync, way: conntrackd, mode: active-active, external-cache: false } }
    capture: dns-tcp-{family}
    matrix: { policy: [reject], family: [ipv4, ipv6] }
    inject: [{ host-swap: { at: "c2s:data#2", cause: crash } }]
    expect: { before: { all: forward, by: fw-a }, after host-swap: { all: forward, by: fw-b } }
`

describe('target/netfilter', function () {
  this.timeout(300_000)
  let folder = ''
  let cases: readonly Case[] = []

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-netfilter-'))
    const file = join(folder, 'sample.yaml')
    writeFileSync(file, SUITE)
    cases = loadSuites([file], [process.cwd()]).flatMap((suite) => suite.cases)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const named = (name: string) => cases.filter((test) => test.name.includes(`/${name}/`))

  it('decides and resets as the reference does under its profile', async () => {
    const chosen = named('swap')
    const kernel = await played(await netfilter(), chosen)
    const reference = await played(new ReferenceTarget('test'), chosen)
    expectSame(kernel, reference)
    expect([...kernel.values()].map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass', 'pass', 'pass'])
  })

  it('does so behind a masquerade', async () => {
    const chosen = named('swap').filter((test) => test.name.includes('ipv4'))
    const told = await played(await netfilter({ nat: 'masquerade' }), chosen)
    const reference = await played(new ReferenceTarget('test'), chosen)
    expectSame(told, reference)
  })

  it('knows ICMP errors of both sides again by what they quote, whose addresses were translated', async () => {
    const target = await netfilter({ nat: 'masquerade' })
    const signal = new AbortController().signal
    const [fragments] = named('fragments')
    if (fragments === undefined) throw new Error('There is no such case.')
    await using session = await target.prepare(fragments.setup, signal)
    for (const family of ['ipv4', 'ipv6'] as const) {
      const changed: string[] = []
      for await (const { packets, sightings = [] } of session.replay(errorsOfBothSides(family), signal)) {
        const verdicts = [...packets.verdict.subarray(0, packets.count)]
        expect(verdicts, family).to.deep.equal(verdicts.map(() => Verdict.forward))
        expect(packets.emitted, family).to.deep.equal([])
        changed.push(...sightings.map(({ step, kind, field }) => `${step} ${kind} ${field}`))
      }
      expect(changed, family).to.have.members([
        '0 altered source',
        '1 altered destination',
        '2 altered source',
        '2 altered quoted destination',
        '3 altered source',
        '4 altered destination',
        '4 altered quoted source',
      ])
      await session.reset()
    }
  })

  it('sees fragments come out', async () => {
    const told = await played(await netfilter(), named('fragments'))
    expect([...told.values()].map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass'])
  })

  it('keeps two hosts in step with conntrackd', async () => {
    const told = await played(await netfilter(), named('told'))
    expect([...told.values()].map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass'])
  })

  it('plays the same again with equal outcomes, as tables are emptied between', async () => {
    const chosen = named('swap').slice(0, 1)
    const target = await netfilter({ scale: 1 })
    expectSame(await played(target, [...chosen], 2), await played(target, chosen))
  })
})

function netfilter(options: object = {}): Promise<Target> {
  return makeTarget({ kind: 'netfilter', ...options }, { name: 'netfilter', version: 'test' })
}

/** A query, its answer, what the client says to that, another query, and what the server says to the first. */
function errorsOfBothSides(family: 'ipv4' | 'ipv6'): Timeline {
  const query = controlFrame(family, 0, 'allowed').frame
  const answer = controlFrame(family, 1, 'allowed').frame
  const steps: readonly Step[] = [
    { from: 'client', frame: query },
    { from: 'server', frame: answer },
  ]
  const { packets } = chunkOf(steps)
  const error = (index: number) => buildUnreachable(packets, index, 'port') ?? new Uint8Array(0)
  const chunk = chunkOf([
    ...steps,
    { from: 'client', frame: error(1) },
    { from: 'client', frame: query },
    { from: 'server', frame: error(0) },
  ])
  async function* chunks() {
    yield chunk
  }
  return { epoch: 0n, phases: ['before'], chunks: chunks() }
}
