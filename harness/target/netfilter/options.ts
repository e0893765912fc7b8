import type { Transparency } from '../../model/fields.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { readTransparency } from '../device-options.ts'
import type { TargetSpec } from '../spec.ts'

/** Options of a netfilter target. */
export interface NetfilterOptions {
  /** Seconds of a timeline in one second of the kernel's clock; 1 … 5 with the default time-outs of Linux. */
  readonly scale: number
  /** `masquerade`: clients' addresses become the host's own on the servers' side. */
  readonly nat: 'none' | 'masquerade'
  /** Whether the host opens clients' connections in place of the servers. */
  readonly synproxy: boolean
  /** Bytes of the largest IP packet on its links. */
  readonly mtu: number
  readonly transparency?: Transparency
}

const KNOWN = ['kind', 'scale', 'nat', 'synproxy', 'mtu', 'transparency']

/** Reads a spec. Throws ERR_TARGET_OPTION about the first invalid option. */
export function readOptions(spec: TargetSpec, name: string): NetfilterOptions {
  const { scale = 5, nat = 'none', synproxy = false, mtu = 9000 } = spec
  const wrong = (what: string) =>
    new FlowbreakError('ERR_TARGET_OPTION', `Target ${name} of kind netfilter: ${what}.`)
  const stranger = Object.keys(spec).find((key) => !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`there is no option ${stranger}, only ${KNOWN.slice(1).join(', ')}`)
  if (typeof scale !== 'number' || !(scale >= 0.01 && scale <= 1000))
    throw wrong('scale must be a number from 0.01 to 1000, the seconds that pass in one of the kernel')
  if (nat !== 'none' && nat !== 'masquerade') throw wrong('nat must be none or masquerade')
  if (typeof synproxy !== 'boolean') throw wrong('synproxy must be true or false')
  if (typeof mtu !== 'number' || !Number.isInteger(mtu) || mtu < 1280 || mtu > 65_535)
    throw wrong('mtu must be a whole number from 1280 to 65535')
  const transparency = readTransparency(spec, wrong)
  return { scale, nat, synproxy, mtu, ...(transparency === undefined ? {} : { transparency }) }
}
