import type { Anonymiser } from './anonymiser.ts'
import type { PayloadWord } from './filler.ts'

/** What `capture anonymise` changed, and what could still tell who talked. */
export interface AnonymiseReport {
  readonly payload: PayloadWord
  readonly changed: {
    /** Different addresses and names. */
    readonly ipv4Addresses: number
    readonly ipv6Addresses: number
    readonly hardwareAddresses: number
    readonly nameLabels: number
    /** Of payload and of what is not read. */
    readonly bytesReplaced: number
  }
  /** Never written, whatever was in the file. */
  readonly removed: readonly string[]
  /** A sentence each; `packets`: of how many it is true. */
  readonly remains: readonly { readonly what: string; readonly packets: number }[]
}

const REMOVED = [
  'comments',
  'interface names and descriptions',
  'host names and other pcapng options',
  'TLS keys',
  'bytes behind datagrams',
]

export function reportOf({ maps, traces }: Anonymiser, payload: PayloadWord): AnonymiseReport {
  const { addresses, hardware, names, filler } = maps
  const remains = [
    {
      what: 'Lengths and times of packets, which can tell what was asked for, and by whom.',
      packets: traces.packets,
    },
    {
      what: 'Payload, but for DNS, server names of TLS, and fragments: it may name hosts and people.',
      packets: payload === 'keep' ? traces.payloads : 0,
    },
    {
      what: 'TCP timestamps, which tell machines apart and how long they were up.',
      packets: traces.timestamps,
    },
    { what: 'Windows and options of TCP openings, which tell systems apart.', packets: traces.openings },
    { what: 'VLAN identifiers.', packets: traces.vlans },
    { what: 'Identifiers and options of tunnels.', packets: traces.tunnels },
    {
      what: 'The 16-bit sum of what each fragment held, so that the checksum of the datagram holds.',
      packets: traces.fragments,
    },
    {
      what: 'Headers that are malformed, as far as they say what is wrong with them.',
      packets: traces.malformed,
    },
  ]
  return {
    payload,
    changed: {
      ipv4Addresses: addresses.found4,
      ipv6Addresses: addresses.found6,
      hardwareAddresses: hardware.found,
      nameLabels: names.found,
      bytesReplaced: filler.filled,
    },
    removed: REMOVED,
    remains: remains.filter(({ packets }) => packets > 0),
  }
}
