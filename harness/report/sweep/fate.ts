import type { ImpactKind } from '../../model/case.ts'
import type { DirectionName, VerdictName } from '../../model/codes.ts'
import type { Played, SweepCell, SweepColumn, SweepMap, SweptPacket } from '../../model/sweep.ts'

/** What happened to a flow after the injection, compared with the flow without it. */
export interface Fate {
  /**
   * The letter of its cell: `.` nothing lost; `d`, `r`, `a` by the first packet lost, `D`, `R`, `A` if none comes out any more; `?` not
   * known; `-` not played; with reactive endpoints, the impact. `LETTER_WORDS` has all letters.
   */
  readonly letter: string
  /** The verdict on the first packet of each direction from the injection on; absent: there is no packet. */
  readonly next: Readonly<Partial<Record<DirectionName, VerdictName>>>
  /** Number of packets that did not come out, and would have without the injection. */
  readonly lost: Readonly<Record<DirectionName, number>>
  /** Index of the first packet after a loss from which on all come out; absent: nothing was lost, or there is none. */
  readonly recovers?: number
}

const NAMES: Readonly<Record<string, VerdictName>> = {
  u: 'undecided',
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
}
const DIRECTIONS: readonly DirectionName[] = ['c2s', 's2c']
const NOT_KNOWN: Readonly<Record<string, string>> = { skipped: '-', impossible: '-', doubt: '?', error: '?' }
/** With reactive endpoints the impact on the user counts. */
const FELT: Readonly<Record<ImpactKind, string>> = { survived: '.', recovered: 'c', reset: 'X', hung: 'H' }
const NOTHING = { c2s: 0, s2c: 0 }

/** The fate in a cell, for an injection just before the packet of that index. */
export function fateOf(
  cell: SweepCell,
  unbroken: SweepCell,
  packets: readonly SweptPacket[],
  at: number,
): Fate {
  if (!('verdicts' in cell)) return { letter: NOT_KNOWN[cell.why] ?? '?', next: {}, lost: NOTHING }
  const usual = 'verdicts' in unbroken ? unbroken.verdicts : ''
  const { verdicts } = cell
  const next: Partial<Record<DirectionName, VerdictName>> = {}
  const lost = { c2s: 0, s2c: 0 }
  let first = ''
  let firstLost = -1
  let lastLost = -1
  let lastForward = -1
  for (let i = at; i < packets.length; i++) {
    const letter = verdicts[i] ?? '-'
    const verdict = NAMES[letter]
    if (verdict === undefined) continue
    const way = DIRECTIONS[packets[i]?.direction ?? 0] ?? 'c2s'
    next[way] ??= verdict
    if (letter === 'f') lastForward = i
    else if (usual === '' || usual[i] === 'f') {
      lost[way]++
      lastLost = i
      if (firstLost < 0) {
        firstLost = i
        first = letter
      }
    }
  }
  if (cell.impact !== undefined) return { letter: FELT[cell.impact.kind], next, lost }
  if (firstLost < 0) return { letter: '.', next, lost }
  if (first === 'u') return { letter: '?', next, lost }
  const goesOn = lastForward > firstLost
  const letter = goesOn ? first : first.toUpperCase()
  return lastForward > lastLost ? { letter, next, lost, recovers: lastLost + 1 } : { letter, next, lost }
}

/** Whether two cells have the same fate, as far as an end of the flow would notice. */
function sameFate(one: SweepCell, other: SweepCell): boolean {
  if (!('verdicts' in one && 'verdicts' in other)) return true
  if (one.verdicts !== other.verdicts || one.impact?.kind !== other.impact?.kind) return false
  if (one.emissions === 'unseen' || other.emissions === 'unseen') return true
  const told = (played: Played) => played.told.map(({ packet, kind, to }) => `${packet} ${kind} ${to}`).join()
  return told(one) === told(other)
}

/** For each axis, groups of column indices that differ only in the value of that axis. */
export function peersOf(
  map: Pick<SweepMap, 'axes' | 'columns'>,
): readonly (readonly (readonly number[])[])[] {
  return map.axes.map((_, axis) => {
    const groups = new Map<string, number[]>()
    for (const [column, { values }] of map.columns.entries()) {
      const others = JSON.stringify(values.filter((__, at) => at !== axis))
      const group = groups.get(others)
      if (group === undefined) groups.set(others, [column])
      else group.push(column)
    }
    return [...groups.values()].filter((group) => group.length > 1)
  })
}

/** The axes over which a row of cells disagrees: a different value, all others being equal, has a different fate. */
export function disagreements(
  map: Pick<SweepMap, 'axes' | 'columns'>,
  peers: ReturnType<typeof peersOf>,
  row: readonly SweepCell[],
): readonly string[] {
  return map.axes.filter((_, axis) =>
    (peers[axis] ?? []).some((group) => {
      const played = group.flatMap((column) => {
        const cell = row[column]
        return cell !== undefined && 'verdicts' in cell ? [cell] : []
      })
      return played.some((cell) => !sameFate(cell, played[0] ?? cell))
    }),
  )
}

/** The columns of a row in which another target disagrees. */
export function disputed(
  map: Pick<SweepMap, 'axes' | 'columns'>,
  peers: ReturnType<typeof peersOf>,
  row: readonly SweepCell[],
): ReadonlySet<number> {
  const found = new Set<number>()
  for (const group of peers[map.axes.indexOf('target')] ?? []) {
    const differ = group.some((a) =>
      group.some((b) => {
        const [one, other] = [row[a], row[b]]
        return one !== undefined && other !== undefined && !sameFate(one, other)
      }),
    )
    if (differ) for (const column of group) found.add(column)
  }
  return found
}

/** How many cells of a column have each letter. */
export function lettersOf(fates: readonly Fate[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { letter } of fates) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return counts
}

/** The name of a column: its values. */
export function nameOfColumn({ values, target }: SweepColumn): string {
  return values.length === 0 ? target : values.join(' ')
}

/** The meanings of the letters of cells. */
export const LETTER_WORDS: Readonly<Record<string, string>> = {
  '.': 'nothing lost',
  d: 'dropped, others come out after it',
  D: 'dropped, and nothing comes out any more',
  r: 'rejected, others come out after it',
  R: 'rejected, and nothing comes out any more',
  a: 'answered by the device, others come out after it',
  A: 'answered by the device, and nothing comes out any more',
  c: 'the user had to connect anew',
  X: 'the user was reset',
  H: 'the user hung',
  '?': 'not known',
  '-': 'not played',
}
