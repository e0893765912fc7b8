import { expect } from 'chai'
import { DIFFERENCES } from '../differences.test.ts'
import { recordedCaptures } from '../oracle-cases.test.ts'
import type { OracleOptions } from '../oracle-suricata.test.ts'
import { agreementTable } from './agreement.test.ts'
import { type Conversation, written } from './conversation.test.ts'
import { makeConversations } from './generate.test.ts'
import { isUncovered, type JudgedFrame, judgeBy } from './judged.test.ts'
import { MOMENTS } from './moment.test.ts'
import { breakRecording } from './recorded.test.ts'
import { shrink } from './shrink.test.ts'

const SEED = Number(process.env.FLOWBREAK_SEED ?? 20_250_607)
/** Every time-out of Suricata's own file, one second less and more. */
const GAPS = [29, 30, 31, 59, 60, 61, 299, 300, 301, 599, 600, 601] as const
const CONVERSATIONS = 5000
/** With one side only, which most firewalls have switched off, fewer will do. */
const ASYNC_CONVERSATIONS = 1500
const BROKEN_RECORDINGS = 15
/** At most so many of the packets compared may be different, all lines together. */
const MOST_COVERED = 0.0005
/** Of so many differences the conversations are shrunk and printed. */
const SHOWN = 3

const SETUPS: readonly OracleOptions[] = [
  { exception: 'drop' },
  { exception: 'reject' },
  { exception: 'continue' },
  { exception: 'continue', midstream: true },
]
const ASYNC_SETUPS: readonly OracleOptions[] = [
  { exception: 'drop', asyncOneside: true },
  { exception: 'reject', asyncOneside: true, dropInvalid: false },
  { exception: 'continue', asyncOneside: true },
  { exception: 'continue', midstream: true, asyncOneside: true },
  { exception: 'drop', dropInvalid: false },
  { exception: 'continue', midstream: true, dropInvalid: false },
]

describe(`engine against real Suricata: random conversations, seed ${SEED}`, function () {
  this.timeout(300_000)
  const random = makeConversations(SEED, CONVERSATIONS, { gaps: GAPS })
  const recorded = brokenRecordings()
  const seen: JudgedFrame[] = []

  for (const setup of SETUPS)
    it(`${words(setup)}: every verdict and reason of ${CONVERSATIONS} conversations and of broken recordings`, () =>
      compare([...random, ...recorded, ...MOMENTS], setup))

  for (const setup of ASYNC_SETUPS)
    it(`${words(setup)}: every verdict and reason of ${ASYNC_CONVERSATIONS} conversations`, () =>
      compare(random.slice(0, ASYNC_CONVERSATIONS), setup))

  it('documented differences are few, and none is for nothing', () => {
    console.info(agreementTable(seen))
    const covered = seen.filter(({ line }) => line !== undefined)
    for (const { id, realEngine } of DIFFERENCES) {
      const own = covered.filter(({ line }) => line === id).length
      console.info(`      ${id}: ${own} of ${seen.length} packets`)
      if (realEngine.startsWith('Suricata')) expect(own, id).to.be.greaterThan(0)
    }
    expect(covered.length / seen.length).to.be.at.most(MOST_COVERED)
  })

  it('one packet in five at least is anomalous, and real Suricata stops many of each class', () => {
    const anomalous = seen.filter(({ frame }) => frame.kind !== 'in-order')
    expect(anomalous.length / seen.length).to.be.at.least(0.2)
    for (const kind of ['out-of-window', 'overlap', 'bad-ack', 'rst', 'fin', 'reuse', 'odd-flags', 'gap'])
      expect(
        seen.filter(({ frame, theirs }) => frame.kind === kind && theirs !== 'forward').length,
        kind,
      ).to.be.greaterThan(100)
  })

  async function compare(conversations: readonly Conversation[], setup: OracleOptions): Promise<void> {
    const judge = judgeBy(setup)
    const judged = await judge(conversations)
    for (const own of judged) for (const each of own) seen.push(each)
    const failures = judged.filter(isUncovered)
    const texts: string[] = []
    for (const [first] of failures.slice(0, SHOWN)) {
      if (first === undefined) continue
      const { frames } = await shrink(first.conversation, judge)
      const [own] = await judge([{ ...first.conversation, frames }])
      texts.push(explain(first.conversation, own ?? []))
    }
    expect(failures.length, `seed ${SEED}\n${texts.join('\n')}`).to.equal(0)
  }
})

function brokenRecordings(): Conversation[] {
  const names = recordedCaptures().filter((name) => !/bulk|concurrent|download|retransmission-ipv/.test(name))
  return names.flatMap((name, nth) =>
    Array.from({ length: BROKEN_RECORDINGS }, (_, n) =>
      breakRecording(name, SEED, nth * BROKEN_RECORDINGS + n),
    ),
  )
}

function explain({ index, recording }: Conversation, judged: readonly JudgedFrame[]): string {
  const lines = written(judged.map(({ frame }) => frame)).split('\n')
  const verdicts = judged.map(({ ours, theirs, equal }) => (equal ? ours : `${ours}, SURICATA ${theirs}`))
  return [
    `conversation ${index} ${recording ?? ''}`,
    ...lines.map((line, at) => `${line}  ${verdicts[at]}`),
  ].join('\n')
}

function words({ exception, midstream, asyncOneside, dropInvalid }: OracleOptions): string {
  const more = [
    midstream && 'midstream',
    asyncOneside && 'one side alone',
    dropInvalid === false && 'errors pass',
  ]
  return [exception, ...more.filter(Boolean)].join(', ')
}
