import { listWords } from '../../suite/words.ts'
import { FlowbreakError } from '../../support/errors.ts'
import { DEVICE_OPTIONS, type DeviceOptions, readDevice } from '../device-options.ts'
import type { TargetSpec } from '../spec.ts'
import { type InlineHost, readHosts } from './host-options.ts'

/** Options of an inline target. */
export interface InlineOptions extends DeviceOptions {
  readonly hosts: readonly InlineHost[]
  /** `answer`: devices that ask for the owner of an address are told that it is the harness; `static`: they know already. */
  readonly arp: 'answer' | 'static'
  /** Network namespace of the interfaces; absent: this process's own. */
  readonly namespace?: string
}

const KNOWN = ['hosts', 'arp', 'namespace', ...DEVICE_OPTIONS]
const ARP = ['answer', 'static'] as const
/** That of Ethernet without jumbo frames. */
const MTU = 1500
const MOST_MTU = 9216

/** Reads a spec. Throws ERR_TARGET_OPTION about the first invalid option. */
export function readOptions(spec: TargetSpec, name: string): InlineOptions {
  const wrong = (what: string) =>
    new FlowbreakError('ERR_TARGET_OPTION', `Target ${name} of kind inline: ${what}.`)
  const stranger = Object.keys(spec).find((key) => key !== 'kind' && !KNOWN.includes(key))
  if (stranger !== undefined) throw wrong(`there is no option ${stranger}, only ${listWords(KNOWN)}`)
  const { arp = 'answer', namespace } = spec
  const hosts = readHosts(spec.hosts, wrong)
  const chosen = ARP.find((word) => word === arp)
  if (chosen === undefined) throw wrong(`arp must be ${listWords(ARP)}`)
  if (namespace !== undefined && !(typeof namespace === 'string' && /^\w[\w.-]*$/.test(namespace)))
    throw wrong('namespace must be the name of a network namespace (ip netns list)')
  return {
    ...readDevice(spec, { mtu: MTU, mostMtu: MOST_MTU }, wrong),
    hosts,
    arp: chosen,
    ...(typeof namespace === 'string' ? { namespace } : {}),
  }
}
