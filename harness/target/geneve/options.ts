import { isIPv4 } from 'node:net'
import { listWords } from '../../suite/words.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { GENEVE_PORT } from '../../wire/tunnel/geneve.ts'
import { DEVICE_OPTIONS, type DeviceOptions, readDevice } from '../device-options.ts'
import type { TargetSpec } from '../spec.ts'
import type { Wrong } from '../wrong.ts'
import { type HealthOptions, readHealth } from './health-options.ts'

/** An appliance's IPv4 address and UDP port. */
export interface Address {
  readonly address: string
  readonly port: number
}

/** Options of a geneve target. */
export interface GeneveOptions extends DeviceOptions {
  readonly hosts: readonly Address[]
  /** The load balancer's own IPv4 address. */
  readonly listen: string
  /** Where hosts return packets: to the load balancer's GENEVE port with ports kept, or to their sender; absent: depends on addresses. */
  readonly returns?: 'gateway' | 'sender'
  readonly health?: HealthOptions
  /** `told`: hosts take the time from packets (`geneve-time.ts`); `machine`: they have their own. */
  readonly clock: 'machine' | 'told'
}

const KNOWN = ['hosts', 'listen', 'returns', 'health', 'clock', ...DEVICE_OPTIONS]
const MOST_HOSTS = 64
/** That of a gateway load balancer (its guide, MTU). */
const MTU = 8500
const RETURNS = ['gateway', 'sender'] as const
const CLOCKS = ['machine', 'told'] as const

/** Reads a spec. Throws ERR_TARGET_OPTION about the first invalid option. */
export function readOptions(spec: TargetSpec, name: string): GeneveOptions {
  const wrong = (what: string) =>
    new FlowbreakError('ERR_TARGET_OPTION', `Target ${name} of kind geneve: ${what}.`)
  const stranger = Object.keys(spec).find((key) => key !== 'kind' && !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`there is no option ${stranger}, only ${listWords(KNOWN)}`)
  const { listen, returns, health, clock = 'machine', scale } = spec
  const hosts = readHosts(spec.hosts, wrong)
  if (listen !== undefined && !(typeof listen === 'string' && isIPv4(listen)))
    throw wrong('listen must be an IPv4 address of this machine')
  if (returns !== undefined && !RETURNS.some((word) => word === returns))
    throw wrong(`returns must be ${listWords(RETURNS)}`)
  if (!CLOCKS.some((word) => word === clock)) throw wrong(`clock must be ${listWords(CLOCKS)}`)
  if (clock === 'told' && scale !== undefined)
    throw wrong('scale is of clock machine: time that is told has none')
  const device = readDevice(spec, { mtu: MTU, mostMtu: 65_000 }, wrong)
  const loopback = hosts.every(({ address }) => address.startsWith('127.'))
  return {
    ...device,
    hosts,
    clock: clock === 'told' ? 'told' : 'machine',
    listen: typeof listen === 'string' ? listen : loopback ? '127.0.0.1' : '0.0.0.0',
    ...(returns === undefined ? {} : { returns: returns as 'gateway' | 'sender' }),
    ...(health === undefined ? {} : { health: readHealth(health, hosts.length, wrong) }),
  }
}

function readHosts(value: unknown, wrong: Wrong): readonly Address[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_HOSTS)
    throw wrong(`hosts must be a list of 1 to ${MOST_HOSTS} addresses as 10.0.1.10:${GENEVE_PORT}`)
  const hosts = value.map((text: unknown) => {
    const [, address = '', port = String(GENEVE_PORT)] = /^([^:]+)(?::(\d{1,5}))?$/.exec(String(text)) ?? []
    if (!isIPv4(address) || Number(port) < 1 || Number(port) > 65_535)
      throw wrong(
        `hosts: ${JSON.stringify(text)} is not an IPv4 address with a port, such as 10.0.1.10:${GENEVE_PORT}`,
      )
    return { address, port: Number(port) }
  })
  const texts = hosts.map(({ address, port }) => `${address}:${port}`)
  const twice = texts.find((text, index) => texts.indexOf(text) !== index)
  if (twice !== undefined) throw wrong(`hosts: ${twice} is there twice`)
  return hosts
}
