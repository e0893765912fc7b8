import { expect } from 'chai'
import { NANOS_PER_SECOND } from '../../model/batch.ts'
import { Tcp, Verdict } from '../../model/codes.ts'
import type { ObservationBatch, Session, Target } from '../../model/target.ts'
import type { Timeline } from '../../model/timeline.ts'
import { getProfile } from '../../profile/index.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { seededRandom } from '../../timeline/random.ts'
import { documentOf } from './document.ts'
import { valuesOf } from './knob-values.ts'
import type { Learned } from './learn.ts'
import { learnFrom } from './learned.fixture.ts'

/** The reference as suricata-7, each of whose replays goes through `spoil` before it is told. */
function spoiled(spoil: (observed: ObservationBatch, replay: number) => void): Target {
  const reference = new ReferenceTarget('test')
  let replays = 0
  return {
    name: 'spoiled',
    version: '',
    capabilities: reference.capabilities,
    prepare: async (setup): Promise<Session> => {
      const session = await reference.prepare(setup)
      const replay = replays++
      return {
        async *replay(timeline: Timeline, signal: AbortSignal) {
          for await (const observed of session.replay(timeline, signal)) {
            spoil(observed, replay)
            yield observed
          }
        },
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      }
    },
  }
}

/** No knob is known with a value that the shipped profile does not have, unless in doubt. */
function neverConfidentlyWrong({ findings }: Learned): void {
  const shipped = valuesOf(getProfile('suricata-7'))
  for (const [knob, finding] of findings)
    if (!('unknown' in finding) && finding.confidence !== 'low' && knob !== 'policies')
      expect(finding.value, knob).to.equal(shipped[knob])
}

describe('author/learn: targets that are not well', () => {
  it('knows nothing of a time-out that the target cannot be set to exactly', async () => {
    const target: Target = { ...spoiled(() => undefined), inexact: () => ['tcpNew'] }
    const learned = await learnFrom('suricata-7', target)
    expect(learned.findings.get('tcpNew')).to.have.property(
      'unknown',
      'the target lacks a clock that can keep it exactly',
    )
    expect(learned.findings.get('udpNew')).to.have.property('value', 30)
    neverConfidentlyWrong(learned)
  })

  it('says that a target answers at random, and knows nothing of it', async () => {
    const random = seededRandom(3)
    const learned = await learnFrom(
      'suricata-7',
      spoiled(({ packets }) => {
        for (let i = 0; i < packets.count; i++)
          packets.verdict[i] = random() % 2 === 0 ? Verdict.forward : Verdict.drop
      }),
    )
    expect(learned.troubles).not.to.be.empty
    for (const [knob, finding] of learned.findings) expect(finding, knob).to.have.property('unknown')
  }).timeout(240_000)

  it('says that a target changed in the middle, and which probes it then answered otherwise', async () => {
    const learned = await learnFrom(
      'suricata-7',
      spoiled(({ packets }, replay) => {
        if (replay < 60) return
        // From then on no RST goes through.
        for (let i = 0; i < packets.count; i++)
          if (((packets.flags[i] ?? 0) & Tcp.rst) !== 0) packets.verdict[i] = Verdict.drop
      }),
    )
    expect(learned.troubles.join()).to.contain('changed in the middle')
    expect(learned.unsteady.size).to.be.greaterThan(0)
    expect(documentOf(learned, 'spoiled', 1).unsteady?.join()).to.contain('in the end')
    neverConfidentlyWrong(learned)
  }).timeout(240_000)

  it('says that a target limits connections, and asks for fewer at a time', async () => {
    const learned = await learnFrom(
      'suricata-7',
      spoiled(({ packets }) => {
        const begun = new Map<number, number>()
        const refused = new Set<number>()
        for (let i = 0; i < packets.count; i++) {
          const flow = packets.flow[i] ?? -1
          const second = Math.floor((packets.time[i] ?? 0) / NANOS_PER_SECOND)
          if (packets.flags[i] === Tcp.syn) {
            begun.set(second, (begun.get(second) ?? 0) + 1)
            if ((begun.get(second) ?? 0) > 200) refused.add(flow)
          }
          if (refused.has(flow)) packets.verdict[i] = Verdict.drop
        }
      }),
    )
    expect(learned.troubles.join()).to.contain('probes at once')
    neverConfidentlyWrong(learned)
    expect(learned.findings.get('tcpEstablished')).to.include({ value: 600 })
  }).timeout(240_000)

  it('says that a target died, and knows nothing that it did not answer', async () => {
    const reference = spoiled((_, replay) => {
      if (replay > 20) throw new FlowbreakError('ERR_TARGET_GONE', 'The device is gone.')
    })
    const learned = await learnFrom('suricata-7', reference)
    expect(learned.troubles.join()).to.contain('the target broke: The device is gone.')
    neverConfidentlyWrong(learned)
  }).timeout(240_000)
})
