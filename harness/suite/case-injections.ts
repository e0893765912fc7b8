import type { Case, Injection } from '../model/case.ts'
import type { Sharing, Stickiness } from '../model/setup.ts'
import type { AxisReader } from './axes.ts'
import { breaksNothing, undoesNothing } from './breaks-nothing.ts'
import { type InjectionInput, injectionLabel, phaseOf, readInjection } from './injection.ts'
import type { Path, Report } from './problems.ts'
import type { CaseInput } from './schema.ts'
import { narrowTimeout } from './setup/load-balancer.ts'
import { INJECTIONS } from './words.ts'

/** The injections of a case, and the phases that they begin; invalid injections begin phases too. */
export interface CaseInjections {
  readonly injections: readonly Injection[]
  readonly phases: readonly string[]
}

/** What the injections of a case depend on, apart from the case's own text. */
interface Among {
  readonly hosts: readonly string[]
  readonly endpoints: Case['endpoints']
  readonly stickiness: Stickiness
  readonly sharing: Sharing['kind']
}

type Items = NonNullable<CaseInput['inject']>

const NONE: Items = []

/** Reads the injections of cases, once for all combinations of a case in which they are the same. */
export class InjectionMaker {
  /** By case and by what its injections depend on: their text with axes filled in, and the fields of `Among`. */
  readonly #read = new WeakMap<CaseInput, Map<string, CaseInjections>>()

  make(
    input: CaseInput,
    path: Path,
    { hosts, endpoints, stickiness, sharing }: Among,
    reader: AxisReader,
  ): CaseInjections {
    // Without placeholders this is the same list object as in the file.
    const items = reader.deep(input.inject ?? NONE)
    const among = `${endpoints} ${stickiness} ${sharing} ${hosts.join()}`
    const key = items === (input.inject ?? NONE) ? among : `${among} ${JSON.stringify(items)}`
    const read = this.#read.get(input) ?? new Map<string, CaseInjections>()
    const known = read.get(key)
    if (known !== undefined) return known
    const at = [...path, 'inject']
    const made = readItems(items, at, hosts, reader.report)
    if (endpoints === 'reactive') refusePrescribed(items, at, reader.report)
    if (stickiness !== '5-tuple') refuseTimeouts(items, at, stickiness, reader.report)
    refuseForeign(items, at, sharing, reader.report)
    this.#read.set(input, read.set(key, made))
    return made
  }
}

/** Reports injections that prescribe what an endpoint sends if reactive endpoints decide that. */
function refusePrescribed(items: Items, path: Path, report: Report): void {
  for (const [index, item] of items.entries()) {
    const message =
      'Reactive endpoints choose their packets themselves: leave this out, or write endpoints: recorded.'
    if (item.segment !== undefined) report([...path, index, 'segment'], message, 'key')
    if (item.duplicate !== undefined) report([...path, index, 'duplicate'], message, 'key')
    if (item['idle-gap']?.keepalive !== undefined)
      report([...path, index, 'idle-gap', 'keepalive'], message, 'key')
  }
}

/** Reports time-outs set for the load balancer with less than the 5-tuple: as in a setup, that is not possible. */
function refuseTimeouts(items: Items, path: Path, stickiness: Stickiness, report: Report): void {
  for (const [index, item] of items.entries())
    if (item['timeout-change'] !== undefined)
      report([...path, index, 'timeout-change'], narrowTimeout(stickiness))
}

/** Reports injections that break nothing without the sharing that they are about. */
function refuseForeign(items: Items, path: Path, sharing: Sharing['kind'], report: Report): void {
  for (const [index, item] of items.entries())
    for (const name of INJECTIONS) {
      const problem = item[name] === undefined ? undefined : breaksNothing(name, sharing)
      if (problem !== undefined) report([...path, index, name], problem, 'key')
    }
}

/** Reports injections that have nothing to undo. */
function refuseIdle(injections: readonly Injection[], paths: readonly Path[], report: Report): void {
  for (const [index, path] of paths.entries()) {
    const problem = undoesNothing(injections, index)
    if (problem !== undefined) report(path, problem, 'key')
  }
}

function readItems(items: Items, path: Path, hosts: readonly string[], report: Report): CaseInjections {
  const counts = new Map<string, number>()
  const injections: Injection[] = []
  const paths: Path[] = []
  const phases = ['before']
  for (const [index, item] of items.entries()) {
    const [kind, ...more] = INJECTIONS.filter((name) => item[name] !== undefined)
    const written = kind === undefined ? undefined : item[kind]
    if (kind === undefined || written === undefined || more.length > 0) {
      report([...path, index], 'One injection an item: begin each with "- ".')
      continue
    }
    const nth = (counts.get(kind) ?? 0) + 1
    counts.set(kind, nth)
    const label = injectionLabel(kind, nth)
    phases.push(phaseOf({ kind, label }))
    const at = [...path, index, kind]
    const short = typeof written !== 'object'
    const fields: InjectionInput = short ? { at: written } : written
    const injection = readInjection(kind, fields, label, hosts, (key, message) => {
      report(short ? at : [...at, ...key], message)
    })
    if (injection === undefined) continue
    injections.push(injection)
    paths.push(at)
  }
  // One that cannot be read may be what another undoes.
  if (injections.length === items.length) refuseIdle(injections, paths, report)
  return { injections, phases }
}
