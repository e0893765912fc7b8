import type { Nanos } from '../model/batch.ts'
import type { Injection, Position } from '../model/case.ts'
import { parseDuration } from '../support/duration.ts'
import { FlowbreakError } from '../support/errors.ts'
import { parsePosition } from './position.ts'
import type { Path, Report } from './problems.ts'
import { GATEWAY_TCP_IDLE } from './setup/load-balancer.ts'
import { seconds } from './setup/values.ts'
import {
  asWord,
  CAUSES,
  DIRECTIONS,
  DURING,
  ENDS,
  notAWord,
  OWNERS,
  SCOPES,
  STORE_STATES,
  TUPLES,
  VERDICTS,
} from './words.ts'

/** An injection as written, with the keys of all kinds; the schema says which key belongs to which kind. */
export interface InjectionInput {
  readonly at: string | number
  readonly cause?: string | undefined
  readonly host?: string | undefined
  readonly during?: string | undefined
  readonly flush?: string | number | undefined
  readonly back?: string | number | undefined
  readonly 'tcp-idle'?: string | number | undefined
  readonly for?: string | number | undefined
  readonly gap?: string | number | undefined
  readonly keepalive?: { readonly every: string | number; readonly from?: string | undefined } | undefined
  readonly scope?: string | undefined
  readonly direction?: string | undefined
  readonly to?: string | undefined
  readonly state?: string | undefined
  readonly tuple?: string | undefined
  readonly delay?: string | number | undefined
  readonly when?: readonly string[] | undefined
  readonly packets?: number | undefined
  readonly flags?: string | undefined
  readonly seq?: number | undefined
  readonly ack?: number | undefined
  readonly length?: number | undefined
  readonly timestamp?: number | undefined
}

/** `host-swap`, then `host-swap#2`: the label of the nth injection (from 1) of a kind. */
export function injectionLabel(kind: Injection['kind'], nth: number): string {
  return nth === 1 ? kind : `${kind}#${nth}`
}

/** The phase that an injection begins: that of a reconnect has its label, since it consists of the reconnect's own packets. */
export function phaseOf({ kind, label }: Pick<Injection, 'kind' | 'label'>): string {
  return kind === 'reconnect' ? label : `after ${label}`
}

/**
 * The injection as written, with defaults: cause `drain`, scope `flow`, state `down`, keepalives from the client, tuple `new-port`
 * after 1 s, and 0 for a segment's numbers. `hosts` undefined: host names are not checked. Undefined after a report.
 */
export function readInjection(
  kind: Injection['kind'],
  input: InjectionInput,
  label: string,
  hosts: readonly string[] | undefined,
  report: Report,
): Injection | undefined {
  const reader = new FieldReader(report)
  const at = reader.parsed('at', input.at, parsePosition)
  const injection = at === undefined ? undefined : fieldsOf(kind, input, { label, at }, hosts, reader)
  return reader.failed ? undefined : injection
}

function fieldsOf(
  kind: Injection['kind'],
  input: InjectionInput,
  base: { readonly label: string; readonly at: Position },
  hosts: readonly string[] | undefined,
  read: FieldReader,
): Injection | undefined {
  switch (kind) {
    case 'host-swap': {
      const cause = read.word('cause', input.cause ?? 'drain', CAUSES, 'a cause')
      if (input.host !== undefined && hosts !== undefined) read.word('host', input.host, hosts, 'a host')
      const host = input.host === undefined ? {} : { host: input.host }
      return cause && { ...base, kind, cause, ...host, ...outageOf(input, cause, read) }
    }
    case 'timeout-change': {
      const owner = read.word('scope', input.scope ?? 'lb', OWNERS, 'the owner of a time-out')
      const tcpIdle = idleOf(input['tcp-idle'], read)
      if (owner === undefined || tcpIdle === undefined) return undefined
      return { ...base, kind, scope: owner, tcpIdle }
    }
    case 'table-full': {
      const owner = read.word('scope', input.scope ?? 'lb', OWNERS, 'the owner of a table')
      const lasts = input.for === undefined ? undefined : read.parsed('for', input.for, parseDuration)
      return owner && { ...base, kind, scope: owner, ...(lasts === undefined ? {} : { lasts }) }
    }
    case 'replication-loss': {
      const scope = read.word('scope', input.scope ?? 'topology', SCOPES, 'a scope')
      return scope && { ...base, kind, scope }
    }
    case 'idle-gap': {
      const scope = read.word('scope', input.scope ?? 'flow', SCOPES, 'a scope')
      const gap = read.parsed('gap', input.gap, parseDuration)
      if (gap === 0) read.problem(['gap'], 'A gap is longer than 0s.')
      const keepalive = input.keepalive && keepaliveOf(input.keepalive, read)
      if (gap === undefined || scope === undefined) return undefined
      return { ...base, kind, gap, scope, ...(keepalive === undefined ? {} : { keepalive }) }
    }
    case 'asymmetric-path': {
      const scope = read.word('scope', input.scope ?? 'flow', SCOPES, 'a scope')
      const direction = read.direction(input.direction)
      if (hosts !== undefined) read.word('to', input.to, [...hosts, 'bypass'], 'where a path can go')
      if (direction === undefined || scope === undefined || input.to === undefined) return undefined
      return { ...base, kind, direction, to: input.to, scope }
    }
    case 'path-return':
      return { ...base, kind }
    case 'store-outage': {
      const state = read.word('state', input.state ?? 'down', STORE_STATES, 'a state of a store')
      return state && { ...base, kind, state }
    }
    case 'reconnect': {
      const tuple = read.word('tuple', input.tuple ?? 'new-port', TUPLES, 'a tuple')
      const delay = read.parsed('delay', input.delay ?? '1s', parseDuration)
      const when = input.when?.map((text, i) => read.wordAt(['when', i], text, VERDICTS, 'a verdict'))
      if (tuple === undefined || delay === undefined) return undefined
      return {
        ...base,
        kind,
        tuple,
        delay,
        ...(when === undefined ? {} : { when: when.filter((verdict) => verdict !== undefined) }),
        ...(input.packets === undefined ? {} : { packets: input.packets }),
      }
    }
    case 'segment': {
      const direction = read.direction(input.direction)
      const flags = input.flags ?? ''
      if (!/^[FSRPAUEC]*$/.test(flags))
        read.problem(['flags'], `"${flags}" are not TCP flags: write letters of FSRPAUEC, as in "SA".`)
      const { seq = 0, ack = 0, length = 0, timestamp = 0 } = input
      return direction && { ...base, kind, direction, flags, seq, ack, length, timestamp }
    }
    case 'duplicate': {
      const direction = read.direction(input.direction)
      return direction && { ...base, kind, direction }
    }
  }
}

