import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { loadSuites } from '../../run/suites.ts'
import { played } from '../example-played.test.ts'
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
    expect(kernel).to.deep.equal(reference)
    expect([...kernel.values()].map(({ outcome }) => outcome)).to.deep.equal(['pass', 'pass', 'pass', 'pass'])
  })

  it('does so behind a masquerade', async () => {
    const chosen = named('swap').filter((test) => test.name.includes('ipv4'))
    const told = await played(await netfilter({ nat: 'masquerade' }), chosen)
    const reference = await played(new ReferenceTarget('test'), chosen)
    expect(told).to.deep.equal(reference)
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
    expect(await played(target, [...chosen], 2)).to.deep.equal(await played(target, chosen))
  })
})

function netfilter(options: object = {}): Promise<Target> {
  return makeTarget({ kind: 'netfilter', ...options }, { name: 'netfilter', version: 'test' })
}
