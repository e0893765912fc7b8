import { expect } from 'chai'
import { Host } from '../../model/codes.ts'
import { isPlayed, type Played, type SweepCell } from '../../model/sweep.ts'
import type { Target } from '../../model/target.ts'
import { replayCapture } from '../../run/replay.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import { getTarget } from '../../target/targets.ts'
import { parseBreak } from './break.ts'
import { type SweepOptions, sweepCapture } from './sweep.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'
const target = getTarget('reference', 'test')

function optionsOf(inputs: readonly SetupInput[], rest: Partial<SweepOptions> = {}): SweepOptions {
  return {
    ...{ capture: LADDER, flow: undefined, axes: ['setup'], breaks: undefined, seed: 1 },
    endpoints: 'recorded',
    signal: new AbortController().signal,
    contestants: inputs.map((input, index) => ({
      ...{ values: [String(index)], target, options: [] },
      setup: () => makeSetup(input),
    })),
    ...rest,
  }
}

/** The reference behind another class, so that it is played by cases. */
function disguised(more: Partial<Target['capabilities']> = {}): Target {
  const { version, capabilities } = target
  return {
    ...{ name: 'disguised', version, capabilities: { ...capabilities, ...more } },
    prepare: (setup, signal) => target.prepare(setup, signal),
  }
}

function played(cell: SweepCell | undefined): Played {
  if (!isPlayed(cell)) throw new Error(`It was not played: ${cell?.detail}`)
  return cell
}

/** Letters of the flow, and who gave them, of one replay by itself. */
async function alone(capture: string, input: SetupInput, inject: string, at: number, flow: number) {
  let verdicts = ''
  const told: string[] = []
  await replayCapture({
    ...{ capture, target, flow, endpoints: 'recorded', seed: 1, signal: new AbortController().signal },
    setup: makeSetup(input),
    injections: parseBreak(inject).at(at),
    observe: ({ packets }) => {
      for (let i = 0; i < packets.count; i++)
        if (packets.flow[i] === flow) verdicts += 'ufdra'[packets.verdict[i] ?? 0]
      for (const { by, cause } of packets.emitted)
        if (cause < 0 || packets.flow[cause] === flow) told.push(by === Host.loadBalancer ? 'lb' : `${by}`)
    },
  })
  return { verdicts, told: told.length }
}

