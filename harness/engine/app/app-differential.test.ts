import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import type { PacketBatch } from '../../model/batch.ts'
import { Direction, Kind } from '../../model/codes.ts'
import { dice } from '../conversations/random.test.ts'
import { batchOf, readRecorded, recordedCaptures } from '../oracle-cases.test.ts'
import { mutate, rebased } from '../oracle-mutations.test.ts'
import type { OracleFrame } from '../oracle-suricata.test.ts'
import { compare } from './compare.test.ts'
import { cutSmall, loseSome, repeatSome, shuffleRuns } from './resegment.test.ts'

/** The recorded captures of something that this layer tells, and of what it must not take for that. */
const TOLD = recordedCaptures().filter((name) => /http|tls|ssh|dns|ftp|postgres|redis|half-close/.test(name))
const SMALL = TOLD.filter((name) => !/download/.test(name))

function assigned(frames: readonly OracleFrame[]): PacketBatch {
  const batch = batchOf(frames)
  new FlowTable().assign(batch)
  return batch
}

describe('the application layer, against Suricata 7', function () {
  this.timeout(300_000)

  it('every recorded capture, whole and cut at packets, under each policy', async () => {
    const cases = TOLD.flatMap((name) => {
      const frames = readRecorded(name)
      const cuts = frames.length > 60 ? [0, 1, 2, 5, 30] : frames.map((_, n) => n)
      return cuts.map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }))
    })
    for (const exception of ['drop', 'reject', 'continue'] as const) {
      const { alerts, differences } = await compare(cases, exception)
      expect(differences).to.deep.equal([])
      expect(alerts).to.be.above(1000)
    }
  })

  it('sessions that are picked up midstream, on a bare ACK of the client', async () => {
    const cases = SMALL.flatMap((name) => {
      const frames = readRecorded(name)
      const { direction, payload, kind } = assigned(frames)
      const isTcp = (n: number) => kind[n] === Kind.tcp4 || kind[n] === Kind.tcp6
      const cuts = frames
        .map((_, n) => n)
        .filter((n) => n < 60 && isTcp(n) && direction[n] === Direction.c2s && payload[n] === 0)
      return cuts.map((cut) => ({ name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }))
    })
    const { alerts, differences } = await compare(cases, 'continue', true)
    expect(differences).to.deep.equal([])
    expect(alerts).to.be.above(500)
  })

  it('cut into small segments', async () => {
    const cases = SMALL.flatMap((name) =>
      [1, 2, 3, 7, 50].map((size) => ({
        name: `${name} by ${size}`,
        frames: cutSmall(readRecorded(name), size, 400),
      })),
    )
    expect((await compare(cases, 'drop')).differences).to.deep.equal([])
  })

  it('reordered, repeated with other bytes, and with losses', async () => {
    const roll = dice(20_261_127)
    const cases = SMALL.flatMap((name) =>
      Array.from({ length: 6 }, (_, n) => {
        const pieces = cutSmall(readRecorded(name), 5 + roll(60), 600)
        const change = [shuffleRuns, repeatSome, loseSome][n % 3] ?? shuffleRuns
        return { name: `${name} ${change.name} ${n}`, frames: change(pieces, roll) }
      }),
    )
    expect((await compare(cases, 'drop')).differences).to.deep.equal([])
  })

  it('with anomalies', async () => {
    const roll = dice(4)
    const cases = SMALL.flatMap((name) => {
      const frames = rebased(readRecorded(name))
      return Array.from({ length: 8 }, (_, n) => ({
        name: `${name} changed ${n}`,
        frames: mutate(frames, 1 + roll(4), roll),
      }))
    })
    for (const exception of ['drop', 'continue'] as const)
      expect((await compare(cases, exception)).differences).to.deep.equal([])
  })
})
