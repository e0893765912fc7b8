import { FlowbreakError } from '../../support/errors.ts'
import type { TargetSpec } from '../spec.ts'

/** Options of a suricata-live target. */
export interface SuricataLiveOptions {
  /** The program, or its name on the PATH. */
  readonly binary: string
  /** Seconds within which each of its processes must let packets through. */
  readonly timeout: number
  /** Seconds of a timeline in one second of Suricata's clock. */
  readonly scale: number
  /** Bytes of the largest IP packet on its links. */
  readonly mtu: number
}

const KNOWN = ['kind', 'binary', 'timeout', 'scale', 'mtu']
const LONGEST = 3600
/** That of an Ethernet with jumbo frames: rings for larger frames are not possible. */
const MOST_MTU = 9216

/** Reads a spec. Throws ERR_TARGET_OPTION about the first invalid option. */
export function readOptions(spec: TargetSpec, name: string): SuricataLiveOptions {
  const { binary = 'suricata', timeout = 30, scale = 5, mtu = 9000 } = spec
  const wrong = (what: string) =>
    new FlowbreakError('ERR_TARGET_OPTION', `Target ${name} of kind suricata-live: ${what}.`)
  const stranger = Object.keys(spec).find((key) => !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`there is no option ${stranger}, only ${KNOWN.slice(1).join(', ')}`)
  if (typeof binary !== 'string' || binary === '')
    throw wrong('binary must be the path of a Suricata, or its name on the PATH')
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= LONGEST))
    throw wrong(`timeout must be a number of seconds above 0 and up to ${LONGEST}`)
  if (typeof scale !== 'number' || !(scale >= 0.01 && scale <= 1000))
    throw wrong('scale must be a number from 0.01 to 1000, the seconds that pass in one of Suricata')
  if (typeof mtu !== 'number' || !Number.isInteger(mtu) || mtu < 1280 || mtu > MOST_MTU)
    throw wrong(`mtu must be a whole number from 1280 to ${MOST_MTU}`)
  return { binary, timeout, scale, mtu }
}
