import { expect } from 'chai'
import type { ComparedColumn, Comparison, PlayedColumn } from '../../model/comparison.ts'
import type { Target } from '../../model/target.ts'
import { parseInjections } from '../../suite/injection-text.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { makeSetup } from '../../suite/setup.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { getTarget } from '../../target/targets.ts'
import { replayCapture } from '../replay.ts'
import { type CompareOptions, compareCapture } from './compare.ts'

const LADDER = 'captures/echo-ladder-ipv4.pcap'
const target = getTarget('reference', 'test')

function optionsOf(
  inputs: readonly SetupInput[],
  inject: readonly string[],
  rest: Partial<CompareOptions> = {},
): CompareOptions {
  return {
    capture: LADDER,
    axes: ['setup'],
    contenders: inputs.map((input, index) => ({
      values: [String(index)],
      target,
      setup: () => makeSetup(input),
    })),
    broken: inject,
    injections: parseInjections(inject),
    flow: undefined,
    endpoints: 'recorded',
    seed: 1,
    signal: new AbortController().signal,
    ...rest,
  }
}

async function compare(...args: Parameters<typeof optionsOf>): Promise<Comparison> {
  return (await compareCapture(optionsOf(...args))).comparison
}

/** Number, time and verdict of every packet of one replay by itself. */
async function alone(options: CompareOptions, k: number) {
  const seen: (number | undefined)[][] = []
  const contender = options.contenders[k]
  if (contender === undefined) throw new Error('There is no such contender.')
  const replayed = await replayCapture({
    ...options,
    target,
    setup: contender.setup(),
    observe: ({ packets }) => {
      for (let i = 0; i < packets.count; i++)
        seen.push([packets.number[i], packets.time[i], packets.verdict[i]])
    },
  })
  return { seen, replayed }
}

function playedOf({ columns }: Comparison): PlayedColumn[] {
  return columns.map(({ played }: ComparedColumn) => {
    if (played === undefined) throw new Error('Every column was to be played.')
    return played
  })
}

