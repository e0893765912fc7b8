import type { Setup } from '../../model/setup.ts'
import type { SweepCell, SweepColumn, SweepMap, Unplayed } from '../../model/sweep.ts'
import { isPlayed } from '../../model/sweep.ts'
import type { Target } from '../../model/target.ts'
import { LoadBalancerPath } from '../../path/load-balancer.ts'
import { longestTimeout } from '../../plan/longest-timeout.ts'
import { CaptureStore } from '../../run/captures.ts'
import { asFlowbreakError, ExitCode, FlowbreakError } from '../../support/errors.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { happeningsOf } from '../../timeline/inject/index.ts'
import { readScript } from '../../timeline/reactive/script.ts'
import { borrowingBatch, roadBatch } from '../../timeline/recorded.ts'
import { type Break, parseBreak, usualBreaks } from './break.ts'
import type { ReadyColumn, Sweeping } from './column.ts'
import { playInProcess } from './in-process.ts'
import { longestSilence } from './places.ts'
import { type SweptFlow, sweptFlow } from './swept-flow.ts'
import { decidersOf } from './tape.ts'

/** Seconds by which the usual idle gap is longer than the longest time-out. */
const BEYOND = 50
/** Verdicts that a map holds at most, each a byte. */
const MOST_VERDICTS = 1 << 30
const INTERRUPTED: Unplayed = { why: 'skipped', detail: 'Not played: interrupted.' }

/** One combination of values. */
export interface Contestant {
  readonly values: readonly string[]
  readonly target: Target
  /** Throws ERR_SETUP where there is no setup of that kind. */
  readonly setup: () => Setup
  /** Options of `flowbreak replay` that play it. */
  readonly options: readonly string[]
}

export interface SweepOptions {
  readonly capture: string
  /** Undefined: the capture's only one. */
  readonly flow: number | undefined
  readonly axes: readonly string[]
  readonly contestants: readonly Contestant[]
  /** Undefined: the usual ones. */
  readonly breaks: readonly string[] | undefined
  readonly endpoints: 'recorded' | 'reactive'
  readonly seed: number
  readonly signal: AbortSignal
}

/** A sweep, and what ended it before its end. */
export interface Swept {
  readonly map: SweepMap
  readonly interrupted: boolean
  /** What a target or a set-up broke by: cells say so too. */
  readonly broken: FlowbreakError | undefined
}

/**
 * Breaks one flow at every packet, in every way, under every combination of values. A column that cannot be played says why; throws
 * where none could, and what is wrong with the capture.
 */
export async function sweepCapture(options: SweepOptions): Promise<Swept> {
  const { capture, contestants, axes, endpoints, seed, signal } = options
  if (capture === '-')
    throw new FlowbreakError(
      'ERR_SWEEP_PIPE',
      'A sweep needs a file, not standard input: write the capture to a file first.',
    )
  const given = options.breaks?.map(parseBreak)
  const { ready, refused } = await readyColumns(options)
  const [first] = ready.values()
  if (first === undefined) throw nothingSwept(contestants, refused)
  // A flow that no endpoint could play is no fault of a target.
  if (endpoints === 'reactive') readScript(capture, first.flow.recorded.batch)
  const breaks = given ?? usualBreaksOf([...ready.values()], seed).map(parseBreak)
  for (const each of breaks) checkBreak(each, first)

  const { packets, info } = first.flow
  checkSize(capture, packets.length, breaks.length * contestants.length)
  const unbroken: (SweepCell | undefined)[] = contestants.map((_, column) => refused.get(column))
  const cells = breaks.map(() => contestants.map((_, column) => fill(packets.length, refused.get(column))))
  let broken: FlowbreakError | undefined
  const sweeping: Sweeping = {
    ...{ breaks, seed, signal, reactive: endpoints === 'reactive' },
    take: (column, at, packet, cell) => {
      const row = cells[at]?.[column]
      if (row === undefined) unbroken[column] = cell
      else row[packet] = cell
    },
    fail: (thrown) => {
      broken ??= thrown
    },
  }
  await playAll(ready, sweeping)
  for (const row of cells.flatMap((columns) => [...columns.entries()])) settle(row[1], unbroken[row[0]])
  const map: SweepMap = {
    ...{ capture, flow: info, endpoints, axes, packets },
    columns: contestants.map(({ target, values, options: words }, column): SweepColumn => {
      return { target: target.name, values, unbroken: unbroken[column] ?? INTERRUPTED, options: words }
    }),
    breaks: breaks.map(({ name }) => name),
    deciders: decidersOf(first.setup.topology.hosts),
    cells,
  }
  const all = [...map.columns.map((column) => column.unbroken), ...cells.flat(2)]
  if (!signal.aborted && !all.some(isPlayed))
    throw broken ?? nothingSwept(contestants, new Map(map.columns.map((each, at) => [at, reason(each)])))
  return { map, interrupted: signal.aborted, broken }
}

/** Every place has a verdict a packet. Throws ERR_SWEEP_SIZE. */
function checkSize(capture: string, packets: number, tables: number): void {
  if (packets * packets * tables <= MOST_VERDICTS) return
  throw new FlowbreakError(
    'ERR_SWEEP_SIZE',
    `The flow of ${capture} has ${packets} packets, too many to be broken at each of them ${tables} times over: name fewer breaks or columns, or cut it with capture slice.`,
  )
}

