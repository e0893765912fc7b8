import { basename } from 'node:path'
import type { CaseResult } from '../../log/cases.ts'
import { untraced, wholeEvent } from '../../log/kept.ts'
import type { Provenance } from '../../model/case.ts'
import type { CaseFinished, CaseSummary, Mismatch } from '../../model/run-log.ts'
import { axesOf } from '../axes.ts'
import { shortName } from '../names.ts'
import { NEEDS_A_LOOK, OUTCOME_ORDER, STYLES } from '../outcomes.ts'
import { Blocks, packed } from './blocks.ts'
import { frontCoded } from './client/front.ts'
import type { ShownRun } from './sides.ts'
import { Texts } from './texts.ts'
import type { CaseRecord, CaseRow, Glance, PageAxis, PageIndex, SetupTable } from './view.ts'

/** Name of the axis for sides. */
const SIDE = 'target'
/** Most columns that are chosen automatically. */
const COLUMNS = 12
/** Characters of all blocks with which a browser still opens a page in seconds. */
const LARGEST = 100_000_000
/** Axes that make columns, in this order, as long as there is room. */
const LEADING = [SIDE, 'policy', 'family', 'sharing']

/** The page's data, packed: the index, the setups, and the blocks of cases. */
export interface PageData {
  readonly index: PageIndex
  readonly setups: string
  readonly blocks: readonly string[]
}

interface Placed {
  readonly result: CaseResult
  readonly side: number
  readonly axes: Readonly<Record<string, string>>
}

/** All data of some runs that the page draws from. `largest`: characters of blocks beyond which cases that passed lose their packets. */
export function pageData(runs: readonly ShownRun[], largest = LARGEST): PageData {
  const sides = runs.flatMap((run) => run.sides)
  const placed = placedResults(runs, sides.length > 1)
  const { places, blocks } = blocksOf(placed, largest)
  const texts = new Texts()
  const names = new Texts()
  const sets = new Texts()
  const cases = placed.map((one, at): CaseRow => {
    const { case: test, outcome } = one.result
    const [block, place] = places[at] ?? [0, 0]
    const row = [
      one.side,
      OUTCOME_ORDER.indexOf(outcome),
      names.of(test.name),
      texts.of(shortName(test)),
      texts.of(test.suite),
      sets.of(JSON.stringify(one.axes)),
      texts.of(test.requirement),
      texts.of([...test.tags, ...test.rows].join(' ')),
      block,
      place,
    ] as const
    return NEEDS_A_LOOK.has(outcome) || outcome === 'known-failure'
      ? [...row, glanceOf(one.result, texts)]
      : row
  })
  const index: PageIndex = {
    outcomes: STYLES,
    order: OUTCOME_ORDER,
    sides,
    axes: pageAxes(placed),
    texts: texts.list,
    names: frontCoded(names.list),
    axisSets: sets.list.map((set) => JSON.parse(set)),
    cases,
  }
  return { index, setups: packed(setupsOf(runs)), blocks }
}

function placedResults(runs: readonly ShownRun[], several: boolean): readonly Placed[] {
  let first = 0
  const families = familiesOf(runs)
  return runs.flatMap(({ results, sides }) => {
    const numbers = new Map(sides.map(({ target }, at) => [target, first + at]))
    const names = new Map(sides.map(({ target, name }) => [target, name]))
    first += sides.length
    return results.map((result) => ({
      result,
      side: numbers.get(result.target) ?? 0,
      axes: {
        ...(several ? { [SIDE]: names.get(result.target) ?? '' } : {}),
        ...impliedAxes(result.case, families),
      },
    }))
  })
}

/** The axes of a case, with those that every case has even if its suite has no such axis. */
function impliedAxes(
  test: CaseSummary,
  families: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  // A capture that no case was played with has a family all the same.
  const family =
    families.get(test.capture) ?? /(?<![a-z0-9])ipv[46](?![a-z0-9])/.exec(basename(test.capture))?.[0]
  return {
    policy: test.policy,
    ...(family === undefined ? {} : { family }),
    ...sharingOf(test),
    ...test.axes,
  }
}

/** The family of each capture that a case was played with: of one case each, because packets of a large log have to be read from it. */
function familiesOf(runs: readonly ShownRun[]): ReadonlyMap<string, string> {
  const families = new Map<string, string>()
  for (const { results } of runs)
    for (const { case: test, finished } of results) {
      if (families.has(test.capture)) continue
      const client = finished?.trace?.flows[0]?.client
      if (client !== undefined) families.set(test.capture, client.split(':').length > 2 ? 'ipv6' : 'ipv4')
    }
  return families
}

