import { type Capabilities, FEATURES, FOLDINGS, type Target } from '../model/target.ts'
import type { HostEventKind } from '../model/timeline.ts'
import { listWords, POLICIES, SHARINGS } from '../suite/words.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { isRecord } from '../support/record.ts'

/** Whether a value is meant to be a target, rather than a spec of one. */
export function isTarget(value: unknown): value is Target {
  return typeof value === 'object' && value !== null && 'prepare' in value
}

const EVENTS: Readonly<Record<HostEventKind, true>> = {
  drain: true,
  crash: true,
  unhealthy: true,
  restore: true,
  flush: true,
  steer: true,
  return: true,
  'end-drain': true,
  export: true,
  replicate: true,
  'lose-replicas': true,
  'set-timeout': true,
  'fill-table': true,
  store: true,
}
const WORDS = { clock: ['virtual', 'real'], folding: FOLDINGS } as const
const LISTS: { readonly [K in keyof Capabilities]?: readonly string[] } = {
  families: ['ipv4', 'ipv6'],
  policies: POLICIES,
  sharing: SHARINGS,
  events: Object.keys(EVENTS),
  observes: ['verdict', 'reason', 'emitted', 'counters', 'parts'],
  features: FEATURES,
}
/** Lists without which nothing can be played. */
const NEEDED = ['families', 'policies', 'sharing', 'observes']
const KEYS = [...Object.keys(WORDS), ...Object.keys(LISTS), 'reactive', 'hosts', 'profiles', 'clockScale']
const MOST_HOSTS = 250

/** What is wrong with a value that should be a target, as the end of a sentence after its name; undefined: nothing. */
export function targetProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return 'is not a target: it has to be an object with prepare()'
  const { name, version, capabilities, prepare } = value as Partial<Record<keyof Target, unknown>>
  if (typeof name !== 'string' || name === '') return 'has no name: it is to be a text'
  if (typeof version !== 'string' || version === '') return 'has no version: it is to be a text'
  if (typeof prepare !== 'function') return 'has no prepare(setup, signal): it is to give a session'
  return capabilitiesProblem(capabilities)
}

/** The same for capabilities: the first key that is missing, unknown, or has an invalid value. */
export function capabilitiesProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'has no capabilities: they are to be an object'
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key))
  if (unknown !== undefined)
    return `names a capability ${unknown} that there is not.${didYouMean(unknown, KEYS)}`
  for (const [key, words] of Object.entries(WORDS))
    if (!words.some((word) => word === value[key]))
      return `has capabilities.${key} ${shown(value[key])}: it is to be ${listWords(words)}`
  for (const [key, words] of Object.entries(LISTS)) {
    const list = value[key]
    if (!Array.isArray(list) || (list.length === 0 && NEEDED.includes(key)))
      return `has capabilities.${key} ${shown(list)}: it is to be a list of ${listWords(words)}`
    const wrong = list.find((word) => !words.includes(word))
    if (wrong !== undefined)
      return `has ${shown(wrong)} in capabilities.${key}: there are ${listWords(words)}.${didYouMean(String(wrong), words)}`
  }
  const { reactive, hosts, profiles, clock, clockScale } = value
  if (typeof reactive !== 'boolean')
    return `has capabilities.reactive ${shown(reactive)}: it is to be true or false`
  if (!Number.isInteger(hosts) || Number(hosts) < 1 || Number(hosts) > MOST_HOSTS)
    return `has capabilities.hosts ${shown(hosts)}: it is to be 1 to ${MOST_HOSTS}`
  if (
    profiles !== 'any' &&
    !(Array.isArray(profiles) && profiles.length > 0 && profiles.every((name) => typeof name === 'string'))
  )
    return `has capabilities.profiles ${shown(profiles)}: it is to be any, or a list of names`
  if (typeof clockScale !== 'number' || !(clockScale > 0) || (clock === 'virtual' && clockScale !== 1))
    return `has capabilities.clockScale ${shown(clockScale)}: it is to be above 0, and 1 on a virtual clock`
  return undefined
}

/** A value in the form for messages, shortened. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
