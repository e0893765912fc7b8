import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import type { Injection } from '../model/case.ts'
import { appendPacket } from './append.ts'
import { borrow } from './borrow.ts'
import { compileRecorded, placeInjections } from './compile.ts'
import { Feedback } from './feedback.ts'
import { loadRecorded, roadBatch } from './recorded.ts'
import { captureFile } from './weave.fixture.ts'

/** Columns that whoever borrows sets. */
const OWN = new Set(['time', 'step', 'phase', 'role', 'host', 'verdict', 'reason'])

/** Columns up to flow/ but time, offsets as seen from the frame, and frames. */
function shown(batch: PacketBatch) {
  const { count } = batch
  const columns = Object.entries(batch).filter(
    ([name, column]) =>
      ArrayBuffer.isView(column) && column !== batch.view && column !== batch.bytes && !OWN.has(name),
  )
  const placed = columns.map(([name, column]) => [
    name,
    Array.from({ length: count }, (_, i) => {
      const isOffset = name === 'l3' || name === 'l4' || name === 'start'
      return isOffset && column[i] >= 0 ? column[i] - (batch.start[i] ?? 0) : column[i]
    }),
  ])
  const frames = Array.from({ length: count }, (_, i) => Array.from(batch.copyFrame(i)))
  return { ...Object.fromEntries(placed), frames, rebuilt: batch.rebuilt }
}

describe('timeline/borrow', () => {
  it('shows the packets that a copy would have, without copying them', async () => {
    for (const name of ['echo-ladder-ipv6', 'vlan-http-ipv4', 'udp-fragments-ipv4']) {
      const { batch } = await loadRecorded(captureFile(name))
      const borrowed = new PacketBatch(batch.count, 0)
      for (const [first, end] of [
        [0, batch.count],
        [0, 5],
        [3, batch.count],
        [4, 5],
        [2, 2],
      ] as const) {
        const copied = new PacketBatch(batch.count, 1)
        for (let i = first; i < end; i++) {
          appendPacket(copied, batch, i)
          for (const rebuilt of batch.rebuilt)
            if (rebuilt.index === i) copied.rebuilt.push({ ...rebuilt, index: copied.count - 1 })
        }
        borrow(borrowed, batch, first, end)
        expect(shown(borrowed), `${name} ${first} to ${end}`).to.deep.equal(shown(copied))
        expect(borrowed.bytes).to.equal(batch.bytes)
        expect([borrowed.isLasting, borrowed.stacked]).to.deep.equal([true, batch.stacked])
      }
    }
  })

  it('leaves a capture in memory as it was, however it is offered', async () => {
    const recorded = await loadRecorded(captureFile('echo-ladder-ipv4'))
    const before = shown(recorded.batch)
    const times = recorded.batch.time.slice()
    const gap: Injection = {
      kind: 'idle-gap',
      label: 'idle-gap',
      at: { packet: 9 },
      gap: 600e9,
      scope: 'topology',
    }
    const placed = placeInjections(recorded, [gap], 0)
    const counts: number[] = []
    const offered: number[] = []
    const timeline = compileRecorded(recorded, {
      placed,
      hosts: ['fw-a'],
      sharing: { kind: 'none' },
      feedback: new Feedback(),
      seed: 1,
      out: roadBatch(),
      run: new PacketBatch(6, 0),
    })
    for (const { packets } of timeline.steps) {
      counts.push(packets.count)
      for (let i = 0; i < packets.count; i++)
        offered.push((packets.time[i] ?? 0) - (times[(packets.number[i] ?? 0) - 1] ?? 0))
      packets.time.fill(0)
    }
    expect(counts.filter((count) => count > 0)).to.deep.equal([6, 2, 6, 6, 6])
    const shift = 600e9 - ((times[8] ?? 0) - (times[7] ?? 0))
    expect(offered).to.deep.equal([...Array(8).fill(0), ...Array(18).fill(shift)])
    expect(recorded.batch.time).to.deep.equal(times)
    expect(shown(recorded.batch)).to.deep.equal(before)
  })
})
