// Plays the suites against each mutant of the built engine, one after another: mutants are given as JSON on standard input, and what
// each turned red is printed as JSON. A case that is red once need not be played again, unless a mutant has no other.
import { readFileSync } from 'node:fs'
import { register } from 'node:module'

const root = new URL('../../', import.meta.url)
const dist = new URL('dist/', root).href
const mutants = JSON.parse(readFileSync(0, 'utf8'))
register('./hooks.mjs', import.meta.url, { data: { dist, mutants } })

const { CaptureStore, loadSuites, planCases } = await import(`${dist}index.js`)
const cases = spread(planCases(loadSuites([], [root.pathname])).cases)
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
  /** @param {import('../../harness/index.ts').Case} test */
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
 * @type {readonly (readonly [RegExp, (test: import('../../harness/index.ts').Case) => boolean])[]}
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

const plain = await player('')
const expected = new Map()
for (const test of cases) expected.set(test.name, await plain.playOne(test))
await plain.close()

const alive = new Set(cases)
const results = []
for (const [index, { name, file, within = '' }] of mutants.entries()) {
  const concerns = MATTERS.find(([path]) => path.test(file))?.[1] ?? (() => true)
  /** @param {import('../../harness/index.ts').Case} test */
  const matters = (test) => test.name.includes(within) && concerns(test)
  const mutated = await player(`?mutant=${index}`)
  const red = []
  let crash
  const others = cases.filter((/** @type {import('../../harness/index.ts').Case} */ test) => !alive.has(test))
  for (const test of [...alive, ...others].filter(matters)) {
    if (red.length > 0 && !alive.has(test)) break
    try {
      if ((await mutated.playOne(test)) !== expected.get(test.name)) red.push(test)
    } catch (error) {
      crash ??= String(error)
    }
  }
  await mutated.close()
  for (const test of red) alive.delete(test)
  results.push({ name, red: red.map((test) => test.name), ...(crash === undefined ? {} : { crash }) })
}
const failing = [...expected].filter(([, outcome]) => outcome !== 'pass 0').map(([name]) => name)
process.stdout.write(JSON.stringify({ failing, results, survivors: [...alive].map(({ name }) => name) }))
