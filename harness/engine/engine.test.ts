import { expect } from 'chai'
import fc from 'fast-check'
import { Verdict } from '../model/codes.ts'
import { Lab, outcomeOf } from './example-engine.test.ts'
import { RUNS } from './example-invariant.test.ts'
import { type Step, steps } from './example-world.test.ts'

describe('engine', () => {
  it('a reset engine decides as a new one', () => {
    fc.assert(
      fc.property(
        steps(false),
        steps(false),
        fc.constantFrom('drop', 'reject', 'continue'),
        (first, second, exception) => {
          const lines = (taken: readonly Step[]) => {
            let seconds = 0
            return taken.map(({ way, what, seq, ack, length, gap }) => {
              seconds += gap
              return `${way} ${what} ${seq} ${ack} len=${length} @${seconds}`
            })
          }
          const lab = new Lab({ exception })
          lab.play(...lines(first))
          lab.engine.reset()
          const again = new Lab({ exception })
          const outcomes = again.play(...lines(second))
          const { batch } = again
          lab.engine.decide(batch, 0, batch.count)
          expect(second.map((_, index) => outcomeOf(batch, index))).to.deep.equal(outcomes)
          expect(lab.engine.counters(0)).to.deep.equal(again.engine.counters(0))
        },
      ),
      RUNS,
    )
  })

  it('leaves packets alone that another stage has decided, and does not count controls', () => {
    const lab = new Lab()
    lab.play('> S 0')
    const { batch, engine } = lab
    batch.host[0] = 255
    batch.verdict[0] = Verdict.answered
    expect(engine.decide(batch, 0, 1)).to.equal(1)
    expect(batch.verdict[0]).to.equal(Verdict.answered)
    expect(engine.counters(0).ReceivedPackets).to.equal(1)
    batch.host[0] = 0
    batch.role[0] = 1
    engine.decide(batch, 0, 1)
    expect(batch.verdict[0]).to.equal(Verdict.forward)
    expect(engine.counters(0).ReceivedPackets).to.equal(1)
  })
})
