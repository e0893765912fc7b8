import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'

interface Result {
  readonly name: string
  /** Cases that the mutant turned red and no mutant before it in its process did; or, where there is none, one that an earlier one did. */
  readonly red: readonly string[]
  readonly crash?: string
}

interface Played {
  /** Cases that do not pass without any mutant. */
  readonly failing: readonly string[]
  readonly results: readonly Result[]
  readonly survivors: readonly string[]
}

/** As many as play at once. A process that plays every other mutant meets narrow and broad ones alike. */
const PROCESSES = 2

/** Plays all suites against every mutant. */
async function play(): Promise<Played> {
  const parts = await Promise.all(
    Array.from({ length: PROCESSES }, (_, part) =>
      playIn(MUTANTS.filter((_, index) => index % PROCESSES === part)),
    ),
  )
  return {
    failing: parts.flatMap(({ failing }) => failing),
    results: MUTANTS.flatMap((_, index) => {
      const result = parts[index % PROCESSES]?.results[Math.floor(index / PROCESSES)]
      return result === undefined ? [] : [result]
    }),
    // What survives the mutants of one process may be turned red by those of another.
    survivors: parts
      .map(({ survivors }) => survivors)
      .reduce((left, right) => left.filter((name) => right.includes(name))),
  }
}

/** Plays all suites against some of the mutants in a process of its own. */
async function playIn(mutants: readonly Mutant[]): Promise<Played> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('play.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(mutants))
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
  })

  it('are sixty or more, each with a name of its own', () => {
    expect(MUTANTS.length).to.be.at.least(60)
    expect(new Set(MUTANTS.map(({ name }) => name)).size).to.equal(MUTANTS.length)
  })

  it('are told from an engine whose cases all pass', () => {
    expect(played.failing).to.be.empty
  })

  for (const [index, { name }] of MUTANTS.entries())
    it(name, () => {
      const result = played.results[index]
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
