// Plays the suites against each mutant of the built engine, one after another: mutants are given as JSON on standard input, and what
// each turned red is printed as JSON. A case that is red once is not played again, but where a mutant turns none of the others red, and
// for the case that is hinted at, which is played first.
import { readFileSync } from 'node:fs'
import { register } from 'node:module'

/** @typedef {import('../../harness/index.ts').Case} Case */

const root = new URL('../../', import.meta.url)
const dist = new URL('dist/', root).href
const { mutants, hints } = JSON.parse(readFileSync(0, 'utf8'))
register('./hooks.mjs', import.meta.url, { data: { dist, mutants } })

const { CaptureStore, loadSuites, planCases } = await import(`${dist}index.js`)
/** @type {readonly Case[]} */
const cases = spread(planCases(loadSuites([], [root.pathname])).cases)
const named = new Map(cases.map((test) => [test.name, test]))
const { profileOf } = await import(`${dist}profile/index.js`)
const captures = new CaptureStore()

for (const { name, file, from } of mutants) {
  const found = readFileSync(new URL(file, dist), 'utf8').split(from).length - 1
  if (found !== 1) throw new Error(`mutant "${name}": its text stands ${found} times in ${file}, not once`)
}

/**
 * Neighbours in a suite are much alike: a mutant that few kinds of cases notice is found out sooner by those that stand far apart.
 * @template T
 * @param {readonly T[]} list
 */
function spread(list) {
  const golden = (Math.sqrt(5) - 1) / 2
  return list
    .map((item, index) => ({ item, at: (index * golden) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** @param {string} query */
async function player(query) {
  const { CasePlayer } = await import(`${dist}run/play.js${query}`)
  const { ReferenceTarget } = await import(`${dist}target/reference/reference.js${query}`)
  const target = new ReferenceTarget('test')
  const play = new CasePlayer(1)
  const sessions = new Map()
  const { signal } = new AbortController()
  /** @param {{ setup: { key: string } }} test */
  const sessionFor = async ({ setup }) => {
    const session = sessions.get(setup.key) ?? (await target.prepare(setup, signal))
    sessions.set(setup.key, session)
    return session
  }
  /** @param {Case} test */
  const playOne = async (test) => {
    const session = await sessionFor(test)
    const { outcome, mismatches } = await play.play(
      test,
      await captures.load(test.capture, test.setup),
      session,
      signal,
    )
    return `${outcome} ${mismatches.length}`
  }
  const close = async () => {
    for (const session of sessions.values()) await session[Symbol.asyncDispose]()
  }
  return { playOne, close }
}

/**
 * What a file can matter to, so that a mutant of it is played through nothing else. One that is told too little of turns no case red, and fails.
 * @type {readonly (readonly [RegExp, (test: Case) => boolean])[]}
 */
const MATTERS = [
  [/^sharing\/cluster\//, ({ setup }) => setup.topology.sharing.kind === 'cluster'],
  [/^sharing\/replication\//, ({ setup }) => setup.topology.sharing.kind === 'replication'],
  [/^sharing\/store\//, ({ setup }) => setup.topology.sharing.kind === 'store'],
  [/^sharing\/sync\//, ({ setup }) => setup.topology.sharing.kind === 'sync'],
  [/^sharing\/snat\.js/, ({ setup }) => setup.topology.sharing.kind === 'snat'],
  [
    /^engine\/(shared-sessions|merge|windowless|imported)\.js/,
    ({ setup }) => setup.topology.sharing.kind !== 'none',
  ],
  [/^engine\/(rules|app)\//, ({ setup }) => setup.rules.length > 0 || setup.policy.defaultActions.length > 0],
  [/^engine\/stateless\//, ({ setup }) => setup.stateless !== undefined],
  [/^engine\/conntrack\//, ({ setup }) => trackerOf(setup) === 'conntrack'],
  [/^engine\/plain\//, ({ setup }) => trackerOf(setup) === 'windows'],
  [
    /^engine\/timeout-change\.js/,
    ({ injections }) => injections.some(({ kind }) => kind === 'timeout-change'),
  ],
]

/** @param {import('../../harness/index.ts').Setup} setup */
function trackerOf(setup) {
  return profileOf(setup).knobs.tracker.value
}

/**
 * The cases that a mutant can matter to.
 * @param {{ file: string, within?: string }} mutant
 */
function mattersTo({ file, within = '' }) {
  const concerns = MATTERS.find(([path]) => path.test(file))?.[1] ?? (() => true)
  return (/** @type {Case} */ test) => test.name.includes(within) && concerns(test)
}

const plain = await player('')
const expected = new Map()
/** @param {Case} test */
async function expectedOf(test) {
  if (!expected.has(test.name)) expected.set(test.name, await plain.playOne(test))
  return expected.get(test.name)
}

const alive = new Set(cases)
const failing = []
for (const test of alive) if ((await expectedOf(test)) !== 'pass 0') failing.push(test.name)

const results = []
for (const [index, mutant] of mutants.entries()) {
  const { name } = mutant
  const matters = mattersTo(mutant)
  const mutated = await player(`?mutant=${index}`)
  /** @type {Set<Case>} */
  const red = new Set()
  let crash
  const play = async (/** @type {Case} */ test) => {
    try {
      if ((await mutated.playOne(test)) !== (await expectedOf(test))) red.add(test)
    } catch (error) {
      crash ??= String(error)
    }
  }
  const hinted = named.get(hints[name])
  if (hinted !== undefined) await play(hinted)
  for (const test of [...alive].filter(matters)) await play(test)
  for (const test of red.size === 0 ? cases.filter(matters) : []) {
    await play(test)
    if (red.size > 0) break
  }
  await mutated.close()
  for (const test of red) alive.delete(test)
  results.push({ name, red: [...red].map((test) => test.name), ...(crash === undefined ? {} : { crash }) })
}
await plain.close()
process.stdout.write(JSON.stringify({ failing, results, survivors: [...alive].map(({ name }) => name) }))