/** The outage of a host swap: what happens while packets go on. */
function outageOf(
  { during, flush, back }: InjectionInput,
  cause: string,
  read: FieldReader,
): { readonly during?: 'outage'; readonly flush?: Nanos; readonly back?: Nanos } {
  if (during === undefined) {
    for (const key of ['flush', 'back'])
      if ({ flush, back }[key] !== undefined)
        read.problem([key], `"${key}" happens while the swap goes on: write during: outage.`)
    return {}
  }
  if (flush !== undefined && cause !== 'drain')
    read.problem(['flush'], 'Only the flows of a host that is drained are flushed: write cause: drain.')
  const word = read.word('during', during, DURING, 'when packets go on')
  const flushed = flush === undefined ? undefined : read.parsed('flush', flush, parseDuration)
  const returned = back === undefined ? undefined : read.parsed('back', back, parseDuration)
  return {
    ...(word === undefined ? {} : { during: word }),
    ...(flushed === undefined ? {} : { flush: flushed }),
    ...(returned === undefined ? {} : { back: returned }),
  }
}

/** A TCP idle time-out, in seconds. */
function idleOf(written: string | number | undefined, read: FieldReader): number | undefined {
  if (written === undefined) return read.problem(['tcp-idle'], '"tcp-idle" is missing.')
  return seconds(written, GATEWAY_TCP_IDLE, ['tcp-idle'], (path, message) => read.problem(path, message))
}

function keepaliveOf(
  input: NonNullable<InjectionInput['keepalive']>,
  read: FieldReader,
): { readonly every: Nanos; readonly from: 'client' | 'server' } | undefined {
  const every = read.parsed('keepalive.every', input.every, parseDuration)
  if (every === 0) read.problem(['keepalive', 'every'], 'Keepalives are more than 0s apart.')
  const from = read.wordAt(['keepalive', 'from'], input.from ?? 'client', ENDS, 'an end of the flow')
  return every === undefined || from === undefined ? undefined : { every, from }
}

/** Reads single fields, and remembers whether one of them was wrong. */
class FieldReader {
  readonly #report: Report
  failed = false

  constructor(report: Report) {
    this.#report = report
  }

  problem(path: Path, message: string): undefined {
    this.failed = true
    this.#report(path, message)
  }

  /** `key` may be a dotted path. */
  parsed<T>(
    key: string,
    text: string | number | undefined,
    parse: (text: string | number) => T,
  ): T | undefined {
    const path = key.split('.')
    if (text === undefined) return this.problem(path, `"${key}" is missing.`)
    try {
      return parse(text)
    } catch (error) {
      if (error instanceof FlowbreakError) return this.problem(path, error.message)
      throw error
    }
  }

  word<T extends string>(
    key: string,
    text: string | undefined,
    words: readonly T[],
    noun: string,
  ): T | undefined {
    return this.wordAt([key], text, words, noun)
  }

  wordAt<T extends string>(
    path: Path,
    text: string | undefined,
    words: readonly T[],
    noun: string,
  ): T | undefined {
    const found = asWord(words, text)
    if (found !== undefined) return found
    return this.problem(
      path,
      text === undefined ? `"${path.at(-1)}" is missing.` : notAWord(text, noun, words),
    )
  }

  direction(text: string | undefined): 'c2s' | 's2c' | undefined {
    return this.word('direction', text, DIRECTIONS, 'a direction')
  }
}
