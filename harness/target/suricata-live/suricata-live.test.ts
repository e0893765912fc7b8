import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readRecorded } from '../../engine/oracle-cases.test.ts'
import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { compilePattern } from '../../plan/pattern.ts'
import { loadSuites } from '../../run/suites.ts'
import { makeSetup } from '../../suite/setup.ts'
import { join8, MACS, pcapOf } from '../../wire/example-frames.test.ts'
import { TUNNELS } from '../../wire/tunnel/example-tunnels.test.ts'
import { expectSame, played, tried } from '../example-played.test.ts'
import { run } from '../lab/commands.ts'
import { ReferenceTarget } from '../reference/reference.ts'
import { Scratch } from '../suricata/example-binary.test.ts'
import { makeTarget } from '../targets.ts'
import type { SuricataLiveOptions } from './options.ts'

/** Of suites/core, cases that ask for what was sent to whom, which no capture file shows. */
const TOLD = [
  'core/first-packet/syn-ack/swap/policy:reject/**',
  'core/first-packet/rst/marks-nothing/policy:reject/**',
  'core/first-packet/*/policy:reject/family:ipv*',
  'core/icmp-errors/**',
]

/** Tunnels that a capture is put into. */
const TUNNELLED = ['gre', 'vxlan', 'geneve']

const SUITE = `
suite: live-sample
title: A sample for Suricata between two interfaces
setup: { profile: suricata-7, hosts: 2 }
matrix: { policy: [drop, reject, continue], family: [ipv4, ipv6] }
cases:
  - name: crash
    requirement: Data without session meets the policy of the host that took over.
    source: &source { mark: RUN, where: Suricata 7.0.10, product: suricata }
    capture: dns-tcp-{family}
    inject: [{ host-swap: { at: "c2s:data#2", cause: crash } }]
    expect: { before: { all: forward, by: fw-a }, after host-swap: { policy: { drop: drop, reject: blocked, continue: forward } } }
  - name: silence
    requirement: After a silence a flow that was refused is refused anew.
    source: *source
    capture: dns-tcp-{family}
    matrix: { policy: [reject], family: [ipv4] }
    inject: [{ host-swap: "c2s:data#2" }, { idle-gap: { at: "s2c:data#2", gap: 90s } }]
    expect: { before: forward, after idle-gap: { first: { is: reject, towards: sender } } }
  - name: tunnel
    requirement: What is in a tunnel meets the policy of the host that took over.
    source: *source
    capture: ./{tunnel}.pcap
    setup: { profile: suricata-7, hosts: 2, tunnels: inner }
    matrix: { policy: [reject], family: [ipv4], tunnel: [${TUNNELLED.join(', ')}] }
    inject: [{ host-swap: "c2s:data#2" }]
    expect: { before: { all: forward, by: fw-a } }
`

