import { expect } from 'chai'
import { packet } from '../../engine/example-engine.test.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Host, Knowledge, nameOf, Reason, Verdict } from '../../model/codes.ts'
import type { Session } from '../../model/target.ts'
import type { TimelineChunk } from '../../model/timeline.ts'
import { calibrate } from '../../run/calibrate.ts'
import { makeSetup } from '../../suite/setup.ts'
import { batchOf, ethernet, onEveryLink } from '../../wire/example-frames.test.ts'
import { TUNNELS } from '../../wire/tunnel/example-tunnels.test.ts'
import { chunkOf, type Line, observe, sessionOf } from './example-session.test.ts'

const OPEN = ['> S 0', '< SA 0 1', '> A 1 1'] as const
const MISSED = 'drop stream midstream'
const MARKED = 'drop flow drop'

/** The same lines at another host, from a second on. */
function at(host: number, ...lines: readonly string[]): string[] {
  return lines.map((line) => `${line} host=${host}`)
}

describe('target/suricata', () => {
  it('gives verdict, reason, decider and how it is known; hosts have tables of their own', async () => {
    const session = await sessionOf({ policy: 'reject' })
    const lines = [...OPEN, ...at(1, '> PA 1 1 len=5', '< A 1 6'), '> PA 1 1 len=5']
    expect(await observe(session, lines)).to.deep.equal([
      ...OPEN.map(() => 'forward'),
      'reject stream midstream',
      MARKED,
      'forward',
    ])
    expect(await session.counters()).to.deep.equal([
      counters({ ReceivedPackets: 4, PassedPackets: 4 }),
      counters({
        ReceivedPackets: 2,
        RejectedPackets: 1,
        DroppedPackets: 1,
        StreamExceptionPolicyPackets: 1,
      }),
    ])
    await session.reset()
    expect((await session.counters())[1]).to.deep.equal(counters({}))
  })

  it('tells a silence of the time-out from one a second longer, at the second and in no time', async () => {
    const session = await sessionOf({ policy: 'drop', hosts: 1, 'tcp-idle': 350 })
    const silence = (seconds: number) => [...OPEN.map((line) => `${line} @0.9`), `> PA 1 1 len=5 @${seconds}`]
    const kept = await observe(session, silence(350.1))
    const lost = await observe(session, silence(351))
    expect([kept.at(-1), lost.at(-1)]).to.deep.equal(['forward', MISSED])
  })

  it('forgets a host’s sessions when it crashes, and not when it is drained or fails its health checks', async () => {
    const session = await sessionOf({ policy: 'drop', hosts: 1 })
    const lastAfter = async (...events: readonly Line[]) =>
      (await observe(session, [...OPEN, ...events, '> PA 1 1 len=5'])).at(-1)
    const restore = { kind: 'restore', host: 0 } as const
    expect(await lastAfter({ kind: 'crash', host: 0, flow: 0 }, restore)).to.equal(MISSED)
    expect(await lastAfter({ kind: 'drain', host: 0, flow: 0 }, restore)).to.equal('forward')
    expect(await lastAfter({ kind: 'unhealthy', host: 0, flow: 0 }, { kind: 'return' })).to.equal('forward')
  })

  it('leaves alone what reached no host, and says that it is known from a log', async () => {
    const session = await sessionOf({ policy: 'drop' })
    const chunk = chunkOf([...OPEN, '> PA 1 1 len=5'])
    const { packets } = chunk
    packets.host.set([Host.loadBalancer, Host.bypass, 1], 1)
    packets.verdict.set([Verdict.drop, Verdict.forward], 1)
    packets.reason.set([Reason['idle timeout'], Reason.bypass], 1)
    async function* chunks(): AsyncGenerator<TimelineChunk> {
      yield chunk
      // Its owner uses it again.
      packets.clear()
    }
    const { signal } = new AbortController()
    const timeline = { epoch: 0n, phases: ['before'], chunks: chunks() }
    for await (const { packets: seen, by, knowledge, emissions } of session.replay(timeline, signal)) {
      expect([...seen.verdict]).to.deep.equal([Verdict.forward, Verdict.drop, Verdict.forward, Verdict.drop])
      expect([...seen.reason].slice(1, 3)).to.deep.equal([Reason['idle timeout'], Reason.bypass])
      expect([...by]).to.deep.equal([0, Host.loadBalancer, Host.path, 1])
      expect([...knowledge]).to.deep.equal([0, 1, 2, 3].map(() => Knowledge.log))
      expect(emissions).to.equal('unseen')
    }
  })

  it('reads frames of every link layer, mixed, as it reads them on Ethernet', async () => {
    const session = await sessionOf({ policy: 'reject', hosts: 1 })
    const lines = ['> A 1 1', '> A 1 1', '< A 1 1', '> S 5', '< SA 5 6', '> A 6 6']
    const links = onEveryLink(packet('> A 1 1').bytes.subarray(14)).length
    const frames = Array.from({ length: links }, (_, k) =>
      lines.flatMap((line, i) => {
        const frame = packet(`${line} port=${41_000 + k}`).bytes.subarray(14)
        return onEveryLink(frame).slice((i + k) % links, ((i + k) % links) + 1)
      }),
    )
    const onEthernet = (await observe(session, lines)).map((word) => word.split(' ')[0])
    expect(onEthernet).to.deep.equal(['reject', 'drop', 'drop', 'forward', 'forward', 'forward'])
    const seen = await decided(session, batchOf(...frames.flat()))
    expect(seen).to.deep.equal(frames.flatMap(() => onEthernet))
  })

  it('looks into tunnels or not, and leaves undecided what it drops for one that it was not to look into', async () => {
    const wrapped = (name: string) => {
      const { wrap = (inner: Uint8Array) => inner } = TUNNELS.find((each) => each.name === name) ?? {}
      return batchOf(ethernet(wrap(packet('> A 1 1').bytes.subarray(14))))
    }
    const inner = await sessionOf({ policy: 'drop', hosts: 1, tunnels: 'inner' })
    const outer = await sessionOf({ policy: 'drop', hosts: 1, tunnels: 'outer' })
    for (const [name, without] of [
      ['vxlan', 'forward'],
      ['gre', 'undecided'],
    ] as const) {
      expect(await decided(inner, wrapped(name)), name).to.deep.equal(['drop'])
      expect(await decided(outer, wrapped(name)), name).to.deep.equal([without])
    }
  })

  it('names the default action that dropped, and lets controls through before it', async () => {
    const strict = { 'rule-order': 'strict', 'default-actions': ['aws:drop_strict'], hosts: 1 } as const
    const session = await sessionOf({
      policy: 'continue',
      ...strict,
      rules: ['pass tcp any any -> any any (flags:S; sid:1;)'],
    })
    expect(await observe(session, ['> S 0', '> UDP'])).to.deep.equal(['forward', 'drop default action'])
    const setup = makeSetup({ profile: 'suricata-7', policy: 'continue', ...strict })
    expect(await calibrate(session, setup, new AbortController().signal)).to.equal(undefined)
  })
})

/** The verdicts of one batch at the first host. */
async function decided(session: Session, batch: PacketBatch): Promise<string[]> {
  batch.number.forEach((_, i) => {
    batch.time[i] = i * 1000
  })
  async function* chunks(): AsyncGenerator<TimelineChunk> {
    yield { packets: batch, events: [] }
  }
  const timeline = { epoch: 0n, phases: ['before'], chunks: chunks() }
  const seen: string[] = []
  for await (const { packets } of session.replay(timeline, new AbortController().signal))
    for (let i = 0; i < packets.count; i++) seen.push(nameOf(Verdict, packets.verdict[i] ?? 0))
  return seen
}

function counters(some: Readonly<Record<string, number>>): Record<string, number> {
  return {
    ReceivedPackets: 0,
    PassedPackets: 0,
    DroppedPackets: 0,
    RejectedPackets: 0,
    InvalidDroppedPackets: 0,
    OtherDroppedPackets: 0,
    StreamExceptionPolicyPackets: 0,
    ...some,
  }
}
