import type { AddressRanges, Limits, Target } from '../model/target.ts'
import { parseCidr } from '../support/cidr.ts'
import { FlowbreakError } from '../support/errors.ts'
import { targetWith } from './target-with.ts'

/** Options that every kind of target has. */
export interface Bounds {
  readonly limits?: Limits
  readonly addresses?: AddressRanges
}

const LIMITS = {
  'packets-per-second': 'packetsPerSecond',
  'bytes-per-second': 'bytesPerSecond',
  'new-connections-per-second': 'newConnectionsPerSecond',
  sessions: 'sessions',
} as const

const RANGES = { clients: 32, servers: 32, clients6: 128, servers6: 128 } as const

/** The blocks reserved for benchmarking: RFC 2544 (198.18.0.0/15) and RFC 5180 (2001:2::/48). */
export const BENCHMARKING: AddressRanges = {
  clients: '198.18.0.0/16',
  servers: '198.19.0.0/16',
  clients6: '2001:2:0:c::/64',
  servers6: '2001:2:0:5::/64',
}

/** Bits that a block must leave for addresses, so that there are enough for cases. */
const ROOM = 3

/**
 * Reads `limits: { packets-per-second, bytes-per-second, new-connections-per-second, sessions }`, whole numbers from 1, and
 * `addresses: { clients, servers, clients6, servers6 }`, CIDR blocks; a missing block is one for benchmarking. ERR_TARGET_OPTION.
 */
export function readBounds(
  name: string,
  spec: { readonly limits?: unknown; readonly addresses?: unknown },
): Bounds {
  const limits = entriesOf(name, 'limits', spec.limits, Object.keys(LIMITS)).map(([key, value]) => {
    if (!Number.isInteger(value) || Number(value) < 1)
      throw wrong(name, `limits.${key}`, value, 'a whole number from 1')
    return [LIMITS[key as keyof typeof LIMITS], value]
  })
  const ranges = entriesOf(name, 'addresses', spec.addresses, Object.keys(RANGES))
  for (const [key, value] of ranges) {
    const bits = RANGES[key as keyof typeof RANGES]
    const block = typeof value === 'string' ? parseCidr(value) : undefined
    if (block === undefined || block.bytes.length * 8 !== bits || block.bits > bits - ROOM)
      throw wrong(name, `addresses.${key}`, value, `a block like ${BENCHMARKING[key as keyof AddressRanges]}`)
  }
  return {
    ...(limits.length === 0 ? {} : { limits: Object.fromEntries(limits) }),
    ...(ranges.length === 0 ? {} : { addresses: { ...BENCHMARKING, ...Object.fromEntries(ranges) } }),
  }
}

/** Reads `appliance`: one or several names of its devices, the same wherever they are driven from. Throws ERR_TARGET_OPTION. */
export function readAppliances(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  const names: readonly unknown[] = Array.isArray(value) ? value : [value]
  const isName = (each: unknown): each is string => typeof each === 'string' && each !== ''
  if (names.length > 0 && names.every(isName)) return names
  throw wrong(name, 'appliance', value, 'the name of the device that it drives, or a list of them')
}

/** The target with these limits and addresses. */
export function bounded(target: Target, bounds: Bounds): Target {
  return bounds.limits === undefined && bounds.addresses === undefined ? target : targetWith(target, bounds)
}

function entriesOf(
  name: string,
  option: string,
  value: unknown,
  known: readonly string[],
): readonly (readonly [string, unknown])[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(name, option, value, `a map of ${known.join(', ')}`)
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw wrong(name, option, key, `one of ${known.join(', ')}`)
  return Object.entries(value)
}

function wrong(name: string, option: string, value: unknown, wanted: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_TARGET_OPTION',
    `Target ${name}: ${option}: ${JSON.stringify(value)} is not possible: write ${wanted}.`,
  )
}
