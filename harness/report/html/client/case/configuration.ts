import type { Injection, Position } from '../../../../model/case.ts'
import { formatDuration } from '../../../../support/duration.ts'
import { type Markup, markup } from '../markup.ts'
import { definitions } from './facts.ts'
import type { OpenedCase } from './opened.ts'

/** Fields of injections that are nanoseconds. */
const NANOS: ReadonlySet<string> = new Set(['gap', 'delay', 'flush', 'back', 'lasts', 'every'])

/** What was done to the connection, and what the device was told to be. */
export function configuration({ record, setup }: OpenedCase): Markup {
  const { case: test } = record
  const injections = test.injections ?? []
  const done =
    injections.length > 0 &&
    markup`<ol class="injections">${injections.map((one) => markup`<li><b>${one.label}</b> before ${positionWords(one.at)} <span class="quiet">${fieldWords(one)}</span></li>`)}</ol>`
  const known: [string, string][] = [
    ['policy', test.policy],
    ['profile', test.profile],
    ...(test.sharing === undefined ? [] : [['sharing', test.sharing] as [string, string]]),
  ]
  return markup`<section aria-labelledby="h-setup"><h2 id="h-setup">Injections and configuration</h2>${done}${definitions(setup === undefined ? known : [...known.slice(1, 2), ...flat(setup)])}</section>`
}

/** `packet 12`, `1.5s`, `the 2nd data packet, c2s`. */
function positionWords(at: Position): string {
  if ('packet' in at) return `packet ${at.packet}`
  if ('time' in at) return formatDuration(at.time)
  const { before, direction, nth } = at
  return `${before} packet ${nth}${direction === undefined ? '' : ` ${direction}`}`
}

function fieldWords({ kind: _kind, label: _label, at: _at, ...rest }: Injection): string {
  return pairsOf(rest)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** Fields of an object by their path, in words: `load balancer tcp idle`. */
function flat(setup: object): readonly (readonly [string, string])[] {
  const { key: _key, profile: _profile, ...rest } = setup as Readonly<Record<string, unknown>>
  return pairsOf(rest).map(([name, value]) => [name.replace(/^topology /, ''), value] as const)
}

function pairsOf(value: object, path: readonly string[] = []): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, field]): readonly (readonly [string, string])[] => {
    const here = [...path, name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)]
    if (field === undefined || (Array.isArray(field) && field.length === 0)) return []
    if (Array.isArray(field))
      return [[here.join(' '), field.map(wordsOf).join(name === 'rules' ? '\n' : ', ')]]
    if (typeof field === 'object' && field !== null) return pairsOf(field, here)
    return [
      [here.join(' '), NANOS.has(name) && typeof field === 'number' ? formatDuration(field) : String(field)],
    ]
  })
}

function wordsOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
