import { expect } from 'chai'
import fc from 'fast-check'
import { HANDSHAKE, Lab, type LabOptions } from '../example-engine.test.ts'
import { FlowRecords, type RecordSink } from './flow-records.ts'

interface Ended {
  readonly host: number
  readonly reason: string
  readonly packets: readonly [number, number]
  readonly bytes: readonly [number, number]
  readonly flags: readonly [number, number]
  readonly serial: number
  readonly start: number
  readonly last: number
}

/** A lab whose records are taken down as rows end, and how many packets were told of. */
function recorded(options: LabOptions = {}) {
  const ended: Ended[] = []
  const told: number[] = []
  const sink: RecordSink = {
    decided: (_batch, _cause, _host, row) => told.push(row),
    ended: (row, reason) => {
      const { host, packets, bytes, flags, serial, start, last } = records.columns
      const both = (column: Float64Array | Uint8Array): [number, number] => [
        column[row * 2] ?? 0,
        column[row * 2 + 1] ?? 0,
      ]
      ended.push({
        host: host[row] ?? 0,
        reason,
        packets: both(packets),
        bytes: both(bytes),
        flags: both(flags),
        serial: serial[row] ?? 0,
        start: (start[row] ?? 0) / 1e9,
        last: (last[row] ?? 0) / 1e9,
      })
    },
  }
  const records: FlowRecords = new FlowRecords(sink)
  return { lab: new Lab({ ...options, records }), ended, told }
}

describe('engine/records', () => {
  it('counts packets, bytes and flags each way, and when the flow was seen', () => {
    const { lab, ended } = recorded()
    lab.play(...HANDSHAKE, '> PA 1 1 len=10 @2', '< A 1 11 @3.5')
    expect(ended).to.be.empty
    lab.engine.finish()
    expect(ended).to.deep.equal([
      {
        host: 0,
        reason: 'shutdown',
        packets: [3, 2],
        bytes: [54 * 3 + 10, 54 * 2],
        flags: [0x1a, 0x12],
        serial: 1,
        start: 0,
        last: 3.5,
      },
    ])
    lab.engine.finish()
    expect(ended).to.have.length(1)
  })

  it('begins anew where a fresh SYN or an idle time does', () => {
    const { lab, ended } = recorded()
    lab.play('> A 9 9', '< A 9 9', '> S 0 @1', '< SA 0 1 @1', '> PING', '< PONG @100', '> UDP @100')
    lab.engine.finish()
    expect(ended.map(({ serial, reason, packets, flags }) => [serial, reason, packets, flags])).to.deep.equal(
      [
        [1, 'timeout', [1, 1], [0, 0]],
        [3, 'timeout', [1, 0], [0, 0]],
        [2, 'timeout', [1, 1], [2, 0x12]],
        [4, 'shutdown', [1, 0], [0, 0]],
        [5, 'shutdown', [1, 0], [0, 0]],
      ],
    )
  })

  it('keeps one row a host, and none of a host that crashed', () => {
    const { lab, ended } = recorded()
    lab.play(...HANDSHAKE, '> PA 1 1 len=5 host=1', '< A 1 6 host=1')
    lab.engine.apply({ kind: 'crash', host: 0, flow: 0 }, 1e9)
    lab.play('> PA 6 1 len=5 host=1 @2')
    lab.engine.finish()
    expect(ended.map(({ host, packets }) => [host, packets])).to.deep.equal([[1, [2, 1]]])
  })

  it('goes on at another host with a session that came by sharing, its client as it was', () => {
    const { lab, ended } = recorded({ sharing: 'replication' })
    lab.play(...HANDSHAKE)
    lab.engine.apply({ kind: 'drain', host: 0, flow: 0 }, 1e9)
    lab.play('< PA 1 1 len=9 host=1 @2')
    lab.engine.finish()
    expect(ended.map(({ host, packets }) => [host, packets])).to.deep.equal([
      [0, [2, 1]],
      [1, [0, 1]],
    ])
  })

  it('turns round with a session that was picked up on its server', () => {
    const knobs = { continueMode: 'pickup' } as const
    const { lab, ended } = recorded({ exception: 'continue', knobs })
    lab.play('< SA 0 1', '> A 1 1', '> PA 1 1 len=4')
    lab.engine.finish()
    expect(ended[0]?.packets).to.deep.equal([2, 1])
    expect(ended[0]?.flags).to.deep.equal([0x18, 0x12])
  })

  it('forgets everything on reset, and numbers from 1 again', () => {
    const { lab, ended } = recorded()
    lab.play('> S 0')
    lab.engine.reset()
    lab.engine.finish()
    expect(ended).to.be.empty
    lab.play('> S 0')
    lab.engine.finish()
    expect(ended.map(({ serial }) => serial)).to.deep.equal([1])
  })

  it('changes no verdict, tells of every packet, and counts each in one row at most', () => {
    const what = fc.constantFrom(
      'S 0',
      'S 90',
      'SA 0 1',
      'A 1 1',
      'PA 1 1 len=3',
      'FA 1 1',
      'R 1',
      'UDP',
      'PING',
    )
    const step = fc.record({
      way: fc.constantFrom('>', '<'),
      what,
      host: fc.nat(1),
      gap: fc.constantFrom(0, 0, 1, 61, 351),
    })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom('drop', 'reject', 'continue'),
        (steps, exception) => {
          let at = 0
          const lines = steps.map(({ way, what: text, host, gap }) => {
            at += gap
            return `${way} ${text} host=${host} @${at}`
          })
          const { lab, ended, told } = recorded({ exception: exception as 'drop' })
          expect(lab.play(...lines)).to.deep.equal(new Lab({ exception: exception as 'drop' }).play(...lines))
          lab.engine.finish()
          expect(told).to.have.length(steps.length)
          const counted = ended.reduce((sum, { packets }) => sum + packets[0] + packets[1], 0)
          expect(counted).to.equal(told.filter((row) => row >= 0).length)
          expect(new Set(ended.map(({ serial }) => serial)).size).to.equal(ended.length)
        },
      ),
      { seed: 11, numRuns: 200 },
    )
  })
})
