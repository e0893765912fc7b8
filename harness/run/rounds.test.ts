import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import type { Case } from '../model/case.ts'
import { Verdict } from '../model/codes.ts'
import type { ObservationBatch, Session, Target } from '../model/target.ts'
import type { TimelineChunk } from '../model/timeline.ts'
import { holdBatch } from '../observe/held.ts'
import { parseInjections } from '../suite/injection-text.ts'
import { makeSetup } from '../suite/setup.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { CaptureStore } from './captures.ts'
import { allSuites } from './fixtures/all-suites.ts'
import { CasePlayer } from './play.ts'
import { replayCapture } from './replay.ts'
import { Rounds } from './rounds.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const target = new ReferenceTarget('test')

/** A session that takes the whole of a timeline before it answers, and counts how often it does. */
function notReactive(session: Session, played: () => void): Session {
  return {
    async *replay(timeline, signal) {
      played()
      const held: TimelineChunk[] = []
      for await (const { packets, events } of timeline.chunks)
        held.push({ packets: holdBatch(packets), events: [...events] })
      async function* chunks(): AsyncGenerator<TimelineChunk> {
        yield* held
      }
      yield* session.replay({ epoch: timeline.epoch, phases: timeline.phases, chunks: chunks() }, signal)
    },
    reset: () => session.reset(),
    counters: () => session.counters(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** What a case depends on answers for: recorded packets with a guard, or reactive endpoints. */
function dependent(kind: 'guard' | 'reactive'): readonly Case[] {
  const cases = allSuites().flatMap((suite) => suite.cases)
  return cases.filter(({ endpoints, injections, setup }) =>
    setup.topology.sharing.kind === 'store'
      ? false
      : kind === 'reactive'
        ? endpoints === 'reactive'
        : endpoints === 'recorded' &&
          injections.some((each) => each.kind === 'reconnect' && each.when !== undefined),
  )
}

describe('run/rounds', () => {
  for (const kind of ['guard', 'reactive'] as const)
    it(`every case of the suites with ${kind === 'guard' ? 'guards' : 'reactive endpoints'}: what a target sees that answers at the end is what one sees that answers at once`, async () => {
      const store = new CaptureStore()
      const player = new CasePlayer(7)
      const { signal } = new AbortController()
      let rounds = 0
      let most = 0
      const cases = dependent(kind)
      for (const test of cases) {
        const recorded = await store.load(test.capture, test.setup)
        await using session = await target.prepare(test.setup)
        const { durationMs: _, ...live } = await player.play(test, recorded, session, signal)
        let own = 0
        const late = notReactive(session, () => own++)
        const { durationMs: __, ...inRounds } = await player.play(test, recorded, late, signal)
        // As text: comparing thousands of numbers one by one takes minutes.
        expect(JSON.stringify(inRounds), test.name).to.equal(JSON.stringify(live))
        rounds += own
        most = Math.max(most, own)
      }
      console.info(`      ${cases.length} cases, ${rounds} rounds, ${most} at most`)
      expect(cases.length).to.be.at.least(kind === 'guard' ? 4 : 300)
      expect(rounds).to.be.greaterThan(cases.length)
    })

  it('ad hoc replays show the round that stands, and no other', async () => {
    const late: Target = {
      name: 'late',
      version: '1',
      capabilities: { ...target.capabilities, reactive: false },
      prepare: async (setup) => notReactive(await target.prepare(setup), () => undefined),
    }
    for (const policy of ['drop', 'reject'] as const) {
      const seen = await Promise.all(
        [target, late].map(async (each) => {
          const lines: string[] = []
          const { impact } = await replayCapture({
            capture: `${ROOT}captures/echo-ladder-ipv4.pcap`,
            target: each,
            setup: makeSetup({ policy }),
            injections: parseInjections(['host-swap@12']),
            flow: undefined,
            endpoints: 'reactive',
            seed: 1,
            signal: new AbortController().signal,
            observe: ({ packets: { step, time, verdict, count } }) => {
              for (let i = 0; i < count; i++) lines.push(`${step[i]} ${time[i]} ${verdict[i]}`)
            },
          })
          return { lines, impact }
        }),
      )
      expect(seen[0]?.lines.length).to.be.greaterThan(12)
      expect(seen[1]).to.deep.equal(seen[0])
    }
  })

  it('plays a round again from the first wrong guess, and stands when all were right', () => {
    const rounds = new Rounds()
    rounds.reset()
    expect(rounds.verdictOf(-1)).to.equal(Verdict.undecided)
    expect(rounds.settled()).to.equal(true)
    expect([2, 4].map((step) => rounds.verdictOf(step))).to.deep.equal([Verdict.forward, Verdict.forward])
    rounds.record(observed('fffdd'))
    expect(rounds.settled()).to.equal(false)
    // The fourth packet was seen; what comes after it is guessed to be as it was.
    expect([2, 4, 6].map((step) => rounds.verdictOf(step))).to.deep.equal([
      Verdict.forward,
      Verdict.drop,
      Verdict.drop,
    ])
    rounds.record(observed('fffddfd'))
    expect(rounds.settled()).to.equal(true)
  })

  it('plays a round again where something was emitted that endpoints were not told of', () => {
    const rounds = new Rounds()
    rounds.reset()
    expect(rounds.emittedAt(1)).to.deep.equal([])
    rounds.record(observed('ff', 1))
    expect(rounds.settled()).to.equal(false)
    expect(rounds.emittedAt(1)).to.have.length(1)
    expect(rounds.emittedAt(0)).to.deep.equal([])
    rounds.record(observed('ff', 1))
    expect(rounds.settled()).to.equal(true)
  })

  it('gives up on a target that answers differently each time', () => {
    const rounds = new Rounds()
    rounds.reset()
    const playAll = () => {
      for (let n = 0; ; n++) {
        for (let step = 0; step < 600; step++) rounds.verdictOf(step)
        rounds.record(observed((n % 2 === 0 ? 'fd' : 'df').repeat(300)))
        if (rounds.settled()) return
      }
    }
    expect(playAll)
      .to.throw(/^After 256 rounds/)
      .with.property('code', 'ERR_ROUNDS')
  })
})

describe('run/rounds, verdicts that are taken back', () => {
  const late = (step: number): ObservationBatch => ({
    ...observed(''),
    sightings: [{ kind: 'late', index: -1, step, after: 5e8 }],
  })

  it('are played again from the beginning where it depended on them what was offered', () => {
    const rounds = new Rounds()
    rounds.reset()
    rounds.record(observed('fd'))
    expect(rounds.verdictOf(1)).to.equal(Verdict.drop)
    rounds.record(late(1))
    expect(rounds.verdictOf(1)).to.equal(Verdict.forward)
    expect(rounds.settled()).to.equal(false)
    rounds.record(observed('ff'))
    expect(rounds.verdictOf(1)).to.equal(Verdict.forward)
    expect(rounds.settled()).to.equal(true)
  })

  it('stand where nobody asked for them', () => {
    const rounds = new Rounds()
    rounds.reset()
    rounds.record(observed('fd'))
    rounds.verdictOf(0)
    rounds.record(late(1))
    expect(rounds.settled()).to.equal(true)
  })

  it('are not played again for ever', () => {
    const rounds = new Rounds()
    rounds.reset()
    const again = () => {
      rounds.record(observed('d'))
      rounds.verdictOf(0)
      rounds.record(late(0))
      return rounds.settled()
    }
    expect([again(), again(), again()]).to.deep.equal([false, false, false])
    expect(again)
      .to.throw(/came out late 4 times/)
      .with.property('code', 'ERR_LATE')
  })
})

/** Observations by letter; `emits`: index of a packet about which something was emitted. */
function observed(letters: string, emits = -1): ObservationBatch {
  const packets = new PacketBatch(letters.length, 0)
  packets.count = letters.length
  for (const [i, letter] of [...letters].entries()) {
    packets.step[i] = i
    packets.verdict[i] = letter === 'f' ? Verdict.forward : Verdict.drop
  }
  if (emits >= 0)
    packets.emitted.push({
      cause: emits,
      kind: 'tcp-rst',
      to: 'sender',
      by: 0,
      at: 0,
      frame: new Uint8Array(0),
      link: 0,
      seq: 0,
      ack: 0,
    })
  return { packets, by: new Uint8Array(letters.length), knowledge: new Uint8Array(letters.length) }
}
