import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { ClassicWriter } from '../capture/writer.ts'
import type { Case } from '../model/case.ts'
import { nameOf, Reason, Tcp, Verdict } from '../model/codes.ts'
import type { Target } from '../model/target.ts'
import { loadSuites } from '../run/suites.ts'
import { type Family, FRAME_LINK, frameOf, type Segment } from './contract/frames.ts'
import { tried } from './example-played.test.ts'
import { ExampleAppliance } from './geneve/example-appliance.test.ts'
import { isData, isReset } from './geneve/example-flow.test.ts'
import { firewalls, inline } from './inline/example-device.test.ts'
import { ReferenceTarget } from './reference/reference.ts'
import type { TargetSpec } from './spec.ts'
import { makeTarget } from './targets.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/targets/', import.meta.url))
const FAMILIES = ['ipv4', 'ipv6'] as const
const LINK = 14
const IP = { ipv4: 20, ipv6: 40 } as const
const TCP = 20
const UNSEEN = 'undecided, header not captured'
const { syn, ack, psh } = Tcp

/** Packets of a connection; how many bytes behind each IP header were captured, and what is to become of it. */
const PACKETS: readonly (readonly [segment: Segment, captured: number, seen: string])[] = [
  [{ direction: 0, flags: syn, seq: 0, ack: 0, length: 0 }, TCP, 'forward'],
  [{ direction: 1, flags: syn | ack, seq: 0, ack: 1, length: 0 }, TCP, 'forward'],
  [{ direction: 0, flags: ack, seq: 1, ack: 1, length: 0 }, TCP, 'forward'],
  [{ direction: 0, flags: psh | ack, seq: 1, ack: 1, length: 60 }, TCP, 'forward'],
  [{ direction: 1, flags: psh | ack, seq: 1, ack: 61, length: 60 }, TCP - 1, UNSEEN],
  [{ direction: 0, flags: ack, seq: 61, ack: 61, length: 0 }, 4, UNSEEN],
  [{ direction: 1, flags: psh | ack, seq: 61, ack: 61, length: 60 }, TCP + 30, 'forward'],
]

describe('target: packets whose header a capture lacks', function () {
  this.timeout(120_000)
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-cut-'))
    for (const family of FAMILIES) record(join(folder, `${family}.pcap`), family)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** Of a case that lets everything through, and of which it cannot be said that all came through. */
  async function expectUndecided(
    target: Target,
    profile: string,
    families: readonly Family[] = FAMILIES,
  ): Promise<void> {
    const { told, problems } = await tried(target, casesOf(folder, profile, families))
    expect(problems).to.deep.equal([])
    expect(told.size).to.equal(families.length)
    for (const [name, { outcome, trace }] of told) {
      const seen = trace?.reason.map((reason, i) => {
        const verdict = Object.keys(Verdict).find((word) => word.startsWith(trace.verdict[i] ?? '?'))
        return reason === Reason.none ? verdict : `${verdict}, ${nameOf(Reason, reason)}`
      })
      expect(seen, name).to.deep.equal(PACKETS.map(([, , word]) => word))
      expect(outcome, name).to.equal('inconclusive')
    }
  }

  it('reference leaves them undecided', () => expectUndecided(new ReferenceTarget('test'), 'suricata-7'))

  it('suricata, which forwards them unread, leaves them undecided', async () =>
    expectUndecided(await made({ kind: 'suricata' }), 'suricata-7'))

  it('process leaves them undecided, and asks no program about them', async () => {
    for (const [command, families] of [
      [['python3', 'firewall.py'], FAMILIES],
      [[process.execPath, '--import', 'tsx', 'firewall.ts'], ['ipv4']],
    ] as const)
      await expectUndecided(await made({ kind: 'process', command, timeout: '60s' }), 'aws-nfw', families)
  })

  it('geneve leaves them undecided, and sends none of them', async () => {
    // What calibration sends of no connection comes out nowhere.
    await using appliance = await ExampleAppliance.open((payload) => (isReset(payload) ? [] : [{ payload }]))
    const hosts = [`127.0.0.1:${appliance.port}`]
    const options = { profile: 'suricata-7', features: ['inner-tunnels'], hosts }
    await expectUndecided(await made({ kind: 'geneve', ...options }), 'suricata-7')
    const sent = PACKETS.filter(([{ length }, , word]) => length > 0 && word !== UNSEEN)
    expect(appliance.came.filter(isData)).to.have.lengthOf(sent.length * FAMILIES.length)
  })

  describe('in namespaces', () => {
    before(function () {
      if (process.getuid?.() !== 0) this.skip()
    })

    for (const [kind, profile] of [
      ['suricata-live', 'suricata-7'],
      ['netfilter', 'linux-conntrack'],
    ] as const)
      it(`${kind} leaves them undecided`, async () => expectUndecided(await made({ kind }), profile))

    it('inline leaves them undecided', async () => {
      await using lab = await firewalls('drop', 1)
      await expectUndecided(await inline(lab), 'linux-conntrack')
    })
  })
})

function made(spec: TargetSpec): Promise<Target> {
  return makeTarget(spec, { name: spec.kind, version: 'test', folder: EXAMPLES })
}

function record(file: string, family: Family): void {
  using writer = new ClassicWriter(file, FRAME_LINK, 1_767_225_601_000_000_000n)
  for (const [n, [segment, captured]] of PACKETS.entries()) {
    const frame = frameOf(segment, family, 40_000)
    writer.write(n * 10e6, frame, 0, LINK + IP[family] + captured, frame.length)
  }
  writer.close()
}

function casesOf(folder: string, profile: string, families: readonly Family[]): readonly Case[] {
  const file = join(folder, `${profile}.yaml`)
  writeFileSync(
    file,
    `
suite: cut
title: A capture that lacks headers
setup: { profile: ${profile}, hosts: 1 }
matrix: { policy: [drop], family: [${families.join(', ')}] }
cases:
  - name: headers
    requirement: A connection passes.
    source: { mark: RUN, where: a test, product: suricata }
    capture: ./{family}.pcap
    expect: { before: forward }
`,
  )
  return loadSuites([file], [process.cwd()]).flatMap((suite) => suite.cases)
}
