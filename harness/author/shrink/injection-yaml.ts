import { NANOS_PER_SECOND, type Nanos } from '../../model/batch.ts'
import type { Injection, Position } from '../../model/case.ts'

/** An injection as a suite writes it. */
export function injectionText(injection: Injection): object {
  const { at, label: _, kind, ...fields } = injection
  return { [kind]: { at: positionText(at), ...fieldsText(kind, fields) } }
}

function fieldsText(kind: Injection['kind'], fields: Readonly<Record<string, unknown>>): object {
  const text: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const key = NAMES[name] ?? name
    text[key] = TIMES.has(name) ? nanosText(Number(value)) : value
  }
  const keepalive = fields.keepalive as { readonly every: Nanos; readonly from: string } | undefined
  if (kind === 'idle-gap' && keepalive !== undefined)
    text.keepalive = { every: nanosText(keepalive.every), from: keepalive.from }
  return text
}

/** Where a suite's word is another than the model's. */
const NAMES: Readonly<Record<string, string>> = { tcpIdle: 'tcp-idle', lasts: 'for' }
/** Fields that are nanoseconds. */
const TIMES: ReadonlySet<string> = new Set(['gap', 'flush', 'back', 'delay', 'lasts'])

function positionText(at: Position): string | number {
  if ('packet' in at) return at.packet
  if ('time' in at) return nanosText(at.time)
  return `${at.direction === undefined ? '' : `${at.direction}:`}${at.before}#${at.nth}`
}

/** Exact. */
function nanosText(nanos: Nanos): string {
  return nanos % NANOS_PER_SECOND === 0 ? `${nanos / NANOS_PER_SECOND}s` : `${nanos}ns`
}
