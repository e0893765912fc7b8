import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { findSuites } from '../../../harness/plan/find.ts'
import { type LoadedSuite, suiteOf } from '../../../harness/suite/cases.ts'
import { parseYaml } from '../../../harness/suite/read.ts'
import type { Surface } from '../kit/fuzz.ts'
import { demand, errorProblem } from '../kit/told.ts'
import { type Tree, wordsOf } from '../kit/tree.ts'
import { type Document, documentOf, fileOf, showDocument, smallerDocument } from './yaml.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const NAME = /^[a-z0-9][A-Za-z0-9/._:#+-]*$/

/** Suite files: one of the cases of those that there are, under the head of its suite. */
export function suitesSurface(): Surface<Document> {
  const files = findSuites([], [resolve(ROOT, 'suites')])
  const options = { captures: [resolve(ROOT, 'captures')] }
  const trees = files.flatMap(casesOf)
  const words = [...wordsOf(trees)].filter((word) => word.length < 40)
  const heads = [
    'suite: a/b\ntitle: It is about something.\ncases:\n  - &one\n    name: x\n    expect: { before: drop }\n  - <<: *one\n    name: y\n',
  ]
  return {
    name: 'suites',
    make: (random) => documentOf(random, random.pick(trees), words, heads[0]),
    check(document) {
      const file = resolve(ROOT, 'suites/fuzzed.yaml')
      let suite: LoadedSuite
      try {
        suite = suiteOf(
          'text' in document ? parseYaml(document.text, file, 'ERR_SUITE') : fileOf(document.tree),
          file,
          options,
        )
      } catch (thrown) {
        const problem = errorProblem(thrown, ['ERR_SUITE'])
        demand(problem === undefined, problem ?? '')
        return false
      }
      demand(suite.cases.length > 0 && suite.cases.length <= 10_000, `${suite.cases.length} cases`)
      for (const { name, capture, setup, expectations, injections } of suite.cases) {
        demand(NAME.test(name) && !name.includes('..'), `a case is named ${name}`)
        demand(/\.pcap(ng)?$/.test(capture), `a capture ${capture}`)
        demand(expectations.length > 0, 'nothing is expected')
        demand(setup.topology.hosts.length > 0, 'no hosts')
        for (const { at } of injections)
          if ('time' in at) demand(Number.isFinite(at.time), `an injection at ${at.time}`)
      }
      return true
    },
    smaller: smallerDocument,
    show: showDocument,
  }
}

/** The suite, with one of its cases, for each of them. */
function casesOf(file: string): Tree[] {
  const { value } = parseYaml(readFileSync(file, 'utf8'), file, 'ERR_SUITE')
  const { cases, ...head } = value as { readonly cases: readonly Tree[]; readonly [key: string]: Tree }
  return cases.map((each) => ({ ...head, cases: [each] }))
}
