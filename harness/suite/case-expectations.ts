import type { Case, Expectation } from '../model/case.ts'
import type { Transparency } from '../model/fields.ts'
import { type Axes, AxisReader, type AxisValues } from './axes.ts'
import type { ExpectationContext } from './expectation/context.ts'
import { ExpectationReader } from './expectation.ts'
import { readSources } from './level.ts'
import type { Path } from './problems.ts'
import type { CaseInput } from './schema.ts'

/** What the expectations of a case depend on, apart from the case's own text. */
interface Among {
  readonly axes: Axes
  readonly values: AxisValues
  readonly phases: readonly string[]
  readonly hosts: readonly string[]
  /** Product of the case's profile. */
  readonly product: string
  readonly endpoints: Case['endpoints']
  readonly transparency: Transparency | undefined
}

/** Expectations read from one entry, and the axes that they depend on: equal values of these and equal other inputs give the same ones. */
interface Read {
  readonly axes: readonly string[]
  readonly found: Map<string, readonly Expectation[]>
}

/** Reads the expectations of cases, once for all combinations of an entry that differ in nothing that they depend on. */
export class ExpectationMaker {
  readonly #note: ExpectationContext['note']
  readonly #read = new WeakMap<CaseInput, Read[]>()

  constructor(note: ExpectationContext['note']) {
    this.#note = note
  }

  make(input: CaseInput, path: Path, among: Among, reader: AxisReader): readonly Expectation[] {
    const { axes, values, phases, hosts, product, endpoints, transparency } = among
    const context = JSON.stringify([phases, hosts, product, endpoints, transparency])
    const reads = this.#read.get(input) ?? []
    for (const read of reads) {
      const known = read.found.get(keyOf(context, read.axes, values))
      if (known !== undefined) return known
    }
    const own = new AxisReader(axes, values, reader.report)
    const sources = readSources(input.source, [...path, 'source'], own)
    const level = input.level === undefined ? undefined : own.text(input.level)
    const expectations = new ExpectationReader({
      reader: own,
      phases,
      hosts,
      product,
      endpoints,
      transparency,
      sources,
      level: level === undefined ? undefined : { text: level, path: [...path, 'level'] },
      unreviewed: input.unreviewed === true ? [...path, 'unreviewed'] : undefined,
      note: this.#note,
    }).read(input.expect, [...path, 'expect'])
    if (own.failed) return expectations
    const asked = [...own.asked].sort()
    let read = reads.find((one) => one.axes.join() === asked.join())
    if (read === undefined) {
      read = { axes: asked, found: new Map() }
      this.#read.set(input, [...reads, read])
    }
    read.found.set(keyOf(context, asked, values), expectations)
    return expectations
  }
}

function keyOf(context: string, axes: readonly string[], values: AxisValues): string {
  let key = context
  for (const axis of axes) key += `\n${values[axis]}`
  return key
}