function sharingOf({ sharing }: CaseSummary): { readonly sharing?: string } {
  return sharing === undefined ? {} : { sharing }
}

/** The records of all cases; if the page would be too large for a browser, those that passed are without their packets, which the log has. */
function blocksOf(placed: readonly Placed[], largest: number): PackedCases {
  const whole = packedCases(placed, recordOf, largest)
  return whole.size <= largest ? whole : packedCases(placed, plainRecordOf)
}

interface PackedCases {
  readonly places: readonly (readonly [block: number, place: number])[]
  readonly blocks: readonly string[]
  /** Characters of the blocks. */
  readonly size: number
}

/** Cases of one capture lie next to each other, because nearly all of their columns are the same. `most`: characters after which to stop. */
function packedCases(
  placed: readonly Placed[],
  record: (result: CaseResult) => CaseRecord,
  most = Number.POSITIVE_INFINITY,
): PackedCases {
  const order = placed.map((_, at) => at)
  const capture = (at: number) => placed[at]?.result.case.capture ?? ''
  order.sort((a, b) => (capture(a) < capture(b) ? -1 : capture(a) > capture(b) ? 1 : a - b))
  const blocks = new Blocks()
  const places: (readonly [number, number])[] = []
  for (const at of order) {
    const result = placed[at]?.result
    if (result !== undefined) places[at] = blocks.add(record(result))
    if (blocks.size > most) break
  }
  blocks.close()
  return { places, blocks: blocks.list, size: blocks.size }
}

function recordOf({ case: test, detail, finished }: CaseResult): CaseRecord {
  const record = { case: test, ...(detail === undefined ? {} : { detail }) }
  if (finished === undefined) return record
  const whole = wholeEvent(finished)
  const { type: _type, case: _case, target: _target, outcome: _outcome, detail: _detail, ...rest } = whole
  return { ...record, finished: rest }
}

function plainRecordOf(result: CaseResult): CaseRecord {
  const { finished } = result
  return recordOf(
    finished === undefined ? result : { ...result, finished: untraced(finished) as CaseFinished },
  )
}

/** The first thing to know about a case that needs a look. */
function glanceOf({ case: test, detail = '', finished }: CaseResult, texts: Texts): Glance {
  const mismatches = finished?.mismatches ?? []
  const first = mismatches.find(({ level }) => level !== 'provisional') ?? mismatches[0]
  if (first === undefined) {
    const sources = new Set(test.expectations.map(({ provenance }) => sourceWords(provenance)))
    return [texts.of(''), texts.of(''), texts.of(detail), texts.of([...sources].slice(0, 1).join(''))]
  }
  const { expected, observed, provenance } = first
  const where = whereOf(first, finished?.trace?.number ?? [])
  return [where, expected, observed, sourceWords(provenance)].map((text) =>
    texts.of(text),
  ) as unknown as Glance
}

function sourceWords({ mark, where }: Provenance): string {
  return `${mark}: ${where}`
}

/** `packet 6, after host-swap`. */
function whereOf({ index, phase }: Mismatch, numbers: readonly number[]): string {
  if (index === undefined) return phase
  const number = numbers[index] ?? 0
  return `${number === 0 ? 'injected packet' : `packet ${number}`}, ${phase}`
}

function pageAxes(placed: readonly Placed[]): readonly PageAxis[] {
  const all = axesOf(placed.map(({ result, axes }) => ({ ...result, case: { ...result.case, axes } })))
  const rank = (name: string) => (LEADING.includes(name) ? LEADING.indexOf(name) : LEADING.length)
  const sorted = [...all].sort((a, b) => rank(a.name) - rank(b.name))
  let columns = 1
  return sorted.map(({ name, values }) => {
    const chosen = LEADING.slice(0, 3).includes(name) && columns * values.length <= COLUMNS
    if (chosen) columns *= values.length
    return { name, values, chosen }
  })
}

function setupsOf(runs: readonly ShownRun[]): SetupTable {
  const ready = runs.flatMap(({ events }) => events.filter((event) => event.type === 'target-ready'))
  return Object.fromEntries(
    ready.flatMap(({ setup, configuration }) =>
      configuration === undefined ? [] : [[setup, configuration]],
    ),
  )
}
