import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Host, Verdict } from '../model/codes.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Session, Target } from '../model/target.ts'
import { KnownFailures } from '../plan/known-failures.ts'
import { planCases } from '../plan/plan.ts'
import { loadSuite } from '../suite/cases.ts'
import { FlowbreakError } from '../support/errors.ts'
import { ReferenceTarget } from '../target/reference/reference.ts'
import { CaptureStore } from './captures.ts'
import { type RunOptions, runCases } from './pipeline.ts'

const CAPTURES = new URL('../../captures', import.meta.url).pathname
const reference = new ReferenceTarget('test')

const SUITE = (expected: string, more = '') => `
suite: demo
title: For tests
setup: { profile: suricata-7 }
matrix: { policy: [drop, reject] }
cases:
  - name: swap
    requirement: After a swap nothing comes out.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    inject: [{ host-swap: { at: "c2s:data#3" } }]
    expect: { before: forward, after host-swap: ${expected} }
${more}`

const REACTIVE = `
  - name: live
    requirement: A live connection does not survive.
    source: { mark: SRC, product: suricata, where: a test }
    capture: echo-ladder-ipv4
    endpoints: reactive
    inject: [{ host-swap: { at: "c2s:data#3" } }]
    expect: { impact: [hung, reset] }
`

/** A target that behaves as the reference, but for what `change` makes of each session. */
function altered(change: (session: Session) => Session, more: Partial<Target> = {}): Target {
  return {
    name: 'altered',
    version: '1',
    capabilities: reference.capabilities,
    prepare: async (setup) => change(await reference.prepare(setup)),
    ...more,
  }
}