describe('compareCapture', () => {
  for (const endpoints of ['recorded', 'reactive'] as const)
    it(`shows of each setup what a replay of it shows (endpoints: ${endpoints})`, async () => {
      const inputs: SetupInput[] = [
        { policy: 'drop' },
        { policy: 'reject' },
        { policy: 'continue' },
        { sharing: 'replication' },
        { profile: 'pf', policy: 'reject' },
      ]
      const options = optionsOf(inputs, ['host-swap@12'], { endpoints })
      const { comparison } = await compareCapture(options)
      const rows = [...comparison.rows()]
      for (const [k, played] of playedOf(comparison).entries()) {
        const { seen, replayed } = await alone(options, k)
        const zero = seen[0]?.[1] ?? 0
        const shown = rows
          .filter(({ cells }) => cells[k] !== undefined)
          .map(({ packet, time, cells }) => [packet, time, cells[k]?.verdict])
        expect(shown).to.deep.equal(seen.map(([number, time = 0, verdict]) => [number, time - zero, verdict]))
        expect(played.packets).to.equal(seen.length)
        expect(played.impact).to.deep.equal(replayed.impact)
      }
    })

  it('finds where each column first differs from the first', async () => {
    const comparison = await compare(
      [{ policy: 'drop' }, { policy: 'reject' }, { policy: 'drop', 'tcp-idle': '90s' }],
      ['host-swap@c2s:data#2'],
    )
    const [drop, reject, same] = playedOf(comparison)
    expect(drop?.firstDifference).to.equal(undefined)
    expect(reject?.firstDifference).to.include({ packet: 8, row: 7 })
    expect(same?.firstDifference).to.equal(undefined)
    expect(reject?.resets).to.deep.equal({ client: 1, server: 0 })
    expect(reject?.decidedBy).to.deep.equal({ 'fw-a': 7, 'fw-b': 19 })
  })

  it('lets a setup that cannot be be a column that says why', async () => {
    const { columns } = await compare([{ profile: 'panos', policy: 'continue' }, { profile: 'pf' }], [])
    expect(columns[0]?.refused).to.match(/"panos" cannot be set to policy "continue"/)
    expect(columns[1]?.played?.packets).to.equal(26)
  })

  it('names what a target lacks', async () => {
    const less: Target = {
      name: 'less',
      version: '1',
      capabilities: { ...target.capabilities, policies: ['drop'] },
      prepare: (setup, signal) => target.prepare(setup, signal),
    }
    const options = optionsOf([{ policy: 'drop' }, { policy: 'reject' }], [])
    const contenders = options.contenders.map((contender) => ({ ...contender, target: less }))
    const { comparison } = await compareCapture({ ...options, contenders })
    expect(comparison.columns.map(({ refused }) => refused)).to.deep.equal([
      undefined,
      'The target less has no policy reject.',
    ])
  })

  it('goes on past a target that breaks under one setup, and tells of it', async () => {
    const breaking: Target = {
      name: 'breaking',
      version: '1',
      capabilities: target.capabilities,
      prepare: async () => {
        throw new FlowbreakError('ERR_TEST', 'Its store is away.', { exitCode: 3 })
      },
    }
    const options = optionsOf([{ policy: 'drop' }, { policy: 'reject' }], [])
    const contenders = options.contenders.map((one, index) =>
      index === 0 ? { ...one, target: breaking } : one,
    )
    const { comparison, broken } = await compareCapture({ ...options, contenders })
    expect(comparison.columns.map(({ refused }) => refused)).to.deep.equal(['Its store is away.', undefined])
    expect(broken?.exitCode).to.equal(3)
  })

  it('says once what all setups are refused for, or what each is', async () => {
    const sentence = async (inputs: readonly SetupInput[], inject: readonly string[] = []) =>
      compareCapture(optionsOf(inputs, inject)).then(
        () => 'it ran',
        (thrown: unknown) =>
          thrown instanceof FlowbreakError ? `${thrown.exitCode} ${thrown.message}` : 'other',
      )
    expect(await sentence([{ hosts: 0 }, { hosts: 0 }])).to.match(/^2 hosts: Write 1 to 250 hosts/)
    expect(await sentence([{ policy: 'drop' }, { policy: 'reject' }], ['host-swap@99'])).to.match(
      /^2 host-swap is to happen at packet 99/,
    )
    expect(await sentence([{ hosts: 0 }, { sharing: 'x' }])).to.match(
      /^2 No value could be played\. 0: .* 1: /,
    )
  })

  it('reports a reset at expiry as a row of its own', async () => {
    const comparison = await compare([{}, { 'reset-on-expiry': 'both' }], ['idle-gap@12:400s'])
    const expiries = [...comparison.rows()].filter(({ packet }) => packet < 0)
    expect(expiries).to.have.lengthOf(2)
    for (const { cells } of expiries) {
      expect(cells[0]).to.equal(undefined)
      expect(cells[1]?.told).to.have.lengthOf(1)
    }
    expect(playedOf(comparison)[1]?.resets).to.deep.equal({ client: 1, server: 1 })
  })

  it('aligns a capture that profiles read in different ways', async () => {
    const comparison = await compare(
      [
        { profile: 'suricata-7', tunnels: 'inner' },
        { profile: 'panos', tunnels: 'outer' },
      ],
      ['host-swap@4'],
      { capture: 'captures/udp-fragments-ipv4.pcap' },
    )
    const rows = [...comparison.rows()]
    for (const [k, { packets }] of playedOf(comparison).entries())
      expect(rows.filter(({ cells }) => cells[k] !== undefined)).to.have.lengthOf(packets)
    expect(rows.every(({ cells }) => cells.every((cell) => cell !== undefined))).to.equal(true)
  })

  it('keeps what was played when it is interrupted', async () => {
    const interrupt = new AbortController()
    const options = optionsOf([{ policy: 'drop' }, { policy: 'reject' }], ['host-swap@12'], {
      signal: interrupt.signal,
    })
    const [first, second] = options.contenders
    if (first === undefined || second === undefined) throw new Error('There are two contenders.')
    const stopping = {
      ...second,
      setup: () => {
        interrupt.abort()
        return second.setup()
      },
    }
    const { comparison, interrupted } = await compareCapture({ ...options, contenders: [first, stopping] })
    expect(interrupted).to.equal(true)
    expect(comparison.columns.map(({ refused }) => refused)).to.deep.equal([
      undefined,
      'Not played: interrupted.',
    ])
    expect([...comparison.rows()]).to.have.lengthOf(26)
  })

  it('refuses a pipe, which it could read but once', async () => {
    const refused = await compareCapture(optionsOf([{}], [], { capture: '-' })).catch(
      (thrown: unknown) => thrown,
    )
    expect(refused).to.be.instanceOf(FlowbreakError)
    expect(refused).to.include({ code: 'ERR_COMPARE_PIPE' })
  })
})
