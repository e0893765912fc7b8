import { isIPv4 } from 'node:net'
import type { ExceptionPolicy, Sharing } from '../../model/setup.ts'
import { FEATURES, type Feature } from '../../model/target.ts'
import { listWords, POLICIES, SHARINGS } from '../../suite/words.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { GENEVE_PORT } from '../../wire/tunnel/geneve.ts'
import type { TargetSpec } from '../spec.ts'
import { type HealthOptions, readHealth } from './health-options.ts'
import { type HookOptions, readHooks } from './hook-options.ts'
import type { Wrong } from './wrong.ts'

/** An appliance's IPv4 address and UDP port. */
export interface Address {
  readonly address: string
  readonly port: number
}

/** What a geneve target is told. */
export interface GeneveOptions {
  readonly hosts: readonly Address[]
  /** The load balancer's own IPv4 address. */
  readonly listen: string
  /** Where hosts return packets: to the load balancer's GENEVE port with ports kept, or to where they came from; absent: by address. */
  readonly returns?: 'gateway' | 'sender'
  /** Bytes of the largest inner packet. */
  readonly mtu: number
  /** Seconds of a timeline in one second of the appliances' clocks. */
  readonly scale: number
  /** What the appliances are. */
  readonly version: string
  readonly profile: string
  readonly policies: readonly ExceptionPolicy[]
  readonly sharing: readonly Sharing['kind'][]
  readonly features: readonly Feature[]
  readonly families: readonly ('ipv4' | 'ipv6')[]
  readonly health?: HealthOptions
  readonly hooks: HookOptions
}

const KNOWN = [
  'hosts',
  'listen',
  'returns',
  'mtu',
  'scale',
  'version',
  'profile',
  'policies',
  'sharing',
  'features',
  'families',
  'health',
  'hooks',
]
const MOST_HOSTS = 64
/** Of a gateway load balancer (its guide, MTU). */
const MTU = 8500
const RETURNS = ['gateway', 'sender'] as const
const FAMILIES = ['ipv4', 'ipv6'] as const

/** Reads a spec. Throws ERR_TARGET_OPTION with the option that is not as it should be. */
export function readOptions(spec: TargetSpec, name: string): GeneveOptions {
  const wrong = (what: string) =>
    new FlowbreakError('ERR_TARGET_OPTION', `Target ${name} of kind geneve: ${what}.`)
  const stranger = Object.keys(spec).find((key) => key !== 'kind' && !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`there is no option ${stranger}, only ${listWords(KNOWN)}`)
  const { listen, returns, mtu = MTU, scale = 1, version = 'unknown version', profile, health, hooks } = spec
  const hosts = readHosts(spec.hosts, wrong)
  if (listen !== undefined && !(typeof listen === 'string' && isIPv4(listen)))
    throw wrong('listen must be an IPv4 address of this machine')
  if (returns !== undefined && !RETURNS.some((word) => word === returns))
    throw wrong(`returns must be ${listWords(RETURNS)}`)
  if (typeof mtu !== 'number' || !Number.isInteger(mtu) || mtu < 1280 || mtu > 65_000)
    throw wrong('mtu must be a whole number from 1280 to 65000')
  if (typeof scale !== 'number' || !(scale >= 0.01 && scale <= 1000))
    throw wrong('scale must be a number from 0.01 to 1000, the seconds that pass in one of the appliances')
  if (typeof version !== 'string' || version === '') throw wrong('version must be a text')
  if (typeof profile !== 'string' || profile === '')
    throw wrong('profile must name what the appliances are (flowbreak profile list)')
  const words = <T extends string>(option: string, all: readonly T[], fallback: readonly T[]) =>
    readWords(spec[option], option, all, fallback, wrong)
  const policies = words('policies', POLICIES, ['drop'])
  const read = readHooks(hooks, wrong)
  if (policies.length > 1 && read.configure === undefined)
    throw wrong('of several policies, appliances have to be brought to each by the hook configure')
  const loopback = hosts.every(({ address }) => address.startsWith('127.'))
  return {
    hosts,
    listen: typeof listen === 'string' ? listen : loopback ? '127.0.0.1' : '0.0.0.0',
    ...(returns === undefined ? {} : { returns: returns as 'gateway' | 'sender' }),
    mtu,
    scale,
    version,
    profile,
    policies,
    sharing: words('sharing', SHARINGS, ['none']),
    features: words('features', FEATURES, []),
    families: words('families', FAMILIES, FAMILIES),
    ...(health === undefined ? {} : { health: readHealth(health, hosts.length, wrong) }),
    hooks: read,
  }
}

function readHosts(value: unknown, wrong: Wrong): readonly Address[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_HOSTS)
    throw wrong(`hosts must be a list of 1 to ${MOST_HOSTS} addresses as 10.0.1.10:${GENEVE_PORT}`)
  const hosts = value.map((text: unknown) => {
    const [, address = '', port = String(GENEVE_PORT)] = /^([^:]+)(?::(\d{1,5}))?$/.exec(String(text)) ?? []
    if (!isIPv4(address) || Number(port) < 1 || Number(port) > 65_535)
      throw wrong(
        `hosts: ${JSON.stringify(text)} is no IPv4 address with a port, as 10.0.1.10:${GENEVE_PORT}`,
      )
    return { address, port: Number(port) }
  })
  const texts = hosts.map(({ address, port }) => `${address}:${port}`)
  const twice = texts.find((text, index) => texts.indexOf(text) !== index)
  if (twice !== undefined) throw wrong(`hosts: ${twice} is there twice`)
  return hosts
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
