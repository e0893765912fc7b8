import { expect } from 'chai'
import { FlowTable } from '../flow/table.ts'
import { Direction, nameOf, Reason, Verdict } from '../model/codes.ts'
import type { ExceptionPolicy } from '../model/setup.ts'
import { getProfile } from '../profile/index.ts'
import { Engine } from './engine.ts'
import { packet } from './example-engine.test.ts'
import { batchOf, fold, type OracleCase, readRecorded, recordedCaptures } from './oracle-cases.test.ts'
import { type OracleFrame, runSuricata } from './oracle-suricata.test.ts'

const POLICIES: readonly ExceptionPolicy[] = ['drop', 'reject', 'continue']
/** Captures up to this many packets are cut before every packet, longer ones at some. */
const CUT_EVERYWHERE = 60
const CUTS_OF_LONG = 8

interface Setup {
  readonly exception: ExceptionPolicy
  readonly rules?: readonly string[]
}

/** Plays all cases through real Suricata and the engine, in one process each; answers with where they differ. */
async function compare(cases: readonly OracleCase[], { exception, rules = [] }: Setup) {
  const { frames, owner } = fold(cases)
  const { verdicts: truth } = await runSuricata(frames, { exception, rules })
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  const policy = { exception, ruleOrder: 'action', defaultActions: [] } as const
  new Engine({ profile: getProfile('suricata-7'), policy, rules, hosts: 1 }).decide(batch, 0, batch.count)
  const differences: string[] = []
  for (const [index, { verdict, reason }] of truth.entries()) {
    const ours = batch.verdict[index] ?? 0
    const why = nameOf(Reason, batch.reason[index] ?? 0)
    if (ours === verdict && (reason === '' || reason === why)) continue
    const name = cases[owner[index] ?? 0]?.name
    differences.push(
      `${name}: ${nameOf(Verdict, ours)} ${why}, Suricata ${nameOf(Verdict, verdict)} ${reason}`,
    )
  }
  const agree = frames.length - differences.length
  console.info(`      ${agree} of ${frames.length} packets of ${cases.length} cases agree`)
  return {
    packets: frames.length,
    stopped: truth.filter(({ verdict }) => verdict !== Verdict.forward).length,
    differences,
  }
}

/** A capture whole, cut before its packets, and each direction alone. */
function variants(name: string): OracleCase[] {
  const frames = readRecorded(name)
  const long = frames.length > CUT_EVERYWHERE
  const cuts = Array.from({ length: long ? CUTS_OF_LONG : frames.length }, (_, n) =>
    long ? Math.floor((frames.length * n) / CUTS_OF_LONG) : n,
  )
  const whole = batchOf(frames)
  new FlowTable().assign(whole)
  const oneWay = Object.values(Direction).map((way) =>
    frames.filter((_, index) => whole.direction[index] === way),
  )
  return [
    ...cuts.map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) })),
    ...oneWay.map((half, way) => ({ name: `${name} ${nameOf(Direction, way)} only`, frames: half })),
  ]
}

function written(...lines: readonly string[]): OracleCase {
  const frames: OracleFrame[] = lines
    .map((line) => packet(line))
    .map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes }))
  return { name: lines.join(', '), frames }
}

const OPEN = ['> S 0', '< SA 0 1', '> A 1 1'] as const
/** What recordings do not have: SYNs in every state, expiry to the second, and oddities of opening and closing. */
const WRITTEN: readonly OracleCase[] = [
  ...[
    [],
    ['> FA 1 1'],
    ['> FA 1 1', '< FA 1 2'],
    ['> FA 1 1', '< FA 1 2', '> A 2 2'],
    ['< FA 1 1'],
    ['< FA 1 1', '> A 1 2'],
    ['< FA 1 1', '> FA 1 2'],
    ['< FA 1 1', '> F 1'],
    ['> R 1'],
  ].flatMap((before) =>
    [['> S 0'], ['> S 900'], ['< S 900'], ['> S 900', '< SA 0 901', '> A 901 1']].map((after) =>
      written(...OPEN, ...before, ...after),
    ),
  ),
  ...[59, 60, 61, 600, 601, 602].flatMap((gap) => [
    written('> A 1 1', `< A 1 1 @${gap}`),
    written('> S 0', `< SA 0 1 @${gap}`),
    written(...OPEN, `> A 1 1 @${gap}`),
    written(...OPEN.map((line) => `${line} @0.6`), `< PA 1 1 len=5 @${gap + 0.5}`),
    written(...OPEN, '> R 1', `> A 1 1 @${gap}`),
  ]),
  written('> S 0', '< S 0', '> SA 0 1', '< A 1 1', '> PA 1 1 len=5'),
  written('> S 0', '< RA -5000 1', '> S 0', '< SA 0 1', '> A 1 1', '> S 7'),
  written('> S 0 ts=9/0', '> S 0 ts=20/0', '< SA 0 1 ts=5/9', '> A 1 1 ts=21/5', '> A 1 1 ts=7/5'),
  written(...OPEN, '< SFA 1 1', '> A 1 2'),
  written(...OPEN, '> SFA 1 1', '> A 1 1'),
  written('> A 9 9', '> S 0', '< A 9 9', '> R 9'),
  written('> . 5', '< PU 5', '> SF 0', '< SAF 0 1', '> RS 1'),
  written(...OPEN, '> PA 500001 1 len=5', '> R 1', '> R 500006'),
]

const RULES: readonly (readonly string[])[] = [
  ['drop tcp any any -> any any (flow:established,to_client; sid:1;)'],
  [
    'pass tcp any any -> any any (flow:established; sid:1;)',
    'drop ip any any -> any any (flow:stateless; sid:2;)',
  ],
  [
    'pass tcp any any -> any 80 (sid:1;)',
    'drop tcp any any -> any any (sid:2;)',
    'drop udp any any -> any any (flow:established; sid:3;)',
  ],
  ['drop tcp any any -> any any (flags:PA; sid:1;)', 'drop tcp any any -> any any (flags:F+; sid:2;)'],
  ['drop ip ![192.0.2.0/24,2001:db8::/32] any -> any any (sid:1;)', 'alert ip any any -> any any (sid:2;)'],
  ['drop tcp any [1024:,!7007] <> any any (flow:not_established,to_server; sid:1;)'],
]

describe('engine against real Suricata', function () {
  this.timeout(60_000)
  const recorded = recordedCaptures().filter((name) => !name.includes('vlan'))

  for (const exception of POLICIES) {
    it(`${exception}: captures whole, cut and one-way, and written conversations: every verdict and reason`, async () => {
      const { packets, stopped, differences } = await compare([...recorded.flatMap(variants), ...WRITTEN], {
        exception,
      })
      expect(differences, `of ${packets} packets`).to.deep.equal([])
      expect(stopped).to.be.greaterThan(packets / 20)
    })
  }

  it('rules: every verdict and reason', async () => {
    const cases = recorded.flatMap((name) => {
      const frames = readRecorded(name).slice(0, 40)
      return [0, 1, 4].map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }))
    })
    for (const rules of RULES) {
      const { differences, stopped } = await compare(cases, { exception: 'continue', rules })
      expect(differences, rules.join('\n')).to.deep.equal([])
      expect(stopped).to.be.greaterThan(0)
    }
  })
})
