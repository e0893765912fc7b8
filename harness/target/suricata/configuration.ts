import type { SuricataSettings } from './settings.ts'

/** Names of files in a run's folder. */
export const FILES = {
  configuration: 'suricata.yaml',
  capture: 'in.pcap',
  rules: 'rules',
  eve: 'eve.json',
  pid: 'pid',
} as const

/** What is written to EVE besides. */
export interface ConfigurationExtras {
  /** Alerts of rules, in the order in which they occurred: of each packet as many as Suricata can tell of, 15 by default. */
  readonly alerts?: boolean
  /** Flow and netflow events. */
  readonly flows?: boolean
}

/** Initial sizes of tables, kept small: allocating Suricata's defaults takes it longer than the capture of a case. */
interface Room {
  /** Rows of its table of flows, and of that of fragmented datagrams. */
  readonly rows: number
  /** Most fragments. */
  readonly fragments: number
  /** Most packets in process at once. */
  readonly pending: number
}

/** From this number of packets on, its tables have their default sizes. */
const MANY_PACKETS = 65_536
const MOST_FRAGMENTS = 65_535
/** Most IP headers of one packet inside each other (decode.max-layers); each may be that of a fragment. */
const LAYERS = 16
const FEWEST = 64

/** Bytes of a flow, and of a row of the flow table, which count as memory for flows (Suricata 7.0.10 on 64 bits). */
const FLOW = 296
const FLOW_ROW = 64
/** Fewest flows for each row of a full table, as by default. In a table of few rows it may find none with a flow to evict. */
const FLOWS_A_ROW = 6

/** Sizes for everything that this many packets can need; a table that cannot fill up decides nothing. */
function roomFor(packets: number): Room {
  if (packets >= MANY_PACKETS) return { rows: MANY_PACKETS, fragments: MOST_FRAGMENTS, pending: 1024 }
  return {
    rows: Math.max(FEWEST, 2 ** Math.ceil(Math.log2(packets))),
    fragments: Math.min(MOST_FRAGMENTS, Math.max(FEWEST, packets * LAYERS)),
    pending: FEWEST,
  }
}

/** Rows of a table of that many flows; the packets need at most `most` rows. */
function flowRows(maxFlows: number, most: number): number {
  return Math.min(most, 2 ** Math.floor(Math.log2(maxFlows / FLOWS_A_ROW)))
}

/** The value of `midstream-policy` for an exception policy (util-exception-policy.c). */
const MIDSTREAM_POLICY = { drop: 'drop-flow', reject: 'reject', continue: 'ignore' } as const

/**
 * Suricata's configuration. Every setting that decides verdicts and could differ in its own file is written, because defaults differ
 * between versions. The table of flows has room for as many as the settings say, and drops packets of flows without room, which is the
 * default inline; every other exception policy is `ignore`, so that no limit of memory is taken for a verdict. No flows are allocated in
 * advance, because how many of these are idle in a full table depends on threads. `packets`: how many it will read.
 */
export function configurationOf(
  settings: SuricataSettings,
  packets: number,
  extras: ConfigurationExtras = {},
): string {
  const { rows, fragments, pending } = roomFor(packets)
  const { exception, midstream, asyncOneside, dropInvalid, timeouts, fragmentTimeout, tunnels } = settings
  const flows = flowRows(settings.maxFlows, rows)
  return `%YAML 1.1
---
default-log-dir: .
exception-policy: ignore
stats: { enabled: yes, interval: 3600 }
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: ${FILES.eve}
      pcap-file: false
      types:
        - drop: { alerts: yes, flows: all, verdict: yes }
        - stats: { totals: yes, threads: no, deltas: no }${typesOf(extras)}
logging: { default-log-level: error, outputs: [{ console: { enabled: yes } }] }
action-order: [pass, drop, reject, alert]
stream:
  memcap: 256mb
  prealloc-sessions: 32
  checksum-validation: no
  midstream: ${yesNo(midstream)}
  midstream-policy: ${MIDSTREAM_POLICY[exception]}
  async-oneside: ${yesNo(asyncOneside)}
  inline: yes
  drop-invalid: ${yesNo(dropInvalid)}
  reassembly: { memcap: 512mb, depth: 1mb, toserver-chunk-size: 2560, toclient-chunk-size: 2560, randomize-chunk-size: no, segment-prealloc: 32 }
host-os-policy: { bsd: [0.0.0.0/0, "::/0"] }
defrag: { memcap: 256mb, hash-size: ${rows}, trackers: ${fragments}, max-frags: ${fragments}, prealloc: no, timeout: ${fragmentTimeout} }
decoder:
  teredo: { enabled: ${tunnels} }
  vxlan: { enabled: ${tunnels}, ports: 4789 }
  geneve: { enabled: ${tunnels}, ports: 6081 }
max-pending-packets: ${pending}${extras.alerts === true ? '\npacket-alert-max: 255' : ''}
host: { hash-size: 64, prealloc: 16, memcap: 32mb }
ippair: { hash-size: 64, prealloc: 16, memcap: 32mb }
luajit: { states: 1 }
mpm-algo: ac
spm-algo: bm
app-layer: { protocols: { http: { enabled: yes, libhtp: { default-config: { personality: IDS } } } } }
flow: { memcap: ${flows * FLOW_ROW + settings.maxFlows * FLOW}, memcap-policy: drop-packet, hash-size: ${flows}, prealloc: 0 }
flow-timeouts:
  default: { new: ${timeouts.other}, established: ${timeouts.otherEstablished}, closed: 0 }
  tcp: { new: ${timeouts.tcpNew}, established: ${timeouts.tcpEstablished}, closed: ${timeouts.tcpClosed} }
  udp: { new: ${timeouts.udpNew}, established: ${timeouts.udpEstablished} }
  icmp: { new: ${timeouts.icmpNew}, established: ${timeouts.icmpEstablished} }
`
}

function typesOf({ alerts = false, flows = false }: ConfigurationExtras): string {
  const types = [...(alerts ? ['alert: { verdict: yes }'] : []), ...(flows ? ['flow', 'netflow'] : [])]
  return types.map((type) => `\n        - ${type}`).join('')
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}
