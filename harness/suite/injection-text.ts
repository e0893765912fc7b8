import type { Injection } from '../model/case.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type InjectionInput, injectionLabel, readInjection } from './injection.ts'
import {
  asWord,
  CAUSES,
  DIRECTIONS,
  DURING,
  INJECTIONS,
  notAWord,
  SCOPES,
  STORE_STATES,
  TUPLES,
} from './words.ts'

/** By kind: how the text after the position is written, and the fields that it gives; undefined: the text does not match. */
const ARGUMENTS: Readonly<
  Record<
    Exclude<Injection['kind'], 'segment'>,
    {
      readonly form: string
      readonly read: (text: string | undefined) => Omit<InjectionInput, 'at'> | undefined
    }
  >
> = {
  'host-swap': {
    form: 'host-swap@12, host-swap@12:crash or host-swap@12:crash,outage',
    read: (text) => {
      const [cause, during, ...more] = text?.split(',') ?? []
      if (more.length > 0 || (during !== undefined && asWord(DURING, during) === undefined)) return undefined
      const outage = during === undefined ? {} : { during }
      return optional(cause, CAUSES, (word) => ({ cause: word, ...outage }))
    },
  },
  'timeout-change': {
    form: 'timeout-change@12:60s or timeout-change@12:hosts=60s',
    read: (text) => {
      const [duration, scope] = ownedText(text)
      return duration === undefined ? undefined : { 'tcp-idle': duration, scope }
    },
  },
  'table-full': {
    form: 'table-full@12, table-full@12:60s, table-full@12:hosts or table-full@12:hosts=60s',
    read: (text) => {
      const [lasts, scope] = ownedText(text === 'hosts' ? 'hosts=' : text)
      return { for: lasts === '' ? undefined : lasts, scope }
    },
  },
  'replication-loss': {
    form: 'replication-loss@12 or replication-loss@12:flow',
    read: (text) => optional(text, SCOPES, (scope) => ({ scope })),
  },
  'idle-gap': { form: 'idle-gap@12:400s', read: (gap) => (gap === undefined ? undefined : { gap }) },
  'asymmetric-path': {
    form: 'asymmetric-path@12:s2c=fw-b or asymmetric-path@12:s2c=bypass',
    read: (text) => {
      const match = /^(c2s|s2c)=(.+)$/.exec(text ?? '')
      return match === null ? undefined : { direction: match[1], to: match[2] }
    },
  },
  'path-return': { form: 'path-return@20', read: (text) => (text === undefined ? {} : undefined) },
  'store-outage': {
    form: 'store-outage@12, store-outage@12:slow or store-outage@20:up',
    read: (text) => optional(text, STORE_STATES, (state) => ({ state })),
  },
  reconnect: {
    form: 'reconnect@15, reconnect@15:same or reconnect@15:new-port',
    read: (text) => optional(text, TUPLES, (tuple) => ({ tuple })),
  },
  duplicate: {
    form: 'duplicate@14:c2s',
    read: (text) => (asWord(DIRECTIONS, text) === undefined ? undefined : { direction: text }),
  },
}

/** `60s` or `hosts=60s`: the duration and its owner. */
function ownedText(text: string | undefined): readonly [string | undefined, string | undefined] {
  const match = /^(lb|hosts)=(.*)$/.exec(text ?? '')
  return match === null ? [text, undefined] : [match[2], match[1]]
}

function optional<T extends string>(
  text: string | undefined,
  words: readonly T[],
  fields: (word: T) => Omit<InjectionInput, 'at'>,
): Omit<InjectionInput, 'at'> | undefined {
  if (text === undefined) return {}
  const word = asWord(words, text)
  return word === undefined ? undefined : fields(word)
}

/** An injection as it was written: its kind, and its fields by the keys of a suite file. */
export interface WrittenInjection {
  readonly kind: Exclude<Injection['kind'], 'segment'>
  readonly fields: InjectionInput
}

/** Reads the same text as `parseInjection`, into the form of a suite file. Throws ERR_INJECTION. */
export function readInjectionText(text: string): WrittenInjection {
  const match = /^([^@]*)@((?:c2s:|s2c:)?[^:]*)(?::(.*))?$/.exec(text)
  const name = match?.[1] ?? text.split('@', 1)[0]
  const kind = asWord(INJECTIONS, name)
  if (kind === undefined) throw injectionError(text, notAWord(name, 'an injection', INJECTIONS))
  if (kind === 'segment')
    throw injectionError(text, 'A segment has too many numbers for an option: write a suite.')
  const { form, read } = ARGUMENTS[kind]
  const at = match?.[2]
  if (at === undefined || at === '') throw injectionError(text, `It names no position: write ${form}.`)
  const fields = read(match?.[3])
  if (fields === undefined) throw injectionError(text, `Write ${form}.`)
  return { kind, fields: { at, ...fields } }
}

/**
 * Reads one injection in the syntax of the command line: `host-swap@12`, `host-swap@c2s:data#2`, `idle-gap@12:400s`, …; its
 * label is that of the first of its kind. Host names are not checked: the topology is not known here. Throws ERR_INJECTION.
 */
export function parseInjection(text: string): Injection {
  const { kind, fields } = readInjectionText(text)
  const injection = readInjection(kind, fields, kind, undefined, (_path, message) => {
    throw injectionError(text, message)
  })
  if (injection === undefined) throw injectionError(text, `Write ${ARGUMENTS[kind].form}.`)
  return injection
}

/** Reads several injections in order; the second of a kind is labelled `host-swap#2`, and so on. Throws ERR_INJECTION. */
export function parseInjections(texts: readonly string[]): readonly Injection[] {
  const seen = new Map<string, number>()
  return texts.map((text) => {
    const injection = parseInjection(text)
    const nth = (seen.get(injection.kind) ?? 0) + 1
    seen.set(injection.kind, nth)
    return { ...injection, label: injectionLabel(injection.kind, nth) }
  })
}

function injectionError(text: string, message: string): FlowbreakError {
  return new FlowbreakError('ERR_INJECTION', `Injection "${text}": ${message}`)
}
