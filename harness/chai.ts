import type { CaseTrace } from './model/run-log.ts'

/** One packet of a trace, as `expect(trace).packet(14)` names it. */
interface PacketOfTrace {
  readonly trace: CaseTrace
  readonly index: number
}

declare global {
  namespace Chai {
    interface Assertion {
      /** The packet with that number in the capture, to be followed by what became of it. */
      packet(number: number): Assertion
      /** Passed on. */
      forwarded: Assertion
      /** Not passed on, and nobody was told. */
      dropped: Assertion
      /** Not passed on, and a reset or an ICMP error was sent. */
      rejected: Assertion
      /** After `rejected`: who was told, and nobody else. */
      towards(end: 'client' | 'server'): Assertion
      /** Decided by this host, `lb` or `path`. */
      by(name: string): Assertion
    }
  }
}

const VERDICTS = { forwarded: 'f', dropped: 'd', rejected: 'r' } as const

/** The chai plug-in that states what became of packets: `chai.use(flowbreakChai)`. */
export function flowbreakChai(chai: Chai.ChaiStatic, utils: Chai.ChaiUtils): void {
  const { Assertion } = chai
  Assertion.addMethod('packet', function (this: Chai.AssertionStatic, number: number) {
    const trace: CaseTrace = utils.flag(this, 'object')
    const index = trace.number.indexOf(number)
    new Assertion(index, `packet ${number} was offered`).to.be.at.least(0)
    const packet: PacketOfTrace = { trace, index }
    utils.flag(this, 'object', packet)
  })
  for (const [name, letter] of Object.entries(VERDICTS))
    Assertion.addProperty(name, function (this: Chai.AssertionStatic) {
      const { trace, index }: PacketOfTrace = utils.flag(this, 'object')
      const seen = trace.verdict[index]
      this.assert(
        seen === letter,
        `expected packet ${trace.number[index]} to be ${name}, and its verdict is ${seen}`,
        `expected packet ${trace.number[index]} not to be ${name}`,
        letter,
        seen,
      )
    })
  Assertion.addMethod('towards', function (this: Chai.AssertionStatic, end: 'client' | 'server') {
    const { trace, index }: PacketOfTrace = utils.flag(this, 'object')
    const told = [...new Set(trace.emitted.filter((entry) => entry.index === index).map(({ to }) => to))]
    this.assert(
      told.length === 1 && told[0] === end,
      `expected only the ${end} to be told about packet ${trace.number[index]}, and told was ${told.join(' and ') || 'nobody'}`,
      `expected the ${end} not to be told about packet ${trace.number[index]}`,
      end,
      told,
    )
  })
  Assertion.addMethod('by', function (this: Chai.AssertionStatic, name: string) {
    const { trace, index }: PacketOfTrace = utils.flag(this, 'object')
    const code = trace.by[index] ?? -1
    const seen = code === 255 ? 'lb' : code === 253 ? 'path' : trace.hosts[code]
    this.assert(
      seen === name,
      `expected packet ${trace.number[index]} to be decided by ${name}, and it was by ${seen}`,
      `expected packet ${trace.number[index]} not to be decided by ${name}`,
      name,
      seen,
    )
  })
}
