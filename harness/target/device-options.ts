import { TRANSPARENCIES, type Transparency } from '../model/fields.ts'
import type { ExceptionPolicy, Sharing } from '../model/setup.ts'
import { type Capabilities, FEATURES, type Feature } from '../model/target.ts'
import { listWords, POLICIES, SHARINGS } from '../suite/words.ts'
import { type HookOptions, readHooks } from './hooks/hook-options.ts'
import type { TargetSpec } from './spec.ts'
import type { Wrong } from './wrong.ts'

/** Options of a target whose devices it does not make itself. */
export interface DeviceOptions {
  /** Bytes of the largest packet. */
  readonly mtu: number
  /** Seconds of a timeline in one second of the devices' clocks. */
  readonly scale: number
  /** The version of the devices. */
  readonly version: string
  /** Profiles that they can be set to; the one that they have at first comes first. */
  readonly profiles: readonly string[]
  readonly policies: readonly ExceptionPolicy[]
  readonly sharing: readonly Sharing['kind'][]
  readonly features: readonly Feature[]
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly transparency?: Transparency
  readonly hooks: HookOptions
}

const FAMILIES = ['ipv4', 'ipv6'] as const

export const DEVICE_OPTIONS = [
  'mtu',
  'scale',
  'version',
  'profile',
  'policies',
  'sharing',
  'features',
  'families',
  'transparency',
  'hooks',
] as const

/** Reads the options of all such targets. `mtu`: the usual one, and the most. */
export function readDevice(
  spec: TargetSpec,
  usual: { readonly mtu: number; readonly mostMtu: number },
  wrong: Wrong,
): DeviceOptions {
  const { mtu = usual.mtu, scale = 1, version = 'unknown version', profile } = spec
  if (typeof mtu !== 'number' || !Number.isInteger(mtu) || mtu < 1280 || mtu > usual.mostMtu)
    throw wrong(`mtu must be a whole number from 1280 to ${usual.mostMtu}`)
  if (typeof scale !== 'number' || !(scale >= 0.01 && scale <= 1000))
    throw wrong('scale must be a number from 0.01 to 1000, the seconds that pass in one of the devices')
  if (typeof version !== 'string' || version === '') throw wrong('version must be a text')
  const profiles: readonly unknown[] = Array.isArray(profile) ? profile : [profile]
  if (profiles.length === 0 || !profiles.every((name) => typeof name === 'string' && name !== ''))
    throw wrong('profile must name what the devices are (flowbreak profile list)')
  const words = <T extends string>(option: string, all: readonly T[], fallback: readonly T[]) =>
    readWords(spec[option], option, all, fallback, wrong)
  const policies = words('policies', POLICIES, ['drop'])
  const hooks = readHooks(spec.hooks, wrong)
  const transparency = readTransparency(spec, wrong)
  for (const [several, count] of [
    ['policies', policies.length],
    ['profiles', profiles.length],
  ] as const)
    if (count > 1 && hooks.configure === undefined)
      throw wrong(`of several ${several}, devices have to be brought to each by the hook configure`)
  return {
    mtu,
    scale,
    version,
    profiles: profiles as readonly string[],
    policies,
    sharing: words('sharing', SHARINGS, ['none']),
    features: words('features', FEATURES, []),
    families: words('families', FAMILIES, FAMILIES),
    ...(transparency === undefined ? {} : { transparency }),
    hooks,
  }
}

/** The capabilities of such a target with that number of hosts; `clock`: virtual if they are told the time. */
export function deviceCapabilities(
  options: DeviceOptions,
  hosts: number,
  clock: Capabilities['clock'] = 'real',
): Capabilities {
  const { families, policies, sharing, profiles, features, scale } = options
  return {
    clock,
    reactive: true,
    hosts,
    families,
    policies,
    sharing,
    events: ['drain', 'crash', 'unhealthy', 'restore', 'flush', 'steer', 'return'],
    observes: ['verdict', 'emitted', 'alterations'],
    folding: 'aligned',
    profiles,
    features,
    clockScale: scale,
  }
}

/** Reads `transparency`, an option of any target with wires; undefined if it is absent. */
export function readTransparency(spec: TargetSpec, wrong: Wrong): Transparency | undefined {
  const { transparency } = spec
  const word = TRANSPARENCIES.find((each) => each === transparency)
  if (word === undefined && transparency !== undefined)
    throw wrong(`transparency must be ${listWords(TRANSPARENCIES)}`)
  return word
}

function readWords<T extends string>(
  value: unknown,
  option: string,
  all: readonly T[],
  fallback: readonly T[],
  wrong: Wrong,
): readonly T[] {
  if (value === undefined) return fallback
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const read = list.flatMap((word) => all.filter((known) => known === word))
  if (read.length !== list.length || list.length === 0)
    throw wrong(`${option} must be a list of ${listWords(all)}`)
  return read
}
