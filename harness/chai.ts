import { verdictOfLetter } from './grade/letters.ts'
import { deciderName } from './grade/packets.ts'
import type { CaseTrace } from './model/run-log.ts'
import { traceLadder } from './report/ladder.ts'

/** One packet of a trace, as `expect(trace).packet(14)` names it. */
class PacketOfTrace {
  readonly trace: CaseTrace
  readonly index: number

  constructor(trace: CaseTrace, index: number) {
    this.trace = trace
    this.index = index
  }
}

declare global {
  namespace Chai {
    interface Assertion {
      /** The packet with that number in the capture; say next what became of it. */
      packet(number: number): Assertion
      /** The packet came out. */
      forwarded: Assertion
      /** The packet did not come out, and nobody was told. */
      dropped: Assertion
      /** The packet did not come out, and a reset or an ICMP error was sent about it. */
      rejected: Assertion
      /** After `rejected`: only this end was told. */
      towards(end: 'client' | 'server'): Assertion
      /** Decided by this host, `lb` or `path`; of anything but packets, chai's own `by` of a change. */
      by(name: string | number, message?: string): Assertion
    }
  }
}

const VERDICTS = { forwarded: 'forward', dropped: 'drop', rejected: 'reject' } as const

/** The chai plug-in with assertions about packets: `chai.use(flowbreak)`. A failure shows a ladder of the packets around the one at fault. */
export function flowbreak(chai: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  const { Assertion } = chai
  const packetOf = (assertion: Chai.AssertionStatic): PacketOfTrace => utils.flag(assertion, 'object')
  /** Holds a packet to what is expected of it, in words. */
  const hold = (
    assertion: Chai.AssertionStatic,
    holds: boolean,
    words: { readonly is: string; readonly not: string; readonly expected: string; readonly seen: string },
  ) => {
    const { trace, index } = packetOf(assertion)
    const which = `packet ${trace.number[index]}`
    const ladder = (note: string) => `\n\n${traceLadder(trace, index, note)}\n`
    assertion.assert(
      holds,
      `expected ${words.is.replace('PACKET', which)}${ladder(`expected ${words.expected}`)}`,
      `expected ${words.not.replace('PACKET', which)}${ladder(`not ${words.expected}`)}`,
      words.expected,
      words.seen,
      false,
    )
  }
  Assertion.addMethod('packet', function (this: Chai.AssertionStatic, number: number) {
    const trace: CaseTrace = utils.flag(this, 'object')
    const index = trace.number.indexOf(number)
    new Assertion(index, `packet ${number} was offered`).to.be.at.least(0)
    utils.flag(this, 'object', new PacketOfTrace(trace, index))
  })
  for (const [name, verdict] of Object.entries(VERDICTS))
    Assertion.addProperty(name, function (this: Chai.AssertionStatic) {
      const { trace, index } = packetOf(this)
      const seen = verdictOfLetter(trace.verdict[index]) ?? 'not run'
      hold(this, seen === verdict, {
        is: `PACKET to be ${name}, and its verdict is ${seen}`,
        not: `PACKET not to be ${name}`,
        expected: verdict,
        seen,
      })
    })
  Assertion.addMethod('towards', function (this: Chai.AssertionStatic, end: 'client' | 'server') {
    const { trace, index } = packetOf(this)
    const told = [...new Set(trace.emitted.filter((entry) => entry.index === index).map(({ to }) => to))]
    const seen = told.join(' and ') || 'nobody'
    hold(this, told.length === 1 && told[0] === end, {
      is: `only the ${end} to be told about PACKET, and told was ${seen}`,
      not: `the ${end} not to be told about PACKET`,
      expected: `towards ${end}`,
      seen,
    })
  })
  Assertion.overwriteMethod('by', (own: (...words: readonly unknown[]) => void) => {
    return function (this: Chai.AssertionStatic, ...words: readonly unknown[]) {
      const about: unknown = utils.flag(this, 'object')
      if (!(about instanceof PacketOfTrace)) return own.apply(this, [...words])
      const [name] = words
      const seen = deciderName(about.trace, about.index)
      hold(this, seen === name, {
        is: `PACKET to be decided by ${name}, and it was by ${seen}`,
        not: `PACKET not to be decided by ${name}`,
        expected: `by ${name}`,
        seen,
      })
    }
  })
}
