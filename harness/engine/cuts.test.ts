import { FlowTable } from '../flow/table.ts'
import { Direction, nameOf } from '../model/codes.ts'
import { dice, type Roll } from './conversations/random.test.ts'
import { batchOf, type OracleCase, readRecorded } from './oracle-cases.test.ts'
import type { OracleFrame } from './oracle-suricata.test.ts'

/** Every time-out of Suricata's own file: TCP new and closed, established; UDP and ICMP new, established. */
const TIMEOUTS = [60, 600, 30, 300] as const
/** Captures are cut, and silences put, at each of so many first packets; and at some of the others: 200 in all. */
const FIRST = 40

/** Whether cuts and silences are put at every packet of every capture, which takes minutes. */
export const FULL = process.env.FLOWBREAK_FULL === '1'

/** A capture whole, each direction alone, and cut before its packets. */
export function* cutsOf(name: string): Generator<OracleCase> {
  const frames = readRecorded(name)
  const whole = batchOf(frames)
  new FlowTable().assign(whole)
  for (const way of Object.values(Direction))
    yield {
      name: `${name} ${nameOf(Direction, way)} only`,
      frames: frames.filter((_, index) => whole.direction[index] === way),
    }
  for (const cut of placesIn(frames, name, SAMPLED_CUTS))
    yield { name: `${name} from packet ${cut + 1}`, frames: frames.slice(cut) }
}

/**
 * The capture with a silence of a time-out, one second less and more, before its packets; what comes later is left out. At every
 * packet, a capture of hundreds of flows is taken apart into them: no flow of it can tell which others fell silent with it.
 */
export function* gapsOf(name: string): Generator<OracleCase> {
  const frames = readRecorded(name)
  if (!FULL) yield* silencesIn(name, frames)
  else for (const [flow, own] of flowsOf(frames).entries()) yield* silencesIn(`${name} flow ${flow}`, own)
}

/** The frames of each flow where there are very many, else all together. */
function flowsOf(frames: readonly OracleFrame[]): readonly (readonly OracleFrame[])[] {
  const whole = batchOf(frames)
  new FlowTable().assign(whole)
  const flows: OracleFrame[][] = []
  for (const [index, frame] of frames.entries()) {
    const flow = whole.flow[index] ?? -1
    if (flow < 0) return [frames]
    const own = flows[flow]
    if (own === undefined) flows[flow] = [frame]
    else own.push(frame)
  }
  return flows.length < MANY_FLOWS ? [frames] : flows
}

function* silencesIn(name: string, frames: readonly OracleFrame[]): Generator<OracleCase> {
  const seconds = TIMEOUTS.flatMap((timeout) => [timeout - 1, timeout, timeout + 1])
  for (const at of placesIn(frames, `${name} gap`, SAMPLED_GAPS))
    if (at > 0) for (const gap of seconds) yield withGap(name, frames, at, gap)
}

/** From so many on, flows are played alone. */
const MANY_FLOWS = 100
/** How many packets after a silence are of interest: what the silence did shows at once. */
const TAIL = 12
/** A capture's share of the sample. */
const SAMPLED_CUTS = 14
const SAMPLED_GAPS = 1

function withGap(name: string, frames: readonly OracleFrame[], at: number, seconds: number): OracleCase {
  const later = frames.slice(at, FULL ? undefined : at + TAIL)
  return {
    name: `${name} ${seconds} s before packet ${at + 1}`,
    frames: [
      ...frames.slice(0, at),
      ...later.map(({ time, bytes }) => ({ time: time + seconds * 1e9, bytes })),
    ],
  }
}

function placesIn(frames: readonly OracleFrame[], seed: string, sampled: number): number[] {
  const all = frames.map((_, index) => index)
  if (FULL || frames.length <= FIRST) return all
  const roll: Roll = dice([...seed].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7))
  const others = Array.from({ length: sampled }, () => FIRST + roll(frames.length - FIRST))
  return [...all.slice(0, FIRST), ...new Set(others)]
}

/** The cases that `of` makes of each capture, one after another: all of them at once are more than memory holds. */
export function* casesOf(
  captures: readonly string[],
  of: (name: string) => Iterable<OracleCase>,
): Generator<OracleCase> {
  for (const name of captures) yield* of(name)
}

/** Cases in lots of so many packets, so that no process keeps too much at once. */
export function* lotsOf(cases: Iterable<OracleCase>, packets: number): Generator<OracleCase[]> {
  let lot: OracleCase[] = []
  let size = 0
  for (const each of cases) {
    lot.push(each)
    size += each.frames.length
    if (size < packets) continue
    yield lot
    lot = []
    size = 0
  }
  if (lot.length > 0) yield lot
}
