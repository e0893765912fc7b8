import { expect } from 'chai'
import { ethernet } from '../wire/example-frames.test.ts'
import { dice } from './conversations/random.test.ts'
import { type Judged, judge } from './oracle-compare.test.ts'
import { datagram } from './oracle-datagrams.test.ts'
import type { OracleFrame } from './oracle-suricata.test.ts'

const ROOM = 1024
const FULL = 'drop flow table full'
const SEED = 453

/** Packets that open a flow of some kind, and seconds within which one of it does not make way (docs/differences.md). */
const KINDS = {
  'without answer': { opening: ['> S 0'], lately: 1 },
  'answered by one side': { opening: ['> UDP'], lately: 1 },
  'of both sides': { opening: ['> UDP', '< UDP'], lately: 5 },
  'of a session': { opening: ['> S 0', '< SA 0 1', '> A 1 1'], lately: 5 },
  'of a session that was reset': { opening: ['> S 0', '< SA 0 1', '> A 1 1', '> R 1'], lately: 3 },
  'of an echo': { opening: ['> PING', '< PONG'], lately: 5 },
} as const

/** One packet of flow `n`. */
interface Sent {
  readonly n: number
  readonly line: string
  /** Seconds. */
  readonly at: number
}

/** Whatever flow `from` … `to`-1 says in the same order, a microsecond after another. */
function said(lines: readonly string[], from: number, to: number, at: number): Sent[] {
  const count = to - from
  return lines.flatMap((line, nth) =>
    Array.from({ length: count }, (_, n) => ({ n: from + n, line, at: at + (nth * count + n) / 1e6 })),
  )
}

function framesOf(sent: readonly Sent[]): OracleFrame[] {
  return sent.map(({ n, line, at }) => ({
    time: Math.round(at * 1e6) * 1000,
    bytes: ethernet(datagram(line, n, n % 2 === 0 ? 'ipv4' : 'ipv6')).bytes,
  }))
}

function played(sent: readonly Sent[]): Promise<Judged[]> {
  return judge(framesOf(sent), { exception: 'drop', maxFlows: ROOM })
}

function differences(sent: readonly Sent[], judged: readonly Judged[]): string[] {
  return judged.flatMap(({ ours, theirs, equal }, index) => {
    const { n, line, at } = sent[index] ?? { n: -1, line: '', at: -1 }
    return equal ? [] : [`flow ${n}, ${line} @${at}: ${ours}, Suricata ${theirs}`]
  })
}

describe('engine against real Suricata: a full table', function () {
  this.timeout(60_000)

  it(`flow by flow, where none has been silent for long enough to make way (seed ${SEED})`, async () => {
    const roll = dice(SEED)
    const openings = Object.values(KINDS).map(({ opening }) => opening)
    const sent = Array.from({ length: 3 * ROOM }, (_, n) => {
      const opening = openings[roll(openings.length)] ?? []
      const begun = roll(700_000) / 1e6
      const later = roll(2) === 0 ? ['> A 1 1'] : []
      return [...opening, ...later].map((line, nth) => ({ n, line, at: begun + (nth * roll(50_000)) / 1e6 }))
    })
      .flat()
      .sort((one, other) => one.at - other.at)
    const judged = await played(sent)
    expect(differences(sent, judged)).to.deep.equal([])
    const refused = judged.filter(({ theirs }) => theirs === FULL).length
    expect(refused).to.be.greaterThan(ROOM)
    expect(judged.filter(({ theirs }) => theirs === 'forward').length).to.be.greaterThan(ROOM)
  })

  for (const [kind, { opening, lately }] of Object.entries(KINDS))
    it(`a flow ${kind} makes way after more than ${lately} s, and not before`, async () => {
      for (const [silence, due] of [
        [lately, FULL],
        [lately + 1, 'forward'],
      ] as const) {
        const sent = [...said(opening, 0, ROOM, 0.5), { n: ROOM, line: '> S 0', at: silence + 0.4 }]
        const judged = await played(sent)
        expect(differences(sent, judged), `after ${silence} s`).to.deep.equal([])
        expect(judged.at(-1)?.theirs, `after ${silence} s`).to.equal(due)
      }
    })

  it('which of many makes way, and whether, only as docs/differences.md says', async () => {
    const lively = ROOM / 4
    const sent = [
      ...said(KINDS['of a session'].opening, 0, ROOM, 0),
      ...said(['> A 1 1'], 0, lively, 19),
      ...said(['> S 0'], ROOM, 2 * ROOM, 20),
      ...said(['> A 1 1'], 0, lively, 20.5),
    ]
    const judged = await played(sent)
    const unequal = sent.flatMap(({ n, at }, index) => (judged[index]?.equal === true ? [] : [{ n, at }]))
    // New flows, of which each finds the one that is silent for longest here, and there one of a row by chance, or none.
    expect(unequal.filter(({ n, at }) => n < ROOM || at < 20)).to.deep.equal([])
    expect(unequal.length).to.be.greaterThan(0)
    const opened = judged.slice(-lively - ROOM, -lively)
    expect(opened.filter(({ ours }) => ours === 'forward')).to.have.length(ROOM - lively)
    const theirs = opened.filter(({ theirs }) => theirs === 'forward').length
    expect(theirs).to.be.within(1, ROOM - lively)
  })

  it('time-outs are shorter from then on, as docs/differences.md says', async () => {
    const full = [...said(KINDS['of a session'].opening, 0, ROOM, 0), { n: ROOM, line: '> S 0', at: 2 }]
    for (const [at, theirs] of [
      [99, 'forward'],
      [100, 'drop stream midstream'],
    ] as const) {
      const judged = await played([...full, { n: 7, line: '> A 1 1', at }])
      expect(judged.slice(-2), `at ${at} s`).to.deep.equal([
        { ours: FULL, theirs: FULL, equal: true },
        { ours: 'forward', theirs, equal: theirs === 'forward' },
      ])
    }
  })
})
