import { expect } from 'chai'
import fc from 'fast-check'
import { PacketBatch } from '../../model/batch.ts'
import { Knowledge, Verdict } from '../../model/codes.ts'
import type { ComparedRow } from '../../model/comparison.ts'
import { ColumnRecorder } from './recorder.ts'
import { alignRows } from './rows.ts'

/** A packet by its number and when it is offered. */
interface Step {
  readonly number: number
  readonly time: number
  /** A reset at expiry comes just before it. */
  readonly expiry?: boolean
}

function recorded(
  steps: readonly Step[],
  first?: ColumnRecorder,
  verdict: number = Verdict.forward,
): ColumnRecorder {
  const recorder = new ColumnRecorder('by hand', ['fw-a'], first)
  // A batch of three at a time, as a replay gives them.
  for (let from = 0; from < steps.length; from += 3) {
    const some = steps.slice(from, from + 3)
    const packets = new PacketBatch(some.length, 0)
    packets.count = some.length
    for (const [i, { number, time, expiry }] of some.entries()) {
      packets.number[i] = number
      packets.time[i] = time
      packets.verdict[i] = verdict
      if (expiry === true)
        packets.emitted.push({
          ...{ cause: -1, kind: 'tcp-rst', to: 'client', flow: 0, by: 0, at: time },
          ...{ frame: new Uint8Array(0), link: 0, seq: 0, ack: 0 },
        })
    }
    const knowledge = new Uint8Array(some.length).fill(Knowledge.log)
    recorder.observe({ packets, by: new Uint8Array(some.length), knowledge }, ['before'])
  }
  return recorder
}

/** What column `k` offered by the rows, in their order. */
function offeredBy(rows: readonly ComparedRow[], k: number): Step[] {
  return rows
    .filter(({ cells }) => cells[k] !== undefined)
    .map(({ packet, time }) => ({ number: packet, time }))
}

describe('rows of a comparison', () => {
  it('set the same packet of the same time side by side', () => {
    const steps = [1, 2, 3, 4].map((number) => ({ number, time: number }))
    const first = recorded(steps)
    const rows = [...alignRows([first, recorded(steps, first, Verdict.drop)])]
    expect(rows.map(({ packet }) => packet)).to.deep.equal([1, 2, 3, 4])
    for (const { cells } of rows)
      expect(cells.map((cell) => cell?.verdict)).to.deep.equal([Verdict.forward, Verdict.drop])
  })

  it('have a row each for a packet that is offered at two times', () => {
    const first = recorded([
      { number: 1, time: 0 },
      { number: 2, time: 10 },
    ])
    const second = recorded(
      [
        { number: 1, time: 0 },
        { number: 2, time: 30 },
        { number: 3, time: 40 },
      ],
      first,
    )
    const rows = [...alignRows([first, second])]
    expect(
      rows.map(({ packet, time, cells }) => [packet, time, cells.map((cell) => cell !== undefined)]),
    ).to.deep.equal([
      [1, 0, [true, true]],
      [2, 10, [true, false]],
      [2, 30, [false, true]],
      [3, 40, [false, true]],
    ])
  })

  it('have a row for a reset at expiry, before the packet of its time', () => {
    const first = recorded([
      { number: 1, time: 5 },
      { number: 2, time: 9, expiry: true },
    ])
    const second = recorded([
      { number: 1, time: 5 },
      { number: 2, time: 9 },
    ])
    const rows = [...alignRows([first, second])]
    expect(rows.map(({ packet }) => packet)).to.deep.equal([1, -1, 2])
    expect(rows[1]?.cells[0]?.told).to.have.lengthOf(1)
    expect(rows[1]?.cells[1]).to.equal(undefined)
    expect(first.summary().resets).to.deep.equal({ client: 1, server: 0 })
    expect(second.summary().resets).to.deep.equal({ client: 0, server: 0 })
  })

  it('hold what each replay offered, once and in its order, whatever the others did', () => {
    const steps = fc.array(fc.record({ number: fc.integer({ min: 0, max: 4 }), time: fc.nat(6) }), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(steps, fc.array(fc.tuple(fc.nat(12), steps), { maxLength: 3 }), (base, others) => {
        const all = [base, ...others.map(([shared, own]) => [...base.slice(0, shared), ...own])]
        const first = recorded(base)
        const columns = all.map((each, k) => (k === 0 ? first : recorded(each, first)))
        const rows = [...alignRows(columns)]
        const began = Math.min(...all.flatMap(([one]) => (one === undefined ? [] : [one.time])))
        for (const [k, each] of all.entries())
          expect(offeredBy(rows, k)).to.deep.equal(
            each.map(({ number, time }) => ({ number, time: time - began })),
          )
      }),
    )
  })

  it('are refused where there would be more than is kept', () => {
    const small = new ColumnRecorder('big.pcap', ['fw-a'], undefined, 2)
    const packets = new PacketBatch(3, 0)
    packets.count = 3
    expect(() =>
      small.observe({ packets, by: new Uint8Array(3), knowledge: new Uint8Array(3) }, ['before']),
    ).to.throw(/big\.pcap has more than 2 packets/)
  })
})
