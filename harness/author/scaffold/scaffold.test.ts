import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { loadSuite } from '../../suite/cases.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { checkSuites } from '../check.ts'
import { type WrittenSuite, writeDraft } from '../scaffold.ts'
import { type Draft, draftCases, policiesOf, suiteNameOf } from './draft.ts'
import { agreementOf, propose } from './propose.ts'
import { reviewItems } from './review.ts'
import { writeSuite } from './write.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const LADDER = join(CAPTURES, 'echo-ladder-ipv4.pcap')
const signal = new AbortController().signal

function draftOf(
  capture: string,
  inject: readonly string[],
  more: Partial<Draft> & { flows?: number[] } = {},
): Draft {
  const setup: SetupInput = more.setup ?? { profile: 'aws-nfw' }
  return {
    suite: suiteNameOf(capture),
    title: 'A title',
    capture,
    setup,
    policies: policiesOf(setup, undefined),
    cases: draftCases(more.flows ?? [0], inject),
    endpoints: 'recorded',
    ...more,
  }
}

describe('author/scaffold', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-scaffold-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const write = (draft: Draft, replace = false): Promise<WrittenSuite> =>
    writeDraft({
      draft,
      file: join(folder, 'new.yaml'),
      schema: join(folder, 'suite.schema.json'),
      version: '1',
      replace,
      signal,
    })
  const text = () => readFileSync(join(folder, 'new.yaml'), 'utf8')
  const check = (allowUnreviewed: boolean) =>
    checkSuites([loadSuite(join(folder, 'new.yaml'), { captures: [] })], {
      allowUnreviewed,
      reference: true,
      mutants: false,
      signal,
    })
  const sentence = (draft: Draft) =>
    write(draft).then(
      () => 'written',
      (thrown: unknown) =>
        thrown instanceof FlowbreakError ? `${thrown.code} ${thrown.message}` : `${thrown}`,
    )

  it('proposes what the reference does under each policy, with its reason and the document of the setting', async () => {
    copyFileSync(LADDER, join(folder, 'mine.pcap'))
    const draft = draftOf(join(folder, 'mine.pcap'), ['host-swap@c2s:data#2:crash'])
    const written = await write(draft)
    expect(written).to.include({ suite: 'mine', cases: 3, expectations: 35, unreviewed: 35 })
    const lines = text().split('\n')
    expect(lines[0]).to.equal('# yaml-language-server: $schema=suite.schema.json')
    for (const part of [
      '    capture: mine.pcap',
      '      # Before packet 8, c2s PSH ACK 64 B, 0.410 s into the capture.',
      '      - host-swap: { at: c2s:data#2, cause: crash }',
      '            # fw-b has no session for this flow, so the stream exception policy "drop" applies.',
      '              reason: stream midstream',
      '            packet 22: forward',
      '            StreamExceptionPolicyPackets: { equals: 19, unreviewed: true }',
    ])
      expect(lines).to.include(part)
    expect(text()).to.match(
      /towards: sender\n +source: \{ mark: DOC, where: "developer guide, stream exception policy: [^"]+", product: aws-nfw \}/,
    )
  })

  it('writes the same text again, and each proposal as unreviewed and so provisional', async () => {
    const draft = draftOf(LADDER, ['host-swap@8', 'idle-gap@c2s:data#3:400s'])
    await write(draft)
    const first = text()
    await write(draft, true)
    expect(text()).to.equal(first)
    const { cases } = loadSuite(join(folder, 'new.yaml'), { captures: [] })
    for (const { expectations } of cases)
      for (const { level, unreviewed } of expectations)
        expect([level, unreviewed]).to.deep.equal(['provisional', true])
    expect((await check(false)).findings.every(({ kind }) => kind === 'unreviewed')).to.equal(true)
    expect((await check(true)).findings).to.deep.equal([])
  })

  it('leaves the mark out of what was agreed with', async () => {
    const draft = draftOf(LADDER, ['host-swap@8'])
    const proposals = await propose(draft, signal)
    const items = reviewItems(proposals)
    expect(items.map(({ title }) => title)).to.include.members([
      'flow-0/host-swap-8, before, policy drop, reject, continue',
      'flow-0/host-swap-8, after host-swap, policy reject',
      'flow-0/host-swap-8, counters, policy continue',
    ])
    const agreed = new Set(items.flatMap(({ names }) => names))
    agreed.delete(agreementOf('reject', 'after host-swap'))
    const written = await writeDraft({
      draft,
      file: join(folder, 'new.yaml'),
      schema: '/s.json',
      version: '1',
      replace: false,
      signal,
      proposals: proposals.map((proposal) => ({ ...proposal, agreed })),
    })
    expect(written).to.include({ unreviewed: 2 })
    const { findings } = await check(false)
    expect(findings.map(({ kind }) => kind)).to.deep.equal(['unreviewed'])
    const { cases } = loadSuite(join(folder, 'new.yaml'), { captures: [] })
    expect(cases[0]?.expectations.map(({ level }) => level)).to.include('core')
  })

  it('holds for any capture, profile and break: what is proposed is what the reference does', async () => {
    const captures = readdirSync(CAPTURES).filter((name) =>
      /^(http-get|tls13-get|dns-udp|dns-tcp|udp-.*|icmp-.*|ssh-.*|abort-rst)-?ipv[46]\.pcap$/.test(name),
    )
    const breaks = [
      'host-swap@any#3',
      'host-swap@any#2:crash',
      'host-swap@any#2:crash reconnect@any#4',
      'idle-gap@any#2:400s',
      'asymmetric-path@any#2:s2c=fw-b',
      'asymmetric-path@any#2:c2s=bypass',
      'asymmetric-path@any#2:s2c=fw-b path-return@any#4',
      'table-full@any#2:hosts',
      'timeout-change@any#2:hosts=60s',
    ]
    const setups: SetupInput[] = [
      { profile: 'aws-nfw' },
      { profile: 'aws-nfw', sharing: 'replication' },
      { profile: 'aws-nfw', 'reset-on-expiry': 'both' },
      { profile: 'linux-conntrack' },
      { profile: 'pf' },
      { profile: 'panos' },
      { profile: 'suricata-7', generation: 'next' },
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...captures),
        fc.constantFrom(...breaks),
        fc.constantFrom(...setups),
        async (capture, inject, setup) => {
          const draft = draftOf(join(CAPTURES, capture), [inject], { setup })
          try {
            await write(draft, true)
          } catch (thrown) {
            // A capture may be too short for a break.
            if (thrown instanceof FlowbreakError && thrown.code === 'ERR_POSITION') return
            throw thrown
          }
          expect((await check(true)).findings).to.deep.equal([])
        },
      ),
      { numRuns: 60, seed: 20261127 },
    )
  }).timeout(60_000)

  it('proposes what users feel, and resets at expiry', async () => {
    await write(draftOf(LADDER, ['host-swap@c2s:data#2'], { endpoints: 'reactive' }))
    expect(text()).to.match(/impact:\n(?: +.*\n)*? +is: hung\n +unreviewed: true/)
    expect((await check(true)).findings).to.deep.equal([])
    await write(
      draftOf(LADDER, ['idle-gap@c2s:data#3:400s'], {
        setup: { profile: 'aws-nfw', 'reset-on-expiry': 'both' },
      }),
      true,
    )
    expect(text()).to.match(/resets-at-expiry:\n +client: \{ equals: 1, unreviewed: true \}/)
    expect((await check(true)).findings).to.deep.equal([])
  })

  it('refuses a flow or packet that the capture does not have, in one sentence, and writes nothing', async () => {
    const many = join(CAPTURES, 'concurrent-200-ipv4.pcap')
    expect(await sentence(draftOf(LADDER, ['host-swap@8'], { flows: [7] }))).to.match(
      /^ERR_SUITE_NEW .*echo-ladder-ipv4.pcap has flow 0 alone, and no flow 7: flowbreak capture info .* lists them\.$/,
    )
    expect(await sentence(draftOf(many, ['host-swap@8'], { flows: [200] }))).to.match(
      /has flows 0 to 199, and no flow 200/,
    )
    expect(await sentence(draftOf(many, ['host-swap@1'], { flows: [9] }))).to.match(
      /host-swap@1 is about packet 1 of .*, which is of flow 0 and not of flow 9: name a packet of that flow/,
    )
    expect(await sentence(draftOf(LADDER, ['host-swap@99']))).to.match(/^ERR_POSITION .*ends at packet 26/)
    expect(await sentence({ ...draftOf(LADDER, ['host-swap@8']), suite: 'No Name' })).to.match(
      /^ERR_SUITE_NEW Nothing is written, because it would not be a valid suite\. .*new\.yaml:\d+:8: "No Name" is not a name/,
    )
    expect(readdirSync(folder)).to.deep.equal([])
  })

  it('leaves a file that is there as it is, unless it is to be replaced', async () => {
    const draft = draftOf(LADDER, ['host-swap@8'])
    writeFileSync(join(folder, 'new.yaml'), 'mine')
    expect(await sentence(draft)).to.match(/^ERR_SUITE_EXISTS .*new\.yaml already exists and is not replaced/)
    expect(text()).to.equal('mine')
    await write(draft, true)
    expect(text()).to.match(/^# yaml-language-server/)
    expect(readdirSync(folder)).to.deep.equal(['new.yaml'])
  })

  it('leaves no half-written file where it cannot be written', () => {
    expect(() => writeSuite('/dev/null/new.yaml', 'x', false, () => 1)).to.throw(
      FlowbreakError,
      /new\.yaml cannot be written \(EEXIST/,
    )
    const file = join(folder, 'new.yaml')
    writeFileSync(file, 'mine')
    expect(() =>
      writeSuite(file, 'half', true, () => {
        throw new Error('ENOSPC: no space left on device, write')
      }),
    ).to.throw(FlowbreakError, /new\.yaml cannot be written \(ENOSPC/)
    expect(text()).to.equal('mine')
    expect(readdirSync(folder)).to.deep.equal(['new.yaml'])
    expect(existsSync(join(folder, 'none'))).to.equal(false)
  })
})
