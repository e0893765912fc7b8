import { expect } from 'chai'
import type { RunEvent } from '../../model/run-log.ts'
import type { Session, Target } from '../../model/target.ts'
import { NO_KNOWN_FAILURES } from '../../plan/known-failures.ts'
import { BENCHMARKING } from '../../target/bounds.ts'
import { getTarget } from '../../target/targets.ts'
import { CaptureStore } from '../captures.ts'
import { runCases } from '../pipeline.ts'
import { loadSuites } from '../suites.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const reference = getTarget('reference', 'test')

/** The reference, as if it had a clock of its own; `see` is shown every frame. */
function real(see: (frame: Uint8Array) => void = () => {}): Target {
  return {
    name: 'real',
    version: 'test',
    capabilities: { ...reference.capabilities, clock: 'real' },
    prepare: async (setup, signal) => {
      const session = await reference.prepare(setup, signal)
      return Object.assign(Object.create(session) as Session, {
        answer: undefined,
        replay: async function* (...args: Parameters<Session['replay']>) {
          for await (const observed of session.replay(...args)) {
            const { packets } = observed
            for (let i = 0; i < packets.count; i++) see(packets.copyFrame(i))
            yield observed
          }
        },
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      })
    },
  }
}

const captures = new CaptureStore()

/** What came of every case, its trace apart. */
async function played(target: Target, suites: readonly string[], seed: number) {
  const cases = loadSuites(suites, [ROOT]).flatMap((suite) => suite.cases)
  const outcomes = new Map<string, string>()
  const traces = new Map<string, string>()
  await runCases({
    cases: () => cases,
    captures,
    targets: [target],
    seed,
    fold: 'auto',
    repeat: 1,
    retries: 0,
    bail: false,
    knownFailures: NO_KNOWN_FAILURES,
    signal: new AbortController().signal,
    emit: (event: RunEvent) => {
      if (event.type !== 'case-finished') return
      const { outcome, tally, mismatches, impact, trace } = event
      outcomes.set(event.case.name, JSON.stringify({ outcome, tally, mismatches, impact }))
      const { controls, ...decided } = trace ?? {}
      // On a real clock there are more of them.
      const road = { dead: controls?.dead, missing: (controls?.sent ?? 0) - (controls?.out ?? 0) }
      traces.set(event.case.name, JSON.stringify({ ...decided, road }))
    },
  })
  return { outcomes, traces }
}

/** With drops, rejects, ICMP errors, fragments, UDP, new connections, guards and reactive endpoints. */
const SUITES = [
  'core/icmp-errors',
  'core/fragments',
  'core/udp-icmp',
  'core/live-session',
  'aws-network-firewall/host-swap-felt',
  'aws-network-firewall/opening-swap',
]

/** Those frames whose IP packet is of TCP, by addresses and ports: `10.0.0.1 40000 10.0.0.2 80`. */
function tupleOf(frame: Uint8Array): string | undefined {
  if (frame[12] !== 8 || frame[13] !== 0 || frame[23] !== 6) return undefined
  const port = (at: number) => ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0)
  return `${frame.subarray(26, 30).join('.')} ${port(34)} ${frame.subarray(30, 34).join('.')} ${port(36)}`
}

describe('run/fold/disguise', () => {
  it('has cases decided with drawn addresses, ports and numbers as with those recorded', async () => {
    const drawn = await played(real(), SUITES, 11)
    const recorded = await played(reference, SUITES, 11)
    expect(recorded.traces.size).to.be.above(300)
    expect([...drawn.traces.keys()].sort()).to.deep.equal([...recorded.traces.keys()].sort())
    for (const [name, trace] of recorded.traces) expect(drawn.traces.get(name), name).to.equal(trace)
  })

  it('draws from the seed alone, within the ranges of the target', async () => {
    const addresses = { ...BENCHMARKING, clients: '10.1.0.0/16', servers: '10.2.0.0/16' }
    const tuples = async (seed: number) => {
      const seen: string[] = []
      const target = { ...real((frame) => seen.push(tupleOf(frame) ?? '')), addresses }
      await played(target, ['core/later-packets'], seed)
      return seen.filter((tuple) => tuple !== '' && !tuple.startsWith('198.1'))
    }
    const first = await tuples(1)
    expect(first.length).to.be.above(500)
    for (const tuple of first) expect(tuple).to.match(/^10\.(1\.\S+ \d+ 10\.2|2\.\S+ \d+ 10\.1)\./)
    expect(await tuples(1)).to.deep.equal(first)
    const both = new Set(first)
    for (const tuple of await tuples(2)) expect(both.has(tuple), tuple).to.equal(false)
  })

  // A host that has seen one end only may think otherwise of numbers in the other half of their space, in cases that expect nothing of it.
  if (process.env.FLOWBREAK_FULL === '1')
    it('has every case of every suite come out the same', async () => {
      const drawn = await played(real(), [], 12)
      const recorded = await played(reference, [], 12)
      for (const [name, outcome] of recorded.outcomes)
        expect(drawn.outcomes.get(name), name).to.equal(outcome)
    })
})
