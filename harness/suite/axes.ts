import { didYouMean } from '../support/did-you-mean.ts'
import { isAxisName, PLACEHOLDER, type Selectable, selectorAxis } from './grammar.ts'
import type { Path, Report } from './problems.ts'
import { listWords } from './words.ts'

export type Axes = Readonly<Record<string, readonly string[]>>
export type AxisValues = Readonly<Record<string, string>>

type Scalar = string | number | boolean
type Matrix = Readonly<Record<string, readonly Scalar[] | null>>

const MOST_COMBINATIONS = 10_000

/** The axes of a case in order: those of its suite, replaced or removed by its own, then its own further axes. */
export function mergeAxes(ofSuite: Matrix, ofCase: Matrix): Axes {
  const merged: Record<string, readonly string[]> = {}
  for (const [name, values] of Object.entries({ ...ofSuite, ...ofCase }))
    if (values !== null) merged[name] = values.map(String)
  return merged
}

/** Reports names and values of a matrix that cannot be part of the name of a case, and duplicates. */
export function checkMatrix(matrix: Matrix, path: Path, report: Report): void {
  for (const [name, values] of Object.entries(matrix)) {
    if (!isAxisName(name))
      report(
        [...path, name],
        `"${name}" cannot name an axis: write a-z, 0-9 and "-", and no word of expectations.`,
        'key',
      )
    const seen = new Set<string>()
    for (const [index, value] of (values ?? []).entries()) {
      const text = String(value)
      if (!/^[A-Za-z0-9][A-Za-z0-9._:#+-]*$/.test(text))
        report(
          [...path, name, index],
          `"${text}" cannot be the value of an axis: it stands in names of cases, so write letters, digits and ._:#+-.`,
        )
      if (seen.has(text)) report([...path, name, index], `The axis "${name}" has "${text}" twice.`)
      seen.add(text)
    }
  }
}

/** Every combination of values, the last axis varying fastest; undefined if there are more than 10,000. */
export function combinations(axes: Axes): readonly AxisValues[] | undefined {
  const count = Object.values(axes).reduce((product, values) => product * values.length, 1)
  if (count > MOST_COMBINATIONS) return undefined
  let made: AxisValues[] = [{}]
  for (const [name, values] of Object.entries(axes))
    made = made.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value })))
  return made
}

/** Reports every `{axis}` in a value that names no axis; returns whether there was none. */
export function checkPlaceholders(value: unknown, path: Path, axes: Axes, report: Report): boolean {
  if (typeof value === 'string') {
    const unknown = [...value.matchAll(PLACEHOLDER)].filter(([, name = '']) => !Object.hasOwn(axes, name))
    for (const [, name = ''] of unknown)
      report(path, `There is no axis "${name}" here.${knownAxes(name, axes)}`)
    return unknown.length === 0
  }
  if (typeof value !== 'object' || value === null) return true
  const parts = Object.entries(value).map(([key, item]) => {
    const inner = Array.isArray(value) ? Number(key) : key
    return (
      checkPlaceholders(key, [...path, inner], axes, report) &&
      checkPlaceholders(item, [...path, inner], axes, report)
    )
  })
  return parts.every((good) => good)
}

/** Reads a case for one combination of its axes. Its placeholders must have been checked. */
export class AxisReader {
  readonly axes: Axes
  readonly values: AxisValues
  readonly report: Report
  /** Whether a problem of this combination has been reported. */
  failed = false
  /** Axes whose values have been used so far. */
  readonly asked = new Set<string>()

  constructor(axes: Axes, values: AxisValues, report: Report) {
    this.axes = axes
    this.values = values
    this.report = (path, message, on) => {
      this.failed = true
      report(path, message, on)
    }
  }

  /** The text with each `{axis}` replaced by the axis's value. */
  text(text: string): string {
    if (!text.includes('{')) return text
    return text.replace(PLACEHOLDER, (placeholder, name: string) => {
      this.asked.add(name)
      return this.values[name] ?? placeholder
    })
  }

  /** The value with placeholders replaced in every string of its lists and mappings; the same object if it has no placeholder. */
  deep<T>(value: T): T
  deep(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => this.deep(item))
      return items.some((item, index) => item !== value[index]) ? items : value
    }
    let changed = false
    const entries = Object.entries(value).map(([key, item]: [string, unknown]) => {
      const read = this.deep(item)
      changed ||= read !== item
      return [key, read] as const
    })
    return changed ? Object.fromEntries(entries) : value
  }

  /**
   * Follows mappings by an axis to the value for this combination, and returns it with its path. Undefined if that value is null,
   * or after a report.
   */
  select<T>(value: Selectable<T> | null, path: Path): { readonly value: T; readonly path: Path } | undefined {
    let found = value
    let where = path
    for (;;) {
      if (found === null) return undefined
      const axis = selectorAxis(found)
      if (axis === undefined) return { value: found as T, path: where }
      const choices =
        (found as Readonly<Record<string, Readonly<Record<string, Selectable<T> | null>>>>)[axis] ?? {}
      where = [...where, axis]
      this.asked.add(axis)
      const known = own(this.axes, axis)
      const chosen = own(this.values, axis)
      if (known === undefined || chosen === undefined) {
        this.report(
          where,
          `"${axis}" is neither a key nor an axis of this case.${knownAxes(axis, this.axes)}`,
          'key',
        )
        return undefined
      }
      for (const choice of Object.keys(choices))
        if (!known.includes(choice))
          this.report(
            [...where, choice],
            `The axis "${axis}" has no "${choice}": it has ${listWords(known)}.${didYouMean(choice, known)}`,
            'key',
          )
      const next = own(choices, chosen)
      if (next === undefined) {
        this.report(
          [...where, chosen],
          `This says nothing of "${chosen}": add it, or null where nothing is expected.`,
        )
        return undefined
      }
      found = next
      where = [...where, chosen]
    }
  }
}

/** A mapping's own value: names of axes come from a file, and may equal those of inherited properties. */
function own<T>(mapping: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined
}

function knownAxes(name: string, axes: Axes): string {
  const names = Object.keys(axes)
  if (names.length === 0) return ' The case has no axes.'
  return didYouMean(name, names) || ` The axes are ${names.join(', ')}.`
}
