import { stringify } from 'yaml'
import type { Case, Expectation, PacketExpectation } from '../../model/case.ts'
import type { Mark, OwnProfile } from '../../model/setup.ts'
import { profileOf } from '../../profile/index.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { injectionText } from './injection-yaml.ts'

export interface SuiteFacts {
  /** How its setup is written. */
  readonly setup: SetupInput
  /** As the suite names it. */
  readonly capture: string
  readonly title: string
  /** Lines that stand above it. */
  readonly comments: readonly string[]
}

/** File of a profile of one's own, beside the suite. */
export const PROFILE_FILE = 'profile.yaml'

const RESTS_ON_PRODUCT: ReadonlySet<Mark> = new Set<Mark>(['SRC', 'RUN'])

/** A suite of one case, written out: reading it gives this very case, under another name and without axes and rows. */
export function suiteText(test: Case, { setup, capture, title, comments }: SuiteFacts): string {
  const own = typeof setup.profile === 'object'
  const [first] = test.expectations
  const suite = {
    suite: `shrunk/${test.suite}`,
    title,
    cases: [
      {
        name: caseWord(test.name.slice(test.suite.length + 1)),
        requirement: test.requirement,
        source: first === undefined ? undefined : sourceOf(first, test),
        capture,
        flow: test.flow < 0 ? 'all' : test.flow,
        endpoints: test.endpoints,
        // What is wanted of it stands among what is expected.
        transparency: test.transparency === 'translated' ? 'translated' : undefined,
        setup: own ? { ...setup, profile: `./${PROFILE_FILE}` } : setup,
        inject: test.injections.length === 0 ? undefined : test.injections.map(injectionText),
        expect: expectText(test),
      },
    ],
  }
  const head = comments.map((line) => `# ${line}\n`).join('')
  return `${head}${stringify(written(suite), { lineWidth: 120 })}`
}

/** The file of a profile of one's own. */
export function profileText(own: OwnProfile): string {
  return stringify(own)
}

/** Without what is undefined, and without settings of nothing. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, item]) => item !== undefined && !isEmpty(key, item))
  return Object.fromEntries(entries.map(([key, item]) => [key, written(item)]))
}

function isEmpty(key: string, value: unknown): boolean {
  return (
    key === 'load-balancer' && typeof value === 'object' && value !== null && Object.keys(value).length === 0
  )
}

/** What stands in a name between slashes. */
function caseWord(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._/-]+/g, '-')
    .replaceAll(/(^|\/)[._-]+/g, '$1')
}

function sourceOf({ provenance }: Expectation, test: Case) {
  const { mark, where } = provenance
  return RESTS_ON_PRODUCT.has(mark)
    ? { mark, where, product: profileOf(test.setup).product }
    : { mark, where }
}

function standing(expectation: Expectation, test: Case) {
  const { level, unreviewed } = expectation
  return { source: sourceOf(expectation, test), level, unreviewed }
}

function expectText(test: Case): object {
  const text: Record<string, Record<string, unknown>> = {}
  const within = (key: string) => {
    text[key] ??= {}
    return text[key]
  }
  for (const each of test.expectations) {
    const rest = standing(each, test)
    if (each.kind === 'packets') addPackets(within(each.phase), each, rest)
    else if (each.kind === 'counter')
      within('counters')[each.counter] = { equals: each.equals, host: each.host, ...rest }
    else if (each.kind === 'expiry-resets')
      within('resets-at-expiry')[each.to] = { equals: each.equals, ...rest }
    else if (each.kind === 'impact') text.impact = { is: each.conforms, ...rest }
    else text.unaltered = { is: each.fields, ...rest }
  }
  return text
}

function addPackets(phase: Record<string, unknown>, expectation: PacketExpectation, rest: object): void {
  const { direction, which, conforms, tolerated, towards, by, reason, parts } = expectation
  const within = direction === undefined ? phase : (phase[direction] ?? {})
  if (direction !== undefined) phase[direction] = within
  const place = typeof which === 'number' ? `packet ${which}` : which
  const allowed = tolerated.length === 0 ? undefined : tolerated
  Object.assign(within, {
    [place]: { is: conforms, tolerated: allowed, towards, by, reason, parts, ...rest },
  })
}
