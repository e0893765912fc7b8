import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { Role, Verdict } from '../model/codes.ts'
import type { HostEvent, TimelineChunk } from '../model/timeline.ts'
import { controlFrame } from '../observe/control-frames.ts'
import { makeSetup } from '../suite/setup.ts'
import { getTarget } from '../target/targets.ts'
import { decodeBatch } from '../wire/decode.ts'
import { append } from './calibrate.ts'
import { Proofs } from './proofs.ts'

const setup = makeSetup({ profile: 'aws-nfw', hosts: 2 })

/** A datagram by each of those hosts, after those events. */
function chunk(hosts: readonly number[], events: readonly HostEvent[] = []): TimelineChunk {
  const packets = new PacketBatch(4, 1024)
  for (const host of hosts)
    append(packets, controlFrame('ipv4', 0, 'allowed'), { host, direction: 0, role: Role.probe, flow: 0 })
  decodeBatch(packets)
  return { packets, events: events.map((event) => ({ before: 0, at: 0, event })) }
}

/** Plays chunks through the reference, in which `change` rewrites verdicts; hosts and roles of the last calibration, and what was told. */
async function proved(
  chunks: readonly TimelineChunk[],
  change: (packets: PacketBatch, nth: number) => void = () => {},
) {
  const proofs = new Proofs(setup)
  const { signal } = new AbortController()
  await using session = await getTarget('reference', 'test').prepare(setup, signal)
  async function* each() {
    yield* chunks
  }
  const told: string[] = []
  const asked: string[][] = []
  let nth = 0
  for await (const { packets } of session.replay(
    { epoch: 0n, phases: ['before'], chunks: proofs.around(each()) },
    signal,
  )) {
    change(packets, nth++)
    const { isProof, wrong } = proofs.take(packets)
    if (wrong !== undefined) told.push(wrong)
    if (isProof)
      asked.push(
        Array.from(
          { length: packets.count },
          (_, i) => `${packets.host[i]}${packets.role[i] === Role.control ? '' : ' opening'}`,
        ),
      )
  }
  const left = proofs.unanswered()
  return { told: left === undefined ? told : [...told, left], asked }
}

const ALL = ['0', '0', '0', '0', '0 opening', '1', '1', '1', '1', '1 opening']

describe('run/proofs', () => {
  it('asks every host before and after the packets of a case, openings of others each time', async () => {
    expect(await proved([chunk([0]), chunk([1])])).to.deep.equal({ told: [], asked: [ALL, ALL] })
  })

  it('finds out at the end who forwards everything by then', async () => {
    const { told } = await proved([chunk([0])], ({ verdict, count }, nth) => {
      if (nth > 0) verdict.fill(Verdict.forward, 0, count)
    })
    expect(told[0]).to.equal(
      'A reset of no known connection came out by fw-a c2s: the target lets everything through.',
    )
  })

  it('asks no host at the end that crashed and took nothing since', async () => {
    const crash = { kind: 'crash', host: 0, flow: -1 } as const
    const restore = { kind: 'restore', host: 0 } as const
    const gone = await proved([chunk([0]), chunk([1], [crash])])
    expect(gone).to.deep.equal({ told: [], asked: [ALL, ALL.slice(5)] })
    const back = await proved([chunk([0]), chunk([0], [crash, restore])])
    expect(back).to.deep.equal({ told: [], asked: [ALL, ALL] })
  })

  it('opens no connection at the end where tables were filled', async () => {
    const { asked } = await proved([chunk([0]), chunk([], [{ kind: 'fill-table', scope: 'hosts' }])])
    expect(asked[1]).to.deep.equal(ALL.filter((each) => !each.endsWith('opening')))
  })

  it('tells when what was asked was not answered', async () => {
    expect((await proved([])).told).to.deep.equal(['The target answered for 0 of 10 packets.'])
  })
})
