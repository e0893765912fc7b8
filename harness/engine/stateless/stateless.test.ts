import { expect } from 'chai'
import fc from 'fast-check'
import { FlowTable } from '../../flow/table.ts'
import { Role } from '../../model/codes.ts'
import type { Stateless, StatelessAction, StatelessMatch } from '../../model/setup.ts'
import { getProfile } from '../../profile/index.ts'
import { Engine } from '../engine.ts'
import { outcomeOf, packet } from '../example-engine.test.ts'
import { batchOf, readRecorded } from '../oracle-cases.test.ts'

const ANY: StatelessMatch = {
  sources: [],
  destinations: [],
  sourcePorts: [],
  destinationPorts: [],
  protocols: [],
  flags: [],
}

function action(verdict: StatelessAction['verdict'], ...customs: string[]): StatelessAction {
  return { verdict, customs }
}

function stateless(
  rules: Stateless['rules'],
  fallback: StatelessAction = action('aws:forward_to_sfe'),
): Stateless {
  return { rules, fallback, fragmentFallback: fallback }
}

function engineWith(engines: Stateless | undefined): Engine {
  return new Engine({
    profile: getProfile('aws-nfw'),
    policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
    rules: [],
    hosts: 2,
    ...(engines === undefined ? {} : { stateless: engines }),
  })
}

function play(engine: Engine, ...lines: readonly string[]) {
  const packets = lines.map((line) => packet(line))
  const batch = batchOf(packets.map(({ seconds, bytes }) => ({ time: seconds * 1e9, bytes })))
  for (const [index, { host }] of packets.entries()) batch.host[index] = host
  new FlowTable().assign(batch)
  engine.decide(batch, 0, batch.count)
  return lines.map((_, index) => outcomeOf(batch, index))
}

