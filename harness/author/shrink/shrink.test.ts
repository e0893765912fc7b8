import { expect } from 'chai'
import fc from 'fast-check'
import { Tcp, Verdict } from '../../model/codes.ts'
import type { Target } from '../../model/target.ts'
import { placeInjections } from '../../timeline/compile.ts'
import { batched, caseFrom, lying, recordedFor, reference } from './example.test.ts'
import { Players } from './players.ts'
import { shrink } from './shrink.ts'
import { trialOf, wholeOf } from './variant.ts'

const { signal } = new AbortController()

async function shrunk(parts: string, ...targets: readonly Target[]) {
  const test = caseFrom(parts)
  const on = targets.length === 0 ? [reference] : targets
  return shrink({ test, recorded: await recordedFor(test), targets: on, seed: 1, signal })
}

/** The TCP flags of the packets that are left. */
const flagsOf = ({ trial }: Awaited<ReturnType<typeof shrunk>>) => {
  const { batch } = trial.recorded
  return [...batch.flags.subarray(0, batch.count)]
}

const ECHO = `
capture: echo-ladder-ipv4
setup: { profile: suricata-7, policy: reject }
`

describe('author/shrink', () => {
  it('leaves the one packet and the one injection that a failure needs', async () => {
    const found = await shrunk(`${ECHO}
inject: [{ idle-gap: { at: "c2s:data#2", gap: 20s } }, { host-swap: 12 }]
expect: { before: forward, after idle-gap: forward, after host-swap: forward }`)
    expect(found.before).to.include({ packets: 26, injections: 2 })
    expect(found.after).to.include({ packets: 1, injections: 1 })
    expect(found.difference.words).to.equal(
      'reject by fw-b for stream midstream where forward is expected, of s2c PSH ACK with data after host-swap',
    )
    expect(found.trial.test.injections).to.deep.include({
      kind: 'host-swap',
      label: 'host-swap',
      cause: 'drain',
      at: { packet: 1 },
    })
  })

  it('keeps the failure that it was, not any: what else is expected stays expected', async () => {
    // Without the handshake the same packet fails by midstream, which is another failure.
    const found = await shrunk(`
capture: echo-ladder-ipv4
setup: { profile: pf, policy: drop }
inject: [{ segment: { at: 14, direction: c2s, flags: PA, length: 10, seq: 100000000 } }]
expect: { before: forward, after segment: { first: forward } }`)
    expect(found.difference.words).to.match(
      /^drop by fw-a for stream error .*of an injected c2s PSH ACK with data after segment$/,
    )
    expect(flagsOf(found)).to.have.length(2)
    expect(flagsOf(found)[0]).to.equal(Tcp.syn)
  })

  it('lets expectations and injections follow the packets that they name', async () => {
    const found = await shrunk(`${ECHO}
inject: [{ host-swap: 12 }]
expect: { after host-swap: { packet 16: forward } }`)
    expect(found.difference.words).to.match(/^drop by fw-b .*where forward is expected, of /)
    const { packets } = found.after
    expect(packets).to.equal(2)
    expect(found.trial.test.expectations).to.deep.include.members([
      { ...found.trial.test.expectations[0], which: packets },
    ])
  })

  it('cuts payloads to the least that still shows it', async () => {
    const found = await shrunk(`${ECHO}
inject: [{ host-swap: 12 }]
expect: { before: forward, after host-swap: forward }`)
    const { batch } = found.trial.recorded
    expect([...batch.payload.subarray(0, batch.count)]).to.deep.equal([1])
  })

  it('keeps a disagreement of two targets', async () => {
    const deaf = lying('no-fin', (verdict, flags) => ((flags & Tcp.fin) === 0 ? verdict : Verdict.drop))
    const found = await shrunk(`${ECHO}\nexpect: { before: forward }`, reference, deaf)
    expect(found.difference.words).to.match(
      /^forward by fw-a on reference, drop by fw-a on no-fin, of c2s FIN ACK/,
    )
    // The last packet stands for the difference, those before it for the session that it is forwarded in.
    const last = flagsOf(found).at(-1) ?? 0
    expect(last & Tcp.fin).to.equal(Tcp.fin)
    const other = await shrunk(`${ECHO}\nexpect: { before: forward }`, deaf, reference)
    expect(other.difference.words).to.match(/^drop by fw-a on no-fin, forward/)
  })

  it('finds the same each time, and the same by trials that are played together', async () => {
    const parts = `
capture: half-close-ipv4
setup: { profile: suricata-7, policy: drop }
inject: [{ host-swap: 9 }]
expect: { before: forward, after host-swap: forward }`
    const [one, again, together] = [await shrunk(parts), await shrunk(parts), await shrunk(parts, batched)]
    expect(again.trial.recorded.batch.bytes).to.deep.equal(one.trial.recorded.batch.bytes)
    expect(again.trials).to.equal(one.trials)
    expect(together.difference.words).to.equal(one.difference.words)
    expect(together.after).to.deep.equal(one.after)
  })

  it('refuses what there is nothing of to shrink, and what is not the same each time', async () => {
    const failed = async (parts: string, ...targets: readonly Target[]) =>
      shrunk(parts, ...targets).then(
        () => 'nothing',
        (thrown: { code: string; exitCode: number; message: string }) =>
          `${thrown.code} ${thrown.exitCode} ${thrown.message}`,
      )
    expect(await failed(`${ECHO}\nexpect: { before: forward }`)).to.equal(
      'ERR_SHRINK 2 demo/one does not fail on reference: there is nothing to shrink.',
    )
    expect(await failed(`${ECHO}\nexpect: { before: forward }`, reference, reference)).to.include(
      'reference and reference agree about every packet of demo/one',
    )
    const counters = `${ECHO}\nexpect: { counters: { StreamExceptionPolicyPackets: 7 } }`
    expect(await failed(counters)).to.match(/^ERR_SHRINK 2 demo\/one fails by something that did not happen/)
    const moody = lying('moody', (verdict, flags, play) =>
      play > 2 && play % 2 === 0 && (flags & Tcp.fin) !== 0 ? Verdict.drop : verdict,
    )
    expect(await failed(`${ECHO}\nexpect: { before: forward }`, moody)).to.match(
      /^ERR_SHRINK_FLAKY 1 demo\/one is flaky on moody: played 3 times/,
    )
    const dead = lying('dead', () => Verdict.drop)
    expect(await failed(`${ECHO}\nexpect: { before: forward }`, dead)).to.match(/^ERR_CALIBRATION 3 /)
  })

  it('ends where no packet and no injection can be left out', () => {
    const captures = [
      'echo-ladder-ipv4',
      'half-close-ipv6',
      'retransmission-ipv4',
      'abort-rst-ipv4',
      'http-get-ipv4',
    ]
    const broken = fc.record({
      capture: fc.constantFrom(...captures),
      policy: fc.constantFrom('drop', 'reject', 'continue'),
      profile: fc.constantFrom('suricata-7', 'pf', 'linux-conntrack'),
      packet: fc.integer({ min: 4, max: 8 }),
      second: fc.constantFrom(
        'idle-gap: { at: 3, gap: 5s }',
        'duplicate: { at: 4, direction: c2s }',
        'path-return: 9',
      ),
      wanted: fc.constantFrom('forward', 'drop'),
    })
    return fc.assert(
      fc.asyncProperty(broken, async ({ capture, policy, profile, packet, second, wanted }) => {
        const swap = `host-swap: ${packet}`
        // At one place they come in the order in which they are written, and what comes after the swap is what is looked at.
        const test = caseFrom(`
capture: ${capture}
setup: { profile: ${profile}, policy: ${policy} }
inject: [${(second.startsWith('path-return') ? [swap, second] : [second, swap]).map((each) => `{ ${each} }`)}]
expect: { after host-swap: ${wanted} }`)
        const recorded = await recordedFor(test)
        let found: Awaited<ReturnType<typeof shrink>>
        try {
          found = await shrink({ test, recorded, targets: [reference], seed: 1, signal })
        } catch (thrown) {
          fc.pre(!`${thrown}`.includes('does not fail'))
          throw thrown
        }
        const whole = wholeOf(found.trial.test, found.trial.recorded)
        const events = placeInjections(found.trial.recorded, found.trial.test.injections, 0)
        await using players = new Players([reference], 1, signal)
        const all = trialOf(whole, { pieces: whole.pieces, events }, 'all')
        if (all === undefined) throw new Error('What is left can be played.')
        await players.open(all)
        const [shows] = await players.examine([all])
        const smaller = [
          ...whole.pieces.map((_, at) => ({ pieces: whole.pieces.toSpliced(at, 1), events })),
          ...events.map((_, at) => ({ pieces: whole.pieces, events: events.toSpliced(at, 1) })),
        ]
        const trials = smaller
          .map((each, at) => trialOf(whole, each, `${at}`))
          .filter((each) => each !== undefined)
        expect(shows?.words).to.be.a('string')
        for (const each of await players.examine(trials)) expect(each?.words).not.to.equal(shows?.words)
      }),
      { numRuns: 15 },
    )
  })
})
