import { $ } from 'zx/core'
import type { Protocol } from './recording.ts'

/** One flow of a capture, as its manifest lists it. */
export interface Flow {
  readonly protocol: Protocol
  /** `192.0.2.10:40000`, `[2001:db8:c::10]:40000`, or an address alone for ICMP and SCTP. */
  readonly client: string
  readonly server: string
  /** Every frame of the flow, with its fragments and the ICMP errors about it. */
  packets: number
  readonly opens: 'syn' | 'syn-ack' | 'mid' | 'n/a'
  closes: 'fin' | 'rst' | 'open' | 'n/a'
  /** How many of the packets are ICMP errors about the flow. */
  errors?: number
}

export interface Frames {
  readonly packets: number
  readonly seconds: number
  readonly flows: readonly Flow[]
}

const COLUMNS = [
  'frame.number',
  'frame.time_relative',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'sctp.srcport',
  'tcp.flags',
  'icmp.type',
  'icmpv6.type',
  'ip.reassembled_in',
  'ipv6.reassembled.in',
] as const

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>

const [FIN, SYN, RST, ACK] = [0x01, 0x02, 0x04, 0x10]
const ICMP_ERRORS = new Set(['3', '11', '12'])
const ICMP6_ERRORS = new Set(['1', '2', '3', '4'])

/** Reads a finished capture's flows with tshark; the sender of a flow's first packet is its client. */
export async function readFlows(file: string): Promise<Frames> {
  const fields = COLUMNS.flatMap((column) => ['-e', column])
  const { stdout } = await $({ quiet: true })`tshark -n -2 -r ${file} -T fields -E occurrence=a ${fields}`
  const rows = stdout.split('\n').filter(Boolean).map(toRow)
  const byKey = new Map<string, Flow>()
  const finished = new Map<Flow, Set<string>>()
  for (const row of rows) count(row, whole(row, rows), byKey, finished)
  return {
    packets: rows.length,
    seconds: Number(rows.at(-1)?.['frame.time_relative'] ?? 0),
    flows: [...byKey.values()],
  }
}

function toRow(line: string): Row {
  const cells = line.split('\t')
  return Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i] ?? ''])) as Row
}

/** The frame in which tshark put a fragment's datagram together: it has the ports that the fragment lacks. */
function whole(row: Row, rows: readonly Row[]): Row {
  const number = Number(row['ip.reassembled_in'] || row['ipv6.reassembled.in'] || row['frame.number'])
  return rows[number - 1] ?? row
}

function count(row: Row, from: Row, flows: Map<string, Flow>, finished: Map<Flow, Set<string>>): void {
  const error = ICMP_ERRORS.has(from['icmp.type']) || ICMP6_ERRORS.has(from['icmpv6.type'])
  const protocol = protocolOf(from)
  const [source, destination] = endpoints(from, error)
  const key = [protocol, ...[source, destination].sort()].join(' ')
  const flags = protocol === 'tcp' && !error ? Number(from['tcp.flags']) : undefined
  const flow = flows.get(key) ?? begin(protocol, source, destination, flags)
  flows.set(key, flow)
  flow.packets++
  if (error) flow.errors = (flow.errors ?? 0) + 1
  if (flags === undefined || row !== from) return
  if (flags & RST) flow.closes = 'rst'
  if (!(flags & FIN) || flow.closes === 'rst') return
  const ends = finished.get(flow) ?? new Set<string>()
  finished.set(flow, ends.add(source))
  if (ends.size === 2) flow.closes = 'fin'
}

function begin(protocol: Protocol, client: string, server: string, flags: number | undefined): Flow {
  const opens = flags === undefined ? 'n/a' : !(flags & SYN) ? 'mid' : flags & ACK ? 'syn-ack' : 'syn'
  return { protocol, client, server, packets: 0, opens, closes: protocol === 'tcp' ? 'open' : 'n/a' }
}

function protocolOf(row: Row): Protocol {
  if (row['tcp.srcport'] !== '') return 'tcp'
  if (row['udp.srcport'] !== '') return 'udp'
  if (row['icmp.type'] !== '') return 'icmp'
  if (row['icmpv6.type'] !== '') return 'icmp6'
  if (row['sctp.srcport'] !== '') return 'sctp'
  throw new Error(`Frame ${row['frame.number']} belongs to no flow that a manifest can list.`)
}

/** Source and destination of a frame; of an ICMP error, those of the packet that it quotes. */
function endpoints(row: Row, error: boolean): [string, string] {
  const layer = error ? 1 : 0
  const address = (v4: string, v6: string): string => (v4 || v6).split(',')[layer] ?? ''
  const ports = row['tcp.srcport']
    ? [row['tcp.srcport'], row['tcp.dstport']]
    : [row['udp.srcport'], row['udp.dstport']]
  return [
    endpoint(address(row['ip.src'], row['ipv6.src']), ports[0] ?? ''),
    endpoint(address(row['ip.dst'], row['ipv6.dst']), ports[1] ?? ''),
  ]
}

function endpoint(address: string, port: string): string {
  if (port === '') return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
