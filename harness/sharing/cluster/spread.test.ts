import { expect } from 'chai'
import fc from 'fast-check'
import { Lab } from '../../engine/example-engine.test.ts'
import { type Step, steps } from '../../engine/example-world.test.ts'
import type { ExceptionPolicy } from '../../model/setup.ts'
import { cluster } from './cluster.ts'

const PERFECT = {
  kind: 'cluster',
  redirect: true,
  statefulFailover: true,
  delay: 0,
  rtt: 0,
  randomSequenceNumber: true,
} as const

const NODES = 4
/** Reproduce a failure with the seed and path that fast-check prints. */
const SEED = 23

function linesOf(taken: readonly Step[], hosts: readonly number[]): string[] {
  let seconds = 0
  return taken.map(({ way, what, seq, ack, length, gap }, index) => {
    seconds += gap
    return `${way} ${what} ${seq} ${ack} len=${length} @${seconds} host=${hosts[index] ?? 0}`
  })
}

/** A SYN-ACK of nobody's is a drop at a single unit; in a cluster its server is told as well. */
function asSingle(outcomes: readonly string[]): string[] {
  return outcomes.map((outcome) =>
    outcome === 'reject stream midstream' ? 'drop stream midstream' : outcome,
  )
}

function sameAsOne(exception: ExceptionPolicy, redirect: boolean): void {
  const spread = fc.array(fc.nat(NODES - 1), { minLength: 30, maxLength: 30 })
  fc.assert(
    fc.property(steps(false), spread, (taken, hosts) => {
      const one = new Lab({ profile: 'cisco-cluster', exception })
      const many = new Lab({
        profile: 'cisco-cluster',
        exception,
        hosts: NODES,
        sharing: cluster({ ...PERFECT, redirect }),
      })
      const expected = one.play(...linesOf(taken, []))
      // One unit remembers from which side a packet came that opened nothing, and picks up by that; another node cannot.
      fc.pre(exception !== 'continue' || expected[0] === 'forward')
      expect(asSingle(many.play(...linesOf(taken, hosts)))).to.deep.equal(asSingle(expected))
    }),
    { seed: SEED, numRuns: 300 },
  )
}

describe(`cluster: packets spread over nodes (seed ${SEED})`, () => {
  for (const exception of ['drop', 'reject', 'continue'] as const)
    it(`meet what they meet at one unit, with perfect links, under ${exception}`, () => {
      sameAsOne(exception, true)
    })

  it('do not where nothing is redirected', () => {
    expect(() => sameAsOne('drop', false)).to.throw()
  })

  it('meet it through failures too, as long as one node is left', () => {
    const failures = fc.uniqueArray(fc.nat(NODES - 1), { maxLength: NODES - 1 })
    fc.assert(
      fc.property(
        failures,
        fc.array(fc.nat(NODES - 1), { minLength: 12, maxLength: 12 }),
        (failing, hosts) => {
          const lab = new Lab({ profile: 'cisco-cluster', hosts: NODES, sharing: cluster(PERFECT) })
          const alive = new Set(Array.from({ length: NODES }, (_, node) => node))
          const at = (index: number) => {
            const host = hosts[index] ?? 0
            return alive.has(host) ? host : ([...alive][0] ?? 0)
          }
          const opening = ['> S 0', '< SA 0 1', '> A 1 1'].map((line, index) => `${line} host=${at(index)}`)
          expect(lab.play(...opening)).to.deep.equal(Array(3).fill('forward'))
          for (const [index, host] of failing.entries()) {
            lab.engine.apply({ kind: 'crash', host, flow: 0 }, 0)
            alive.delete(host)
            const [mine, theirs] = [1 + index * 10, 1]
            const both = [
              `> PA ${mine} ${theirs} len=10 host=${at(index * 2 + 3)}`,
              `< A ${theirs} ${mine + 10} host=${at(index * 2 + 4)}`,
            ]
            expect(lab.play(...both)).to.deep.equal(['forward', 'forward'])
          }
        },
      ),
      { seed: SEED, numRuns: 200 },
    )
  })
})