describe('engine/stateless', () => {
  it('keeps no state: each packet and direction is looked at by itself', () => {
    const rules = [
      { priority: 1, action: action('aws:drop'), match: { ...ANY, sourcePorts: [[80, 80]] as const } },
    ]
    const engine = engineWith(stateless(rules))
    expect(play(engine, '> S 0', '< SA 0 1', '> A 1 1', '< PA 1 1 len=5')).to.deep.equal([
      'forward',
      'drop stateless',
      'forward',
      'drop stateless',
    ])
  })

  it('leaves no trace of what it decided in the stateful engine', () => {
    const rules = [
      { priority: 1, action: action('aws:pass'), match: { ...ANY, flags: [{ flags: 2, masks: 2 }] } },
    ]
    const engine = engineWith(stateless(rules))
    expect(play(engine, '> S 0', '< SA 0 1', '> A 1 1', '> PA 1 1 len=5')).to.deep.equal([
      'forward',
      'forward',
      'drop stream midstream',
      'drop flow drop',
    ])
    expect(engine.counters(0)).to.include({ ReceivedPackets: 2, StreamExceptionPolicyPackets: 1 })
  })

  it('counts by host, not controls, and forgets on reset', () => {
    const engine = engineWith(stateless([], action('aws:pass', 'seen')))
    play(engine, '> S 0', '< SA 0 1', '> UDP host=1')
    expect(engine.counters(0)).to.include({
      'Stateless.ReceivedPackets': 2,
      'Stateless.ReceivedBytes': 80,
      'Stateless.PassedPackets': 2,
      'Stateless.Packets.seen': 2,
      ReceivedPackets: 0,
      ReceivedBytes: 0,
    })
    expect(engine.counters(1)).to.include({ 'Stateless.ReceivedPackets': 1, 'Stateless.ReceivedBytes': 32 })
    const control = batchOf([{ time: 0, bytes: packet('> UDP').bytes }])
    control.role[0] = Role.control
    engine.decide(control, 0, 1)
    expect(engine.counters(0)['Stateless.ReceivedPackets']).to.equal(2)
    engine.reset()
    expect(Object.values(engine.counters(0)).every((count) => count === 0)).to.equal(true)
  })

  it('leaves packets alone that reach no host', () => {
    const engine = engineWith(stateless([], action('aws:drop')))
    const batch = batchOf([{ time: 0, bytes: packet('> S 0').bytes }])
    batch.host[0] = 255
    batch.verdict[0] = 4
    engine.decide(batch, 0, 1)
    expect([batch.verdict[0], engine.counters(0)['Stateless.ReceivedPackets']]).to.deep.equal([4, 0])
  })

  it('shows the ports of a first fragment only, so that the datagram never becomes whole behind it', () => {
    const frames = readRecorded('udp-fragments-ipv4.pcap').slice(0, 3)
    const rules = [
      {
        priority: 1,
        action: action('aws:pass'),
        match: { ...ANY, protocols: [17], destinationPorts: [[7007, 7007]] as const },
      },
    ]
    const decided = (engines: Stateless | undefined) => {
      const batch = batchOf(frames)
      new FlowTable().assign(batch)
      const engine = new Engine({
        profile: getProfile('aws-nfw'),
        policy: { exception: 'drop', ruleOrder: 'action', defaultActions: [] },
        rules: ['drop udp any any -> any 7007 (flow:to_server; sid:1;)'],
        hosts: 1,
        ...(engines === undefined ? {} : { stateless: engines }),
      })
      engine.decide(batch, 0, batch.count)
      return [0, 1, 2].map((index) => outcomeOf(batch, index))
    }
    expect(decided(undefined)).to.deep.equal(['forward', 'forward', 'drop rules'])
    expect(decided(stateless([]))).to.deep.equal(['forward', 'forward', 'drop rules'])
    expect(decided(stateless(rules))).to.deep.equal(['forward', 'forward', 'forward'])
  })

  it('forwards what is not IP, whatever the rules', () => {
    const arp = Uint8Array.from([...Array(12).fill(2), 8, 6, ...Array(28).fill(0)])
    const batch = batchOf([{ time: 0, bytes: arp }])
    new FlowTable().assign(batch)
    const engine = engineWith({
      rules: [{ priority: 1, action: action('aws:drop'), match: ANY }],
      fallback: action('aws:forward_to_sfe'),
      fragmentFallback: action('aws:drop'),
    })
    engine.decide(batch, 0, 1)
    expect(outcomeOf(batch, 0)).to.equal('forward')
  })

  it('refuses an address that is none', () => {
    const rules = [{ priority: 1, action: action('aws:drop'), match: { ...ANY, sources: ['10.0.0.0/40'] } }]
    expect(() => engineWith(stateless(rules)))
      .to.throw('"10.0.0.0/40" in a stateless rule')
      .with.property('code', 'ERR_STATELESS')
  })

  it('where everything is forwarded, everything is as without it', () => {
    const what = fc.constantFrom('S 0', 'SA 0 1', 'A 1 1', 'PA 1 1 len=9', 'FA 1 1', 'R 1', 'UDP', 'PING')
    const line = fc
      .tuple(fc.constantFrom('>', '<'), what, fc.nat(1))
      .map(([way, rest, host]) => `${way} ${rest} host=${host}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const plain = engineWith(undefined)
        const forwarded = engineWith(stateless([]))
        expect(play(forwarded, ...lines)).to.deep.equal(play(plain, ...lines))
        for (const host of [0, 1]) expect(forwarded.counters(host)).to.deep.include(plain.counters(host))
      }),
      { seed: 5, numRuns: 100 },
    )
  })

  it('each packet received is passed, dropped, or received by the stateful engine', () => {
    const verdict = fc.constantFrom('aws:pass', 'aws:drop', 'aws:forward_to_sfe') as fc.Arbitrary<
      StatelessAction['verdict']
    >
    const match = fc.record({
      protocols: fc.subarray([1, 6, 17], { minLength: 0 }),
      sourcePorts: fc.constantFrom([], [[80, 80]], [[1024, 65_535]]) as fc.Arbitrary<
        StatelessMatch['sourcePorts']
      >,
      flags: fc.constantFrom([], [{ flags: 2, masks: 2 }]),
    })
    const rules = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 9 }), verdict, match), {
      selector: ([priority]) => priority,
    })
    const line = fc.tuple(
      fc.constantFrom('>', '<'),
      fc.constantFrom('S 0', 'SA 0 1', 'A 1 1', 'FA 1 1', 'R 1', 'UDP', 'PING'),
    )
    fc.assert(
      fc.property(rules, verdict, fc.array(line, { maxLength: 20 }), (made, fallback, lines) => {
        const engine = engineWith(
          stateless(
            made.map(([priority, of, part]) => ({
              priority,
              action: action(of),
              match: { ...ANY, ...part },
            })),
            action(fallback),
          ),
        )
        play(engine, ...lines.map(([way, rest]) => `${way} ${rest}`))
        const counted = engine.counters(0)
        expect(counted['Stateless.ReceivedPackets']).to.equal(lines.length)
        expect(
          (counted['Stateless.PassedPackets'] ?? 0) +
            (counted['Stateless.DroppedPackets'] ?? 0) +
            (counted.ReceivedPackets ?? 0),
        ).to.equal(lines.length)
      }),
      { seed: 7, numRuns: 200 },
    )
  })
})
