import type { z } from 'zod'

export type Fits = (value: unknown) => boolean

/** The definition of a schema in its library (`zod`, version 4); only the fields used here. */
interface Definition {
  readonly type: string
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[]
  readonly fn?: Fits
  readonly format?: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly innerType?: z.core.$ZodType
  readonly keyType?: z.core.$ZodType
  readonly valueType?: z.core.$ZodType
  readonly partial?: boolean
  readonly options?: readonly z.core.$ZodType[]
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, string>>
}

interface Check {
  readonly check: string
  readonly fn?: Fits
  readonly format?: string
  readonly pattern?: RegExp
  readonly value?: number
  readonly inclusive?: boolean
}

/**
 * Tells whether a JSON value is exactly what a schema describes, without further fields: several times as fast as the schema itself,
 * which copies everything that it checks. Kinds of schemas not known here are left to the schema. After false, ask the schema itself for
 * the reason, or for a copy without unknown fields.
 */
export function fits(schema: z.core.$ZodType): Fits {
  const definition = schema._zod.def as unknown as Definition
  const own = ownFits(definition)
  const checks = (definition.checks ?? []).map(({ _zod: { def } }) => checkFits(def))
  if (own === undefined || checks.includes(undefined)) return (value) => parses(schema, value)
  const [first, ...rest] = checks as Fits[]
  if (first === undefined) return own
  if (rest.length === 0) return (value) => own(value) && first(value)
  return (value) => own(value) && first(value) && rest.every((check) => check(value))
}

function parses(schema: z.core.$ZodType, value: unknown): boolean {
  const result = schema._zod.run({ value, issues: [] }, { async: false })
  return !(result instanceof Promise) && result.issues.length === 0
}

function ownFits(definition: Definition): Fits | undefined {
  const { type, format, fn, shape, element, innerType, options, values, entries } = definition
  if (type === 'string' && format === undefined) return (value) => typeof value === 'string'
  if (type === 'boolean') return (value) => typeof value === 'boolean'
  if (type === 'number' && format === undefined) return (value) => Number.isFinite(value)
  if (type === 'number' && format === 'safeint') return (value) => Number.isSafeInteger(value)
  if (type === 'custom') return fn
  if (type === 'object' && shape !== undefined) return objectFits(shape)
  if (type === 'array' && element !== undefined) return arrayFits(fits(element))
  if (type === 'optional' && innerType !== undefined) return fits(innerType)
  if (type === 'union' && options !== undefined) {
    const all = options.map(fits)
    return (value) => all.some((one) => one(value))
  }
  if (type === 'literal' && values !== undefined) return (value) => values.includes(value)
  if (type === 'enum' && entries !== undefined) {
    const words: ReadonlySet<unknown> = new Set(Object.values(entries))
    return (value) => words.has(value)
  }
  return type === 'record' ? recordFits(definition) : undefined
}

function checkFits({ check, fn, pattern, format, value: least = 0, inclusive }: Check): Fits | undefined {
  if (check === 'custom') return fn
  if (check === 'string_format' && format === 'regex' && pattern !== undefined && !pattern.global)
    return (value) => pattern.test(value as string)
  if (check === 'greater_than')
    return inclusive ? (value) => (value as number) >= least : (value) => (value as number) > least
  return undefined
}

function objectFits(shape: Readonly<Record<string, z.core.$ZodType>>): Fits {
  const fields = new Map(Object.entries(shape).map(([name, schema]) => [name, fits(schema)]))
  const needed = Object.keys(shape).filter((name) => shape[name]?._zod.optin !== 'optional').length
  const isOptional = new Set(Object.keys(shape).filter((name) => shape[name]?._zod.optin === 'optional'))
  return (value) => {
    if (!isObject(value)) return false
    let found = 0
    for (const name in value) {
      if (fields.get(name)?.(value[name]) !== true) return false
      if (!isOptional.has(name)) found++
    }
    return found === needed
  }
}

function arrayFits(element: Fits): Fits {
  return (value) => {
    if (!Array.isArray(value)) return false
    for (const each of value) if (!element(each)) return false
    return true
  }
}

/** Of records whose keys must all be present, only those that have every one of them. */
function recordFits({ keyType, valueType, partial }: Definition): Fits | undefined {
  if (keyType === undefined || valueType === undefined) return undefined
  const [key, entry] = [fits(keyType), fits(valueType)]
  const { entries } = keyType._zod.def as unknown as Definition
  const needed = entries === undefined || partial ? 0 : Object.keys(entries).length
  return (value) => {
    if (!isObject(value)) return false
    let found = 0
    for (const name in value) {
      if (!key(name) || !entry(value[name])) return false
      found++
    }
    return found >= needed
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
