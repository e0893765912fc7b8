import { expect } from 'chai'
import { casesOf, cutsOf, FULL, gapsOf, lotsOf } from './cuts.test.ts'
import { isOfKnownApplication } from './differences.test.ts'
import { packet } from './example-engine.test.ts'
import { fold, type OracleCase, readRecorded, recordedCaptures } from './oracle-cases.test.ts'
import { judge } from './oracle-compare.test.ts'
import type { OracleFrame, OracleOptions } from './oracle-suricata.test.ts'

const SETUPS: readonly OracleOptions[] = [
  { exception: 'drop' },
  { exception: 'reject' },
  { exception: 'continue' },
  { exception: 'continue', midstream: true },
]
const PACKETS_A_PROCESS = 150_000

interface Compared {
  readonly packets: number
  readonly stopped: number
  /** Packets that differ, and that a line of docs/differences.md is about. */
  readonly covered: number
  /** By what both say. */
  readonly agreed: Readonly<Record<string, number>>
  readonly differences: readonly string[]
}

/** Plays all cases through real Suricata and the engine, a lot a process; answers with where they differ. */
async function compare(cases: Iterable<OracleCase>, options: OracleOptions): Promise<Compared> {
  const differences: string[] = []
  const agreed: Record<string, number> = {}
  const began = performance.now()
  let [packets, stopped, covered, count] = [0, 0, 0, 0]
  for (const lot of lotsOf(cases, PACKETS_A_PROCESS)) {
    count += lot.length
    const { frames, owner } = fold(lot)
    for (const [index, { ours, theirs, equal }] of (await judge(frames, options)).entries()) {
      packets++
      if (theirs !== 'forward') stopped++
      const name = lot[owner[index] ?? 0]?.name ?? ''
      if (equal) agreed[theirs] = (agreed[theirs] ?? 0) + 1
      else if (options.midstream === true && isOfKnownApplication(name, ours, theirs)) covered++
      else differences.push(`${name}: ${ours}, Suricata ${theirs}`)
    }
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  console.info(
    `      ${packets} packets of ${count} cases, ${seconds} s; agreed: ${JSON.stringify(agreed)}; by a line: ${covered}`,
  )
  return { packets, stopped, covered, agreed, differences }
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

function* cutsAndWritten(recorded: readonly string[]): Generator<OracleCase> {
  yield* casesOf(recorded, cutsOf)
  yield* WRITTEN
}

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

/** Of the packets of one comparison at most so many may differ by line `application-known`. */
const MOST_COVERED = 0.0005

/** What real Suricata must say under a policy, each of so many packets at least, for a comparison to say anything. */
function leastSaid(
  { exception, midstream }: OracleOptions,
  cases: 'cut' | 'silent',
): Readonly<Record<string, number>> {
  if (exception !== 'continue') return { [`${exception} stream midstream`]: 2000, 'drop flow drop': 15_000 }
  const errors = cases === 'cut' ? { both: 7400, pickedUp: 3700 } : { both: 810, pickedUp: 160 }
  return { 'drop stream error': midstream === true ? errors.pickedUp : errors.both }
}

function expectTold(
  { packets, covered, agreed }: Compared,
  setup: OracleOptions,
  cases: 'cut' | 'silent',
): void {
  expect(covered, 'covered by a line').to.be.at.most(packets * MOST_COVERED)
  for (const [said, least] of Object.entries({ forward: 1000, ...leastSaid(setup, cases) }))
    expect(agreed[said] ?? 0, said).to.be.at.least(least)
}

describe('engine against real Suricata', function () {
  this.timeout(FULL ? 4 * 3_600_000 : 200_000)
  const recorded = recordedCaptures()

  for (const setup of SETUPS) {
    const name = setup.midstream === true ? `${setup.exception}, midstream` : setup.exception
    it(`${name}: captures whole, cut and one-way, and written conversations: every verdict and reason`, async () => {
      const compared = await compare(cutsAndWritten(recorded), setup)
      expect(compared.differences, `of ${compared.packets} packets`).to.deep.equal([])
      expectTold(compared, setup, 'cut')
    })

    it(`${name}: captures with a silence of each time-out, and a second less and more`, async () => {
      const compared = await compare(casesOf(recorded, gapsOf), setup)
      expect(compared.differences, `of ${compared.packets} packets`).to.deep.equal([])
      expectTold(compared, setup, 'silent')
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