/** Answers for every packet what `verdict` makes of the real one. */
function answering(verdict: (real: number, count: number) => number): (session: Session) => Session {
  let count = 0
  return (session) => ({
    replay: async function* (timeline, signal) {
      for await (const observed of session.replay(timeline, signal)) {
        const { packets } = observed
        for (let i = 0; i < packets.count; i++)
          if ((packets.host[i] ?? 0) < Host.unknown)
            packets.verdict[i] = verdict(packets.verdict[i] ?? 0, count++)
        yield observed
      }
    },
    reset: () => session.reset(),
    counters: () => session.counters(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  })
}

async function play(target: Target, yaml: string, options: Partial<RunOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    const file = join(folder, 'suite.yaml')
    writeFileSync(file, yaml)
    const { cases } = planCases([loadSuite(file, { captures: [CAPTURES] })])
    const events: RunEvent[] = []
    const { exitCode, totals, reason } = await runCases({
      cases: () => cases,
      captures: new CaptureStore(),
      targets: [target],
      seed: 1,
      fold: 'auto',
      repeat: 1,
      retries: 0,
      bail: false,
      knownFailures: new KnownFailures([], ''),
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
      ...options,
    })
    return { exitCode, totals, reason, events }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('run/pipeline', () => {
  it('passes what is as expected, with recorded and with reactive endpoints', async () => {
    const { exitCode, totals, events } = await play(reference, SUITE('blocked', REACTIVE))
    expect(totals).to.include({ pass: 4, fail: 0 })
    expect(exitCode).to.equal(0)
    expect(events.filter(({ type }) => type === 'target-ready')).to.have.lengthOf(2)
    const finished = events.filter((event) => event.type === 'case-finished')
    expect(finished.every(({ trace }) => trace !== undefined && trace.controls.sent > 0)).to.equal(true)
  })

  it('fails what is not, with exit code 1', async () => {
    const { exitCode, totals } = await play(reference, SUITE('forward'))
    expect(totals).to.include({ pass: 0, fail: 2 })
    expect(exitCode).to.equal(1)
  })

  it('does not grade through a target that is deaf, or one that lets everything through', async () => {
    for (const [change, word] of [
      [answering(() => Verdict.drop), 'deaf or dead'],
      [answering(() => Verdict.forward), 'lets everything through'],
    ] as const) {
      const { exitCode, totals, events } = await play(altered(change), SUITE('blocked'))
      expect(totals).to.include({ pass: 0, fail: 0, error: 2 })
      expect(exitCode).to.equal(3)
      const failed = events.find((event) => event.type === 'target-failed')
      expect(failed?.message).to.contain(word)
    }
  })

  it('is inconclusive when a road dies after calibration, or a packet stays undecided', async () => {
    // Calibration takes ten packets; whatever comes after it is lost.
    const dying = answering((real, count) => (count < 10 ? real : Verdict.drop))
    const dead = await play(altered(dying), SUITE('blocked'), { bail: true })
    expect(dead.totals.inconclusive).to.equal(1)
    expect(dead.totals.pass).to.equal(0)
    const unsure = answering((real, count) => (count === 30 ? Verdict.undecided : real))
    const { totals, exitCode } = await play(altered(unsure), SUITE('blocked'))
    expect(totals.inconclusive).to.be.at.least(1)
    expect(exitCode).to.equal(3)
  })

  it('reports a target that cannot be prepared, and passes none of its cases', async () => {
    const target = altered((session) => session, {
      prepare: async () => {
        throw new FlowbreakError('ERR_TEST', 'No device answers.')
      },
    })
    const { exitCode, totals, events } = await play(target, SUITE('blocked'))
    expect(totals).to.include({ pass: 0, error: 2 })
    expect(exitCode).to.equal(3)
    expect(events.find((event) => event.type === 'target-failed')).to.include({ code: 'ERR_TEST' })
  })

  it('reports a target that breaks while it is proved, and passes none of its cases', async () => {
    const breaking = altered((session) => ({
      ...answering((real) => real)(session),
      replay: async function* () {
        yield* []
        throw new FlowbreakError('ERR_TEST', 'The device went away.')
      },
    }))
    const { exitCode, totals, events } = await play(breaking, SUITE('blocked'))
    expect(totals).to.include({ pass: 0, error: 2 })
    expect(exitCode).to.equal(3)
    expect(events.at(-1)?.type).to.equal('run-finished')
  })

  it('skips cases by the name of what the target lacks; with nothing else to show that is exit code 2', async () => {
    const lacking = altered((session) => session, {
      capabilities: { ...reference.capabilities, policies: ['drop'] },
    })
    const some = await play(lacking, SUITE('blocked'))
    expect(some.totals).to.include({ pass: 1, skipped: 1 })
    expect(some.events.find((event) => event.type === 'case-skipped')).to.include({ lacks: 'policy reject' })
    const none = await play(
      altered((session) => session, { capabilities: { ...reference.capabilities, policies: [] } }),
      SUITE('blocked'),
    )
    expect(none.exitCode).to.equal(2)
  })

  it('calls a case flaky whose attempts differ, and never hides it', async () => {
    let slips = 1
    const once = answering((real, count) =>
      count >= 10 && real === Verdict.drop && slips-- > 0 ? Verdict.forward : real,
    )
    const { totals, exitCode } = await play(altered(once), SUITE('blocked'), { retries: 2 })
    expect(totals.flaky).to.equal(1)
    expect(exitCode).to.equal(1)
  })

  it('holds known failures to their word', async () => {
    const known = new KnownFailures([{ pattern: 'demo/swap/policy:drop', reason: 'vendor bug' }], '')
    const failing = await play(reference, SUITE('forward'), { knownFailures: known })
    expect(failing.totals).to.include({ 'known-failure': 1, fail: 1 })
    const passing = await play(reference, SUITE('blocked'), { knownFailures: known })
    expect(passing.totals).to.include({ 'unexpected-pass': 1, pass: 1 })
    expect(passing.exitCode).to.equal(1)
  })

  it('keeps what was done when it is interrupted or bails out', async () => {
    const bailed = await play(reference, SUITE('forward'), { bail: true })
    expect(bailed.totals.fail).to.equal(1)
    expect(bailed.reason).to.equal('bailed')
    const interrupt = new AbortController()
    const interrupted = await play(reference, SUITE('blocked'), {
      signal: interrupt.signal,
      emit: (event) => {
        if (event.type === 'case-finished') interrupt.abort()
      },
    })
    expect(interrupted.totals.pass).to.equal(1)
    expect(interrupted.exitCode).to.equal(130)
  })

  it('gives the same verdicts however often a case is played', async () => {
    const verdicts = async (repeat: number) => {
      const { events } = await play(reference, SUITE('blocked', REACTIVE), { repeat })
      return events.flatMap((event) => (event.type === 'case-finished' ? [event.trace?.verdict] : []))
    }
    expect(await verdicts(3)).to.deep.equal(await verdicts(1))
  })

  it('finds a position past the end before anything is played, with the line of the case', async () => {
    const late = SUITE('blocked').replace('"c2s:data#3"', '99')
    const error = await play(reference, late).catch((thrown: unknown) => thrown)
    expect(error)
      .to.be.instanceOf(FlowbreakError)
      .with.property('message')
      .that.matches(/suite\.yaml:7: .*packet 99/)
  })
})
