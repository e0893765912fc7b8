import { expect } from 'chai'
import fc from 'fast-check'
import type { CaseFinished, CaseTrace, RunEvent } from '../model/run-log.ts'
import { fixtureRun } from '../report/fixtures/run.ts'
import { LineBytes } from './line-bytes.ts'

const EVENTS = fixtureRun()
const traced = EVENTS.find((event) => event.type === 'case-finished' && event.trace !== undefined)

/** An event of many packets, the first of which have these times. */
function withTimes(first: readonly number[]): CaseFinished {
  if (traced?.type !== 'case-finished' || traced.trace === undefined) throw new Error('no case has packets')
  const number = Array.from({ length: 100 }, (_, index) => index + 1)
  return { ...traced, trace: { ...traced.trace, number, time: first } }
}

describe('log/line-bytes', () => {
  it('puts events as JSON.stringify does, one after another, in memory that grows', () => {
    const lines = new LineBytes(16)
    for (const event of EVENTS) {
      lines.event(event)
      lines.newline()
    }
    expect(lines.view().toString()).to.equal(EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(''))
  })

  it('puts columns of any numbers as JSON.stringify does', () => {
    const edge = fc.constantFrom(
      ...[9, 10, 99, 100, 999, 1000, 999_999, 1_000_000, 999_999_999, 1_000_000_000],
    )
    const whole = fc.oneof(fc.nat(9), edge, fc.nat(), fc.integer({ min: 0, max: 2 ** 32 }))
    const any = fc.oneof({ arbitrary: whole, weight: 9 }, fc.maxSafeInteger(), fc.double())
    const lines = new LineBytes(16)
    const putAlike = (time: readonly number[]) => {
      const event = withTimes(time)
      lines.clear()
      lines.event(event)
      expect(lines.view().toString()).to.equal(JSON.stringify(event))
    }
    for (const numbers of [fc.array(whole), fc.array(any)])
      fc.assert(fc.property(numbers, putAlike), { numRuns: 500 })
  })

  it('leaves out fields that are undefined', () => {
    const lines = new LineBytes(16)
    const event = { ...withTimes([1]), detail: undefined } as unknown as RunEvent
    lines.event(event)
    expect(lines.view().toString()).to.equal(JSON.stringify(event))
  })

  it('puts nothing of an event that cannot be written', () => {
    const lines = new LineBytes(16)
    lines.text('before')
    const event = withTimes([1, 2])
    const trace = { ...event.trace, events: [1n] } as unknown as CaseTrace
    expect(() => lines.event({ ...event, trace })).to.throw(TypeError)
    expect(lines.view().toString()).to.equal('before')
  })

  it('puts lines that were made elsewhere, beyond ASCII too', () => {
    const lines = new LineBytes(2)
    lines.text('„ü“')
    lines.bytes(Buffer.from('é'))
    expect(lines.view().toString()).to.equal('„ü“é')
    expect(lines.view(lines.length - 2).toString()).to.equal('é')
  })

  it('uses the memory that it is given', () => {
    const sizes: number[] = []
    const lines = new LineBytes(4, (bytes) => {
      sizes.push(bytes)
      return Buffer.from(new SharedArrayBuffer(bytes))
    })
    for (const event of EVENTS) lines.event(event)
    expect(lines.view().buffer).to.be.instanceOf(SharedArrayBuffer)
    expect(sizes.length).to.be.greaterThan(1)
  })
})
