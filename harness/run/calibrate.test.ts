import { expect } from 'chai'
import type { PacketBatch } from '../model/batch.ts'
import type { Case } from '../model/case.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { Setup } from '../model/setup.ts'
import type { Session } from '../model/target.ts'
import { CONTROL_CLIENT } from '../observe/control-frames.ts'
import type { SetupInput } from '../suite/setup/input.ts'
import { makeSetup } from '../suite/setup.ts'
import { isWithinCidr, parseCidr } from '../support/cidr.ts'
import { getTarget } from '../target/targets.ts'
import { sourceAt } from '../wire/ip.ts'
import { calibrate } from './calibrate.ts'
import { CalibratedSession } from './calibrated-session.ts'
import { CaptureStore } from './captures.ts'
import { allSuites } from './fixtures/all-suites.ts'
import { CasePlayer } from './play.ts'
import { loadSuites } from './suites.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const { signal } = new AbortController()
const reference = getTarget('reference', 'test')

/** Setups in which packets are judged by ever more than the exception policy. */
const SETUPS: Readonly<Record<string, SetupInput>> = {
  'no rules': {},
  'rules that let nothing through': { rules: ['drop ip any any -> any any (sid:1;)'] },
  'rules in strict order': { 'rule-order': 'strict', rules: ['drop tcp any any -> any any (sid:1;)'] },
  'a default action': { 'rule-order': 'strict', 'default-actions': ['aws:drop_strict'] },
  'a stateless engine': { stateless: { 'default-action': 'aws:drop' } } as SetupInput,
}

/** The reference, which drops what `drops` says after it has decided. */
async function liar(setup: Setup, drops: (packets: PacketBatch, index: number) => boolean): Promise<Session> {
  const session = await reference.prepare(setup, signal)
  return {
    reset: () => session.reset(),
    counters: () => session.counters(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    async *replay(timeline, aborted) {
      for await (const observed of session.replay(timeline, aborted)) {
        const { packets } = observed
        for (let i = 0; i < packets.count; i++) if (drops(packets, i)) packets.verdict[i] = Verdict.drop
        yield observed
      }
    },
  }
}

function isAmongControls({ bytes, l3 }: PacketBatch, index: number): boolean {
  const at = l3[index] ?? 0
  const control = parseCidr(`${CONTROL_CLIENT.ipv4}/32`)
  const server = parseCidr('198.19.0.1/32')
  return [control, server].some(
    (each) => each !== undefined && isWithinCidr(each, bytes, sourceAt(bytes, at), 4),
  )
}

describe('run/calibrate', () => {
  for (const [name, input] of Object.entries(SETUPS))
    it(`finds who drops everything but controls, with ${name}`, async () => {
      const setup = makeSetup({ profile: 'aws-nfw', ...input })
      const wrong = (session: Session) =>
        calibrate(session, setup, signal, { clock: 'virtual', families: ['ipv4'] })
      expect(await wrong(await liar(setup, () => false))).to.equal(undefined)
      const sentence = /^A new connection did not come out by fw-a c2s/
      const byRole = await liar(setup, ({ role }, i) => role[i] !== Role.control)
      expect(await wrong(byRole)).to.match(sentence)
      const byAddress = await liar(setup, (packets, i) => !isAmongControls(packets, i))
      expect(await wrong(byAddress)).to.match(sentence)
    })

  it('is passed by the reference under every setup of the suites', async () => {
    const setups = new Map<string, Setup>()
    for (const { cases } of allSuites()) for (const { setup } of cases) setups.set(setup.key, setup)
    for (const setup of setups.values()) {
      if (setup.topology.sharing.kind === 'store') continue
      await using session = await reference.prepare(setup, signal)
      expect(
        await calibrate(session, setup, signal, { clock: 'virtual', families: ['ipv4'] }),
        JSON.stringify(setup),
      ).to.equal(undefined)
    }
  })
})

describe('run/calibrated-session', () => {
  const [test] = loadSuites(['core/live-session'], [ROOT]).flatMap(({ cases }) => cases) as [Case]

  /** A session through a liar, and an attempt at the case. */
  async function play(drops: (packets: PacketBatch, index: number) => boolean) {
    const recorded = await new CaptureStore().load(test.capture, test.setup)
    const session = new CalibratedSession(await liar(test.setup, drops), test.setup)
    const attempt = () => new CasePlayer(1).play(test, recorded, session, signal)
    return { session, attempt }
  }

  it('proves itself in every replay, of which nothing is seen', async () => {
    await using plain = await reference.prepare(test.setup, signal)
    const recorded = await new CaptureStore().load(test.capture, test.setup)
    const expected = await new CasePlayer(1).play(test, recorded, plain, signal)
    const { session, attempt } = await play(() => false)
    expect(session.passed).to.equal(false)
    expect({ ...(await attempt()), durationMs: 0, counters: [] }).to.deep.equal({
      ...expected,
      durationMs: 0,
      counters: [],
    })
    expect(session.passed).to.equal(true)
  })

  it('ends a replay whose calibration fails, with its sentence', async () => {
    const { session, attempt } = await play(({ role }, i) => role[i] === Role.control)
    const thrown = await attempt().catch((error: unknown) => error)
    expect(thrown).to.include({ code: 'ERR_CALIBRATION', exitCode: 3 })
    expect(session.wrong).to.match(/^A datagram that is allowed did not come out by fw-a c2s/)
    expect(session.passed).to.equal(false)
  })

  it('finds who drops everything but controls from some packet on', async () => {
    let seen = 0
    const { session, attempt } = await play(({ role }, i) => role[i] !== Role.control && ++seen > 30)
    const thrown = await attempt().catch((error: unknown) => error)
    expect(seen).to.be.greaterThan(30)
    expect(thrown).to.include({ code: 'ERR_CALIBRATION', exitCode: 3 })
    expect(session.wrong).to.match(/^A new connection did not come out by fw-a c2s/)
  })
})
