import type { Injection } from '../model/case.ts'
import { FlowbreakError } from '../support/errors.ts'
import { type InjectionInput, injectionLabel, readInjection } from './injection.ts'
import {
  asWord,
  CAUSES,
  DIRECTIONS,
  DURING,
  INJECTIONS,
  listWords,
  notAWord,
  SCOPES,
  STORE_STATES,
  TUPLES,
} from './words.ts'

/**
 * By kind: how it is written, and the fields that the text behind the position gives; undefined: the text does not match.
 */
const ARGUMENTS: Readonly<
  Record<
    Exclude<Injection['kind'], 'segment'>,
    {
      readonly forms: readonly string[]
      readonly read: (text: string | undefined) => Omit<InjectionInput, 'at'> | undefined
    }
  >
> = {
  'host-swap': {
    forms: ['host-swap@12', 'host-swap@12:crash', 'host-swap@12:crash,outage'],
    read: (text) => {
      const [cause, during, ...more] = text?.split(',') ?? []
      if (more.length > 0 || (during !== undefined && asWord(DURING, during) === undefined)) return undefined
      const outage = during === undefined ? {} : { during }
      return optional(cause, CAUSES, (word) => ({ cause: word, ...outage }))
    },
  },
  'timeout-change': {
    forms: ['timeout-change@12:60s', 'timeout-change@12:hosts=60s'],
    read: (text) => {
      const [duration, scope] = ownedText(text)
      return duration === undefined ? undefined : { 'tcp-idle': duration, scope }
    },
  },
  'table-full': {
    forms: ['table-full@12', 'table-full@12:60s', 'table-full@12:hosts', 'table-full@12:hosts=60s'],
    read: (text) => {
      const [lasts, scope] = ownedText(text === 'hosts' ? 'hosts=' : text)
      return { for: lasts === '' ? undefined : lasts, scope }
    },
  },
  'replication-loss': {
    forms: ['replication-loss@12', 'replication-loss@12:flow'],
    read: (text) => optional(text, SCOPES, (scope) => ({ scope })),
  },
  'idle-gap': { forms: ['idle-gap@12:400s'], read: (gap) => (gap === undefined ? undefined : { gap }) },
  'asymmetric-path': {
    forms: ['asymmetric-path@12:s2c=fw-b', 'asymmetric-path@12:s2c=bypass'],
    read: (text) => {
      const match = /^(c2s|s2c)=(.+)$/.exec(text ?? '')
      return match === null ? undefined : { direction: match[1], to: match[2] }
    },
  },
  'path-return': { forms: ['path-return@20'], read: (text) => (text === undefined ? {} : undefined) },
  'store-outage': {
    forms: ['store-outage@12', 'store-outage@12:slow', 'store-outage@20:up'],
    read: (text) => optional(text, STORE_STATES, (state) => ({ state })),
  },
  reconnect: {
    forms: ['reconnect@15', 'reconnect@15:same', 'reconnect@15:new-port'],
    read: (text) => optional(text, TUPLES, (tuple) => ({ tuple })),
  },
  duplicate: {
    forms: ['duplicate@14:c2s'],
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

/** The text of an injection in its parts: `host-swap@12:crash`, or `host-swap:crash` where the place is not written. */
interface Parts {
  readonly name: string
  readonly at: string
  readonly argument: string | undefined
  readonly placed: boolean
  /** Throws the sentence that says what is wrong. */
  readonly fail: (message: string) => never
}

/** Reads the same text as `parseInjection`, into the form of a suite file. Throws ERR_INJECTION. */
export function readInjectionText(text: string): WrittenInjection {
  return readParts(partsOf(text))
}

/**
 * Reads one injection in the syntax of the command line: `host-swap@12`, `host-swap@c2s:data#2`, `idle-gap@12:400s`, …; its
 * label is that of the first of its kind. Host names are not checked: the topology is not known here. Throws ERR_INJECTION.
 */
export function parseInjection(text: string): Injection {
  return injectionOf(partsOf(text))
}

/** Reads several injections in order; the second of a kind is labelled `host-swap#2`, and so on. Throws ERR_INJECTION. */
export function parseInjections(texts: readonly string[]): readonly Injection[] {
  return labelled(texts.map(parseInjection))
}

/**
 * The same for texts without a place, `host-swap:crash`, all just before one packet; `fail` throws what is wrong, a sentence without
 * a place.
 */
export function parseUnplaced(
  texts: readonly string[],
  packet: number,
  fail: (message: string) => never,
): readonly Injection[] {
  return labelled(
    texts.map((text) => {
      const [name = '', ...rest] = text.split(':')
      const argument = rest.length === 0 ? undefined : rest.join(':')
      return injectionOf({ name, at: String(packet), argument, placed: false, fail })
    }),
  )
}

function partsOf(text: string): Parts {
  const match = /^([^@]*)@((?:c2s:|s2c:)?[^:]*)(?::(.*))?$/.exec(text)
  const [name = ''] = text.split('@', 1)
  const fail = (message: string): never => {
    throw new FlowbreakError('ERR_INJECTION', `Injection "${text}": ${message}`)
  }
  return { name, at: match?.[2] ?? '', argument: match?.[3], placed: true, fail }
}

function readParts({ name, at, argument, placed, fail }: Parts): WrittenInjection {
  const kind = asWord(INJECTIONS, name)
  if (kind === undefined) return fail(notAWord(name, 'an injection', INJECTIONS))
  if (kind === 'segment') return fail('A segment has too many numbers for an option: write a suite.')
  if (at === '') return fail(`It has no position: write ${formsOf(kind, placed)}.`)
  const fields = ARGUMENTS[kind].read(argument)
  return fields === undefined ? fail(`Write ${formsOf(kind, placed)}.`) : { kind, fields: { at, ...fields } }
}

function injectionOf(parts: Parts): Injection {
  const { kind, fields } = readParts(parts)
  const { placed, fail } = parts
  const injection = readInjection(kind, fields, kind, undefined, (_path, message) => fail(message))
  return injection ?? fail(`Write ${formsOf(kind, placed)}.`)
}

/** How an injection of that kind is written. */
function formsOf(kind: WrittenInjection['kind'], placed: boolean): string {
  const { forms } = ARGUMENTS[kind]
  return listWords(placed ? forms : forms.map((form) => form.replace(/@\d+/, '')))
}

function labelled(injections: readonly Injection[]): readonly Injection[] {
  const seen = new Map<string, number>()
  return injections.map((injection) => {
    const nth = (seen.get(injection.kind) ?? 0) + 1
    seen.set(injection.kind, nth)
    return { ...injection, label: injectionLabel(injection.kind, nth) }
  })
}
