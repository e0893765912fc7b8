import type { LoadBalancerInput } from '../suite/setup/input.ts'
import { listWords } from '../suite/words.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { FlowbreakError } from '../support/errors.ts'

/** Keys whose value is a plain word, number or duration. */
const PLAIN = [
  'stickiness',
  'capacity',
  'deregistration-delay',
  'zone',
  'cross-zone',
  'all-unhealthy',
  'mtu',
  'host-mtu',
  'host-tcp-established',
  'on-deregistration',
  'on-unhealthy',
] as const satisfies readonly (keyof LoadBalancerInput)[]
const HEALTH = ['interval', 'unhealthy-threshold', 'healthy-threshold'] as const
const KEYS: readonly string[] = [...PLAIN, 'zones', ...HEALTH.map((key) => `health.${key}`)]

/** Reads `--lb KEY=VALUE` options, each key once: `stickiness=3-tuple`, `zones=a,b`, `health.interval=30s`. ERR_USAGE. */
export function loadBalancerOf(options: readonly string[]): LoadBalancerInput {
  const written = new Map(options.map(pairOf))
  const health = HEALTH.flatMap((key) => {
    const value = written.get(`health.${key}`)
    return value === undefined ? [] : [[key, value]]
  })
  const plain = PLAIN.flatMap((key) => {
    const value = written.get(key)
    return value === undefined ? [] : [[key, value]]
  })
  const zones = written.get('zones')
  return {
    ...Object.fromEntries(plain),
    ...(zones === undefined ? {} : { zones: zones.split(',') }),
    ...(health.length === 0 ? {} : { health: Object.fromEntries(health) }),
  }
}

function pairOf(option: string): readonly [string, string] {
  const at = option.indexOf('=')
  const key = at < 0 ? option : option.slice(0, at)
  if (!KEYS.includes(key))
    throw new FlowbreakError(
      'ERR_USAGE',
      `--lb has no key "${key}": write KEY=VALUE, where KEY is ${listWords(KEYS)}.${didYouMean(key, KEYS)}`,
    )
  if (at < 0) throw new FlowbreakError('ERR_USAGE', `--lb ${key} has no value: write ${key}=….`)
  return [key, option.slice(at + 1)]
}
