import { expect } from 'chai'
import { table } from 'table'
import type { Ended, Rig } from './rig.ts'

interface Row {
  readonly fault: string
  readonly times: number
  readonly lost: number
  readonly doubled: number
  readonly left: number
  readonly codes: string
  readonly sentence: string
}

const rows: Row[] = []

/** What is to be true after a fault. */
export interface Aftermath {
  readonly fault: string
  /** How often it was injected. */
  readonly times: number
  /** Results that the log held before it. */
  readonly before: readonly string[]
  /** Cases of the plan. */
  readonly planned: number
  /** How the runs ended, in order. */
  readonly ended: readonly Ended[]
  /** Those of which the exit codes are to be. */
  readonly codes: readonly (number | NodeJS.Signals)[]
  /** What a run or the log told of it; absent: nothing is to be told. */
  readonly told?: RegExp
}

/** Counts what a fault cost, which is to be nothing, and keeps it for the table. */
export async function expectNothingLost(rig: Rig, aftermath: Aftermath): Promise<void> {
  const { fault, times, before, planned, ended, codes, told } = aftermath
  const after = rig.results()
  const distinct = new Set(after)
  const lost = before.filter((result) => !distinct.has(result)).length + planned - distinct.size
  const doubled = after.length - distinct.size
  const left = await rig.left()
  const sentences = ended.flatMap(({ told: text }) => text.match(/^flowbreak: .*$/gm) ?? [])
  const texts = [...ended.map((each) => each.told), ...rig.details()]
  const all = texts.map((text) => text.replaceAll(/\s+/g, ' ')).join('\n')
  const [sentence = ''] = told === undefined ? sentences : (told.exec(all) ?? [])
  rows.push({
    ...{ fault, times, lost, doubled },
    left: left.length,
    codes: ended.map(({ code, signal }) => code ?? signal).join(', '),
    sentence,
  })
  expect(left, 'left behind').to.deep.equal([])
  expect(lost, 'lost').to.equal(0)
  expect(doubled, 'doubled').to.equal(0)
  expect(
    ended.map(({ code, signal }) => code ?? signal),
    all,
  ).to.deep.equal(codes)
  if (told !== undefined) expect(all).to.match(told)
}

/** What was injected and what it cost, of the tests so far. */
export function printTable(): void {
  if (rows.length === 0) return
  const head = ['fault', 'times', 'lost', 'doubled', 'left', 'exit codes', 'told']
  const cells = rows.splice(0).map((row) => Object.values(row).map(String))
  console.log(
    table([head, ...cells], {
      columns: {
        0: { wrapWord: true, width: 34 },
        5: { wrapWord: true, width: 16 },
        6: { wrapWord: true, width: 60 },
      },
    }),
  )
}
