import { expect } from 'chai'
import { makeSetup } from '../../suite/setup.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { type Dealt, dealtColumns, sharedNumber } from './dealt.ts'
import { Side } from './side.ts'
import { sweepCapture } from './sweep.ts'

const CAPTURE = 'captures/echo-ladder-ipv4.pcap'
const SHARINGS = ['none', 'replication', 'cluster', 'sync', 'snat'] as const

const dealt = (): Dealt => ({
  ...{ capture: CAPTURE, flow: undefined, breaks: ['host-swap'], seed: 1, next: sharedNumber() },
  columns: SHARINGS.map((sharing, column) => ({ column, setup: makeSetup({ sharing }) })),
})

/** A program that takes a column and dies over it. */
const dying = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { workerData } from 'node:worker_threads'
    Atomics.add(workerData.next, 0, 1)
    throw new Error('It dies.')`)}`,
)

describe('sweep: a thread beside it', () => {
  it('draws the same map as one thread does', async () => {
    const target = new ReferenceTarget('test')
    const swept = (threads: 1 | 2) =>
      sweepCapture({
        ...{ capture: CAPTURE, flow: undefined, axes: ['sharing'], breaks: undefined, seed: 1, threads },
        ...{ endpoints: 'recorded', signal: new AbortController().signal },
        contestants: SHARINGS.map((sharing) => ({
          ...{ values: [sharing], target, options: [] },
          setup: () => makeSetup({ sharing }),
        })),
      })
    expect(await swept(2)).to.deep.equal(await swept(1))
  })

  it('plays each column once, and all of them where nobody else does', async () => {
    const work = dealt()
    const columns: number[] = []
    const side = new Side(work, ({ column }) => columns.push(column), new AbortController().signal)
    expect(await side.unplayed(new Set())).to.deep.equal([])
    expect(columns).to.deep.equal([0, 1, 2, 3, 4])
    expect([...dealtColumns(work)]).to.deep.equal([])
  })

  it('leaves the column over which it died to others', async () => {
    const work = dealt()
    const side = new Side(
      work,
      () => expect.fail('It has played nothing.'),
      new AbortController().signal,
      dying,
    )
    expect((await side.unplayed(new Set([1, 2, 3]))).map(({ column }) => column)).to.deep.equal([0, 4])
  })

  it('ends when the sweep is interrupted', async () => {
    const interrupt = new AbortController()
    const work = dealt()
    const side = new Side(work, () => undefined, interrupt.signal)
    interrupt.abort()
    // It was told before it could have begun.
    expect((await side.unplayed(new Set())).length).to.equal(SHARINGS.length)
  })
})
