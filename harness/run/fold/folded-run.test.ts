import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Role, Verdict } from '../../model/codes.ts'
import type { CaseFinished, RunEvent } from '../../model/run-log.ts'
import type { Session, Target } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { loadSuite } from '../../suite/cases.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { getTarget } from '../../target/targets.ts'
import { CaptureStore } from '../captures.ts'
import { Offers } from '../offer.ts'
import { type RunOptions, runCases } from '../pipeline.ts'
import { summarisePlan } from '../plan-summary.ts'

const CAPTURES = new URL('../../../captures', import.meta.url).pathname
const reference = getTarget('reference', 'test')

/** Cases of one setup, each with one flow; what is expected of the last is wrong. */
const SUITE = `
suite: demo
title: For tests
setup: { profile: suricata-7, hosts: [fw-a, fw-b] }
matrix: { number: [2, 3, 4] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: { at: "c2s:data#{number}" } }]
    expect: { before: forward, after host-swap: blocked }
  - name: wrong
    requirement: After a swap all comes out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: { at: "c2s:data#{number}" } }]
    expect: { before: forward, after host-swap: forward }
`

function cases() {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-folding-'))
  try {
    const file = join(folder, 'suite.yaml')
    writeFileSync(file, SUITE)
    return loadSuite(file, { captures: [CAPTURES] }).cases
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The reference with another `replay`; `count`: which replay of the session it is, the first being calibration. */
function altered(
  replay: (
    session: Session,
    timeline: Timeline,
    signal: AbortSignal,
    count: number,
  ) => ReturnType<Session['replay']>,
  more: Partial<Target> = {},
): Target {
  return {
    name: 'altered',
    version: 'test',
    capabilities: reference.capabilities,
    prepare: async (setup, signal) => {
      const session = await reference.prepare(setup, signal)
      let count = 0
      return {
        replay: (timeline, aborted) => replay(session, timeline, aborted, count++),
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
    ...more,
  }
}

async function run(target: Target, options: Partial<RunOptions> = {}) {
  const events: RunEvent[] = []
  const finished = await runCases({
    cases: () => cases(),
    captures: new CaptureStore(),
    targets: [target],
    seed: 1,
    fold: 'always',
    repeat: 1,
    retries: 0,
    bail: false,
    knownFailures: NO_KNOWN_FAILURES,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    ...options,
  })
  const done = events.filter((event): event is CaseFinished => event.type === 'case-finished')
  return { ...finished, events, done }
}

describe('run with folds', () => {
  it('tells of every case once, with its own outcome and its share of the time', async () => {
    const began = performance.now()
    const { done, totals } = await run(reference)
    const took = performance.now() - began
    const alone = await run(reference, { fold: 'never' })
    const shown = ({ case: { name }, outcome }: CaseFinished) => `${name} ${outcome}`
    expect(done.map(shown).sort()).to.deep.equal(alone.done.map(shown).sort())
    expect(totals).to.include({ pass: 3, fail: 3 })
    expect(done.every(({ durationMs }) => durationMs > 0)).to.equal(true)
    expect(done.reduce((sum, { durationMs }) => sum + durationMs, 0)).to.be.at.most(took)
  })

  it('plays all cases of a fold in one replay, and tries those again that did not pass', async () => {
    const steps: number[] = []
    const counting = altered(async function* (session, timeline, signal, count) {
      steps[count] = 0
      for await (const observed of session.replay(timeline, signal)) {
        for (let i = 0; i < observed.packets.count; i++)
          if (observed.packets.role[i] !== Role.control) steps[count] = (steps[count] ?? 0) + 1
        yield observed
      }
    })
    const { done } = await run(counting, { retries: 1 })
    expect(steps).to.have.lengthOf(3)
    expect(steps[2]).to.equal((steps[1] ?? 0) / 2)
    expect(done.map(({ case: { name }, attempt }) => [name.includes('wrong'), attempt])).to.have.deep.members(
      [...Array.from({ length: 3 }, () => [true, 2]), ...Array.from({ length: 3 }, () => [false, 1])],
    )
  })

  it('calls a case flaky that came out otherwise when it was tried again, and no other', async () => {
    const slipping = altered(async function* (session, timeline, signal, count) {
      let slips = count === 1 ? 1 : 0
      for await (const observed of session.replay(timeline, signal)) {
        const { packets } = observed
        for (let i = 0; i < packets.count; i++)
          if (packets.role[i] !== Role.control && packets.verdict[i] === Verdict.drop && slips-- > 0)
            packets.verdict[i] = Verdict.forward
        yield observed
      }
    })
    const { totals } = await run(slipping, { retries: 1, cases: () => cases().slice(0, 3) })
    expect(totals).to.include({ pass: 2, flaky: 1 })
  })

  it('has an error of the replay be that of each of its cases', async () => {
    const breaking = altered((session, timeline, signal, count) => {
      if (count > 0) throw new FlowbreakError('ERR_TEST', 'The device went away.')
      return session.replay(timeline, signal)
    })
    const { done, exitCode } = await run(breaking, { retries: 2 })
    expect(done.map(({ outcome, detail, attempt }) => `${outcome} ${detail} ${attempt}`)).to.deep.equal(
      Array.from({ length: 6 }, () => 'error The device went away. 1'),
    )
    expect(exitCode).to.equal(3)
  })

  it('does not let a case pass that the target leaves out', async () => {
    const silent = altered(async function* (session, timeline, signal, count) {
      for await (const observed of session.replay(timeline, signal)) if (count === 0) yield observed
    })
    const { totals } = await run(silent)
    expect(totals).to.include({ pass: 0, inconclusive: 6 })
  })

  it('keeps what a fold showed when it bails out, and nothing of one that was interrupted', async () => {
    const limits = { sessions: 4 }
    const bailed = await run({ ...bare(), limits }, { bail: true })
    expect(bailed.reason).to.equal('bailed')
    expect(bailed.done.length).to.be.within(1, 5)
    const interrupt = new AbortController()
    const stopped = await run(
      altered(async function* (session, timeline, signal, count) {
        if (count > 0) interrupt.abort()
        yield* session.replay(timeline, signal)
      }),
      { signal: interrupt.signal },
    )
    expect(stopped.done).to.be.empty
    expect(stopped.exitCode).to.equal(130)
  })

  it('cuts folds by limits, and skips by name what exceeds them alone', async () => {
    const planning = { captures: new CaptureStore(), offers: new Offers(1), fold: 'always' } as const
    const plan = (limits: Target['limits']) =>
      summarisePlan(cases(), limits === undefined ? bare() : { ...bare(), limits }, planning, 1)
    const free = await plan(undefined)
    expect(free).to.include({ cases: 6, setups: 1, replays: 1, folds: 1, clock: 'virtual' })
    const cut = await plan({ sessions: free.peak.sessions / 3 })
    expect(cut).to.include({ cases: 6, replays: 3, folds: 3 })
    expect(cut.peak.sessions).to.be.at.most(free.peak.sessions / 3)
    const none = await run({ ...bare(), limits: { packetsPerSecond: 1 } })
    expect(none.totals).to.include({ pass: 0, skipped: 6 })
    expect(none.exitCode).to.equal(2)
    const [skipped] = none.events.filter((event) => event.type === 'case-skipped')
    expect(skipped?.lacks).to.match(/^\d+ packets-per-second of 1$/)
  })

  it('tells how long a run takes on a real clock', async () => {
    const planning = { captures: new CaptureStore(), offers: new Offers(1), fold: 'auto' } as const
    const timed = (clock: 'virtual' | 'real', clockScale: number) =>
      summarisePlan(
        cases(),
        { ...bare(), capabilities: { ...reference.capabilities, clock, clockScale } },
        planning,
        2,
      )
    const virtual = await timed('virtual', 1)
    const real = await timed('real', 10)
    expect(virtual).to.include({ replays: 12, folds: 0 }).and.not.have.property('wallSeconds')
    expect(real).to.include({ replays: 2, folds: 2 })
    expect(real.wallSeconds).to.be.closeTo(real.timelineSeconds / 10, 0.001)
    expect(real.timelineSeconds).to.be.below(virtual.timelineSeconds)
  })
})

/** The reference as an object whose parts can be replaced. */
function bare(): Target {
  return altered((session, timeline, signal) => session.replay(timeline, signal))
}