/** What was not played of a column that broke says by what. */
function settle(cells: SweepCell[], unbroken: SweepCell = INTERRUPTED): void {
  if (isPlayed(unbroken)) return
  for (const [packet, cell] of cells.entries()) if (cell === INTERRUPTED) cells[packet] = unbroken
}

/** Why none of a column was played. */
function reason({ unbroken }: SweepColumn): Unplayed {
  return isPlayed(unbroken) ? INTERRUPTED : unbroken
}

async function readyColumns({ capture, contestants, flow }: SweepOptions): Promise<{
  readonly ready: ReadonlyMap<number, ReadyColumn>
  readonly refused: ReadonlyMap<number, Unplayed>
}> {
  const captures = new CaptureStore()
  const flows = new Map<unknown, SweptFlow>()
  const ready = new Map<number, ReadyColumn>()
  const refused = new Map<number, Unplayed>()
  for (const [column, { target, setup: make }] of contestants.entries()) {
    let setup: Setup
    try {
      setup = make()
    } catch (thrown) {
      const error = asFlowbreakError(thrown)
      if (error === undefined) throw thrown
      refused.set(column, { why: 'skipped', detail: error.message })
      continue
    }
    const whole = await captures.load(capture, setup)
    const swept = flows.get(whole) ?? sweptFlow(whole, flow)
    flows.set(whole, swept)
    ready.set(column, { target, setup, flow: swept })
  }
  return { ready, refused }
}

/** Plays column by column; what cannot be told of one stands in its cells. */
async function playAll(ready: ReadonlyMap<number, ReadyColumn>, sweeping: Sweeping): Promise<void> {
  const others = new Map<Target, Map<number, ReadyColumn>>()
  const batches = { out: roadBatch(), run: borrowingBatch() }
  for (const [column, each] of ready) {
    const { target } = each
    if (target instanceof ReferenceTarget && !sweeping.reactive) {
      await playInProcess(column, { ...each, target }, sweeping, batches).catch((thrown: unknown) =>
        note(column, thrown, sweeping),
      )
      continue
    }
    const columns = others.get(target) ?? new Map<number, ReadyColumn>()
    others.set(target, columns.set(column, each))
  }
  if (others.size === 0) return
  const { playByCases } = await import('./by-cases.ts')
  for (const [target, columns] of others) {
    if (sweeping.signal.aborted) return
    await playByCases(target, columns, sweeping)
  }
}

/** A column that broke. */
function note(column: number, thrown: unknown, { signal, take, fail }: Sweeping): void {
  if (signal.aborted) return
  const error = asFlowbreakError(thrown)
  if (error === undefined) throw thrown
  if (error.exitCode === ExitCode.broken) fail(error)
  const why = error.exitCode === ExitCode.broken ? 'error' : 'skipped'
  take(column, -1, -1, { why, detail: error.message })
}

/** The usual breaks, beyond every time-out of every column, and beside the host that the flow goes by. */
function usualBreaksOf(columns: readonly ReadyColumn[], seed: number): readonly string[] {
  const timeouts = columns.map(({ setup, flow }) => {
    const { tcpIdle, otherIdle } = setup.topology.loadBalancer
    return Math.max(longestTimeout(setup), tcpIdle, otherIdle, longestSilence(flow))
  })
  const [first] = columns
  return usualBreaks(Math.ceil(Math.max(...timeouts)) + BEYOND, first && otherHost(first, seed))
}

/** A host that the flow does not go by; undefined where there is but one. */
function otherHost({ setup, flow }: ReadyColumn, seed: number): string | undefined {
  const { hosts } = setup.topology
  if (hosts.length < 2) return undefined
  const packets = flow.recorded.batch
  new LoadBalancerPath(setup.topology, seed).assign({ packets, events: [] })
  return hosts[((packets.host[0] ?? 0) + 1) % hosts.length]
}

/** What no place can mend: a host that there is none of. Throws ERR_HOST_UNKNOWN. */
function checkBreak({ at }: Break, { flow, setup }: ReadyColumn): void {
  const { hosts, sharing } = setup.topology
  for (const injection of at(1)) happeningsOf(injection, flow.info.id, hosts, sharing)
}

function fill(length: number, cell: SweepCell = INTERRUPTED): SweepCell[] {
  return new Array<SweepCell>(length).fill(cell)
}

/** What all say, if it is the same; else what each says. */
function nothingSwept(
  contestants: readonly Contestant[],
  refused: ReadonlyMap<number, Unplayed>,
): FlowbreakError {
  const said = contestants.map(({ values }, column) => ({ values, ...(refused.get(column) ?? INTERRUPTED) }))
  const same = new Set(said.map(({ detail }) => detail)).size === 1
  const reasons = same
    ? (said[0]?.detail ?? '')
    : said.map(({ values, detail }) => `${values.join(', ')}: ${detail}`).join(' ')
  return new FlowbreakError('ERR_NOTHING_SWEPT', `Nothing could be swept. ${reasons}`, {
    exitCode: said.some(({ why }) => why === 'error') ? ExitCode.broken : ExitCode.usage,
  })
}
