import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { MUTANTS } from './mutants.ts'

interface Result {
  readonly name: string
  /** Cases that it turned red and no mutant before it; or, where there is none, one that an earlier one did. */
  readonly red: readonly string[]
  readonly crash?: string
}

interface Played {
  /** Cases that do not pass without any mutant. */
  readonly failing: readonly string[]
  readonly results: readonly Result[]
  readonly survivors: readonly string[]
}

/**
 * What speeds the search, and proves nothing: a line a mutant, the broadest first, each with a case that it turned red when
 * FLOWBREAK_MUTATION_HINTS last had it written.
 */
const HINTS = new URL('hints.tsv', import.meta.url)

/** Plays all suites against every mutant, those that are hinted at in the order of their hints. */
async function play(): Promise<Played> {
  const hints = new Map(
    readFileSync(HINTS, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  )
  const order = [...hints.keys()]
  const placeOf = ({ name }: { readonly name: string }) =>
    hints.has(name) ? order.indexOf(name) : order.length
  const mutants = MUTANTS.toSorted((a, b) => placeOf(a) - placeOf(b))
  return playAll(JSON.stringify({ mutants, hints: Object.fromEntries(hints) }))
}

/** Plays them in a process of its own: what is loaded, read and compiled once serves all of them. */
async function playAll(asked: string): Promise<Played> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('play.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(asked)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  await once(child, 'close')
  return JSON.parse(text)
}

describe('mutants', function () {
  this.timeout(1_800_000)
  let played: Played = { failing: [], results: [], survivors: [] }
  before(async () => {
    played = await play()
    const table = process.env.FLOWBREAK_MUTATION_TABLE
    if (table !== undefined) writeFileSync(table, tableOf(played))
    if (process.env.FLOWBREAK_MUTATION_HINTS !== undefined) writeFileSync(HINTS, hintsOf(played))
  })

  it('are sixty or more, each with a name of its own', () => {
    expect(MUTANTS.length).to.be.at.least(60)
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length)
  })

  it('are told from an engine whose cases all pass', () => {
    expect(played.failing).to.be.empty
  })

  for (const { name } of MUTANTS)
    it(name, () => {
      const result = played.results.find((each) => each.name === name)
      expect(result?.crash, 'a mutant must misbehave, not break').to.equal(undefined)
      expect(result?.red, 'cases that it turns red').not.to.be.empty
    })

  it('leave no case that none of them turns red', () => {
    expect(played.survivors).to.be.empty
  })
})

/** A line a case: the mutant that it was turned red by first. */
function tableOf({ results }: Played): string {
  const first = new Map<string, string>()
  for (const { name, red } of results) for (const test of red) if (!first.has(test)) first.set(test, name)
  return [...first]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([test, mutant]) => `${test}\t${mutant}\n`)
    .join('')
}

function hintsOf({ results }: Played): string {
  return results
    .toSorted((a, b) => b.red.length - a.red.length)
    .map(({ name, red: [first] }) => `${name}\t${first}\n`)
    .join('')
}