describe('sweepCapture', () => {
  const inputs: SetupInput[] = [
    { policy: 'drop' },
    { policy: 'reject', sharing: 'replication' },
    { policy: 'continue', sharing: 'cluster' },
    { policy: 'reject', sharing: 'snat' },
    { policy: 'reject', sharing: 'sync', 'reset-on-expiry': 'both' },
  ]

  it('shows of each place what a replay of it shows', async () => {
    const { map } = await sweepCapture(optionsOf(inputs))
    expect(map.breaks).to.deep.equal([
      ...['host-swap', 'host-swap:crash', 'idle-gap:400s'],
      ...['asymmetric-path:c2s=fw-b', 'asymmetric-path:s2c=fw-b'],
    ])
    for (const [broken, name] of map.breaks.entries())
      for (const [column, input] of inputs.entries())
        for (const [packet, { number }] of map.packets.entries()) {
          // Every third is enough to see.
          if ((packet + column) % 3 !== 0 || (packet === 0 && name.startsWith('idle'))) continue
          const cell = played(map.cells[broken]?.[column]?.[packet])
          const shown = { verdicts: cell.verdicts, told: cell.told.length }
          expect(shown, `${name} ${number}`).to.deep.equal(await alone(LADDER, input, name, number, 0))
        }
  })

  it('shows the same of a flow among others, which are left out', async () => {
    const capture = 'captures/http-keepalive-idle-ipv6.pcap'
    const { map } = await sweepCapture(optionsOf([{}], { capture, breaks: ['host-swap+idle-gap:90s'] }))
    const many = 'captures/concurrent-200-ipv4.pcap'
    const { map: one } = await sweepCapture(
      optionsOf([{}], { capture: many, flow: 7, breaks: ['host-swap'] }),
    )
    expect(one.packets.length).to.be.below(50)
    for (const [at, { number }] of one.packets.entries()) {
      const { verdicts } = played(one.cells[0]?.[0]?.[at])
      expect(verdicts).to.equal((await alone(many, {}, 'host-swap', number, 7)).verdicts)
    }
    expect(map.cells[0]?.[0]?.filter(isPlayed)).to.have.length(map.packets.length - 1)
  })

  it('shows the same where the target is played by cases', async () => {
    const { map: direct } = await sweepCapture(optionsOf(inputs))
    const options = optionsOf(inputs)
    const other = disguised()
    const contestants = options.contestants.map((one) => ({ ...one, target: other }))
    const { map } = await sweepCapture({ ...options, contestants })
    expect(map.cells).to.deep.equal(direct.cells)
    expect(map.columns.map(({ unbroken }) => unbroken)).to.deep.equal(
      direct.columns.map(({ unbroken }) => unbroken),
    )
  })

  it('tells what users feel, of reactive endpoints', async () => {
    const { map } = await sweepCapture(
      optionsOf([{ policy: 'drop' }, { policy: 'reject' }], { breaks: ['host-swap'], endpoints: 'reactive' }),
    )
    const felt = map.cells[0]?.map((column) => played(column[9]).impact?.kind)
    expect(felt).to.deep.equal(['hung', 'reset'])
  })

  it('says why a place cannot be broken, a column be played or a target do it', async () => {
    const { map } = await sweepCapture(
      optionsOf([{}, { profile: 'panos', policy: 'continue' }], {
        breaks: ['idle-gap:400s', 'duplicate:s2c'],
      }),
    )
    expect(map.cells[0]?.[0]?.[0]).to.deep.include({ why: 'impossible' })
    expect(map.cells[1]?.[0]?.slice(0, 3).map(isPlayed)).to.deep.equal([false, false, true])
    expect(map.columns[1]?.unbroken)
      .to.have.property('detail')
      .that.matches(/"panos" cannot be set/)
    const options = optionsOf([{}, {}], { breaks: ['host-swap'] })
    const less = disguised({ events: [] })
    const contestants = options.contestants.map((one, at) => (at === 0 ? one : { ...one, target: less }))
    const { map: lacking } = await sweepCapture({ ...options, contestants })
    expect(isPlayed(lacking.columns[1]?.unbroken)).to.equal(true)
    expect(lacking.cells[0]?.[1]?.[5]).to.deep.equal({
      why: 'skipped',
      detail: 'The target disguised has no event drain.',
    })
  })

  it('goes on past a target that breaks, and tells of it', async () => {
    const breaking: Target = {
      ...disguised(),
      prepare: async () => {
        throw new FlowbreakError('ERR_TEST', 'It is away.', { exitCode: 3 })
      },
    }
    const options = optionsOf([{}, {}], { breaks: ['host-swap'] })
    const contestants = options.contestants.map((one, at) => (at === 0 ? { ...one, target: breaking } : one))
    const { map, broken } = await sweepCapture({ ...options, contestants })
    expect(broken).to.include({ exitCode: 3, message: 'It is away.' })
    expect(map.cells[0]?.[0]?.[3]).to.deep.equal({ why: 'error', detail: 'It is away.' })
    expect(isPlayed(map.cells[0]?.[1]?.[3])).to.equal(true)
  })

  it('refuses what cannot be swept, in one sentence', async () => {
    const refusal = async (rest: Partial<SweepOptions>, inputs: readonly SetupInput[] = [{}]) =>
      sweepCapture(optionsOf(inputs, rest)).then(() => 'it ran', messageOf)
    expect(await refusal({ capture: 'captures/concurrent-200-ipv4.pcap' })).to.match(
      /has 200 flows.*choose it with --flow, 0 \(tcp 192/,
    )
    expect(await refusal({ flow: 4 })).to.match(/has no flow 4: choose 0 \(tcp/)
    expect(await refusal({ breaks: ['host-swap@12'] })).to.match(/names a place.*write host-swap\./)
    expect(await refusal({ breaks: ['asymmetric-path:c2s=fw-z'] })).to.match(/no host fw-z/)
    expect(await refusal({ capture: '-' })).to.match(/not standard input/)
    const many = Array.from({ length: 400 }, (): SetupInput => ({}))
    expect(await refusal({ capture: 'captures/bulk-wscale-ipv4.pcap' }, many)).to.match(
      /has \d+ packets, too many to be broken at each of them 2000 times over/,
    )
    expect(await refusal({}, [{ hosts: 0 }])).to.match(/^Nothing could be swept\. hosts: Write 1/)
  })

  it('keeps what was played when it is interrupted', async () => {
    const interrupt = new AbortController()
    const options = optionsOf([{}, {}], { breaks: ['host-swap'], signal: interrupt.signal })
    const contestants = options.contestants.map((one, at) => {
      const prepare: Target['prepare'] = (setup, signal) => {
        interrupt.abort()
        return target.prepare(setup, signal)
      }
      return at === 0 ? one : { ...one, target: { ...disguised(), prepare } }
    })
    const { map, interrupted } = await sweepCapture({ ...options, contestants })
    expect(interrupted).to.equal(true)
    expect(map.cells[0]?.[0]?.every(isPlayed)).to.equal(true)
    expect(map.cells[0]?.[1]?.[0]).to.have.property('detail', 'Not played: interrupted.')
  })
})