describe('target/suricata-live', function () {
  this.timeout(300_000)
  let folder = ''
  let sample: readonly Case[] = []

  before(function () {
    if (process.getuid?.() !== 0) this.skip()
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-live-'))
    const file = join(folder, 'sample.yaml')
    writeFileSync(file, SUITE)
    for (const name of TUNNELLED) writeFileSync(join(folder, `${name}.pcap`), inTunnel(name))
    sample = loadSuites([file], [process.cwd()]).flatMap((suite) => suite.cases)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const named = (name: string) => sample.filter((test) => test.name.includes(`/${name}/`))

  it('sends resets to those, and of those numbers, that suites/core says, verdict by verdict as the reference', async () => {
    const patterns = TOLD.map(compilePattern)
    const target = await live()
    const cases = loadSuites(['core/first-packet', 'core/icmp-errors'], [process.cwd()])
      .flatMap((suite) => suite.cases)
      .filter(({ name }) => patterns.some((matches) => matches(name)))
      .filter(
        (test) =>
          test.setup.policy.exception === 'reject' &&
          !test.injections.some(({ kind }) => kind === 'idle-gap'),
      )
    expect(cases.length).to.be.at.least(20)
    const told = await played(target, cases)
    expectSame(told, await played(new ReferenceTarget('test'), cases))
    expect([...told.values()].filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([])
    expect([...told.values()].filter(({ emitted }) => emitted.length > 0).length).to.be.at.least(15)
  })

  it('loses its sessions in a crash, under every policy, and tells why it let nothing through', async () => {
    const cases = named('crash')
    const { told, problems } = await tried(await live(), cases)
    const reference = await tried(new ReferenceTarget('test'), cases)
    expect(problems).to.deep.equal([])
    const seen = ({ told }: { readonly told: typeof reference.told }) =>
      [...told].map(([name, { outcome, trace }]) => [name, outcome, trace?.verdict, trace?.reason])
    expect(seen({ told })).to.deep.equal(seen(reference))
  })

  it('judges what is in tunnels, with the reasons that the reference has', async () => {
    const cases = named('tunnel')
    expect(cases).to.have.length(TUNNELLED.length)
    const [{ told, problems }, reference] = [
      await tried(await live(), cases),
      await tried(new ReferenceTarget('test'), cases),
    ]
    expect(problems).to.deep.equal([])
    for (const [name, { outcome, trace }] of reference.told) {
      expect(told.get(name)?.outcome, name).to.equal(outcome)
      expect(told.get(name)?.trace?.verdict, name).to.equal(trace?.verdict)
      expect(told.get(name)?.trace?.reason, name).to.deep.equal(trace?.reason)
      const stopped = trace?.verdict.match(/[^f]/g)?.length ?? 0
      expect(stopped, name).to.be.greaterThan(10)
    }
  })

  it('counts its time-outs on a clock that is scaled', async () => {
    const cases = named('silence')
    expectSame(
      await played(await live({ scale: 15 }), cases),
      await played(new ReferenceTarget('test'), cases),
    )
  })

  it('a process that dies is an error with its last words, and no case of it passes', async () => {
    const before = new Set(readdirSync('/run/netns'))
    const running = tried(await live({ scale: 1 }), named('silence'))
    await killed(before)
    const { told, problems } = await running
    expect([...told.values()].map(({ outcome }) => outcome)).to.not.include('pass')
    const words = [...problems, ...[...told.values()].map(({ detail }) => detail ?? '')].join(' ')
    expect(words).to.match(/Suricata was killed by SIGSEGV/)
  })

  it('one that ends at once, or says nothing, is no target', async () => {
    using scratch = new Scratch()
    const ended = await prepared(scratch.binary('echo "E: out of luck" >&2\nexit 4'))
    expect(ended).to.include({ code: 'ERR_SURICATA_FAILED', exitCode: 3 })
    expect(ended.message).to.match(/^Suricata ended with code 4\. It said: E: out of luck$/)
    const mute = await prepared(scratch.binary('sleep 600'), { timeout: 1 })
    expect(mute).to.include({ code: 'ERR_CALIBRATION', exitCode: 3 })
    expect(mute.message).to.match(/does not come out: the device is dead or deaf there/)
  })

  it('a rule that it refuses is told by its number and its own sentence', async () => {
    const target = await live()
    const rules = ['drop tcp any any -> any any (colour:blue; sid:2;)']
    const thrown = await target
      .prepare(makeSetup({ profile: 'suricata-7', hosts: 1, rules }), new AbortController().signal)
      .catch((error: unknown) => error)
    expect(thrown).to.include({ code: 'ERR_SURICATA_RULE', exitCode: 3 })
    expect(String(thrown)).to.include(
      "rule 1, drop tcp any any -> any any (colour:blue; sid:2;) (detect-parse: unknown rule keyword 'colour'.)",
    )
  })
})

function live(options: Partial<SuricataLiveOptions> = {}): Promise<Target> {
  return makeTarget({ kind: 'suricata-live', ...options }, { name: 'suricata-live', version: 'test' })
}

/** The error of preparing a session with what stands in the place of Suricata, which must leave no lab behind. */
async function prepared(binary: string, options: object = {}): Promise<Error> {
  const own = () => readdirSync('/run/flowbreak-labs').filter((lab) => isOurs(lab))
  const target = await live({ binary, ...options })
  const thrown: unknown = await target
    .prepare(makeSetup({ profile: 'suricata-7', hosts: 1 }), new AbortController().signal)
    .catch((error: unknown) => error)
  expect(own()).to.deep.equal([])
  if (thrown instanceof Error) return thrown
  throw new Error('It went through.')
}

function isOurs(lab: string): boolean {
  try {
    return readFileSync(join('/run/flowbreak-labs', lab), 'utf8').includes(`"pid":${process.pid},`)
  } catch {
    return false
  }
}

/** Kills the Suricata of the second host of a lab that was not there before, once there is one. */
async function killed(before: ReadonlySet<string>): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(50))
    for (const namespace of readdirSync('/run/netns')) {
      if (!namespace.endsWith('-1') || before.has(namespace)) continue
      const pids = (await run('ip', ['netns', 'pids', namespace]).catch(() => '')).split('\n').map(Number)
      const pid = pids.find((each) => each > 1 && isSuricata(each))
      if (pid === undefined) continue
      process.kill(pid, 'SIGSEGV')
      return
    }
  throw new Error('No Suricata was started.')
}

function isSuricata(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('Suricata-Main')
  } catch {
    return false
  }
}

/** A capture of a conversation in a tunnel. */
function inTunnel(name: string): Buffer {
  const tunnel = TUNNELS.find((each) => each.name === name)
  if (tunnel === undefined) throw new Error(`no tunnel ${name}`)
  const frames = readRecorded('echo-ladder-ipv4.pcap').map(({ bytes }) => ({
    bytes: join8(MACS, Uint8Array.of(8, 0), tunnel.wrap(bytes.subarray(14))),
  }))
  return Buffer.from(pcapOf(1, frames))
}
