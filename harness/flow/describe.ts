import type { FlowInfo } from '../model/capture.ts'
import type { HashTable } from '../support/hash-table.ts'
import { Protocol } from '../wire/numbers.ts'
import { ipv4Text, ipv6Text } from './address-text.ts'
import type { FlowColumns } from './columns.ts'
import { OPENINGS, ORIENTATIONS } from './orientation.ts'
import { icmpOf } from './transport.ts'

/** Reads the flow at a place from its columns and the table of its key. */
export function describeFlow(place: number, columns: FlowColumns, table: HashTable): FlowInfo {
  const local = columns.local[place] ?? 0
  const six = columns.isIpv6(place)
  const words = six ? 4 : 1
  const ports = table.word(local, words * 2)
  const protocol = protocolName(table.word(local, words * 2 + 1) & 0xff, six)
  const withPort = protocol === 'tcp' || protocol === 'udp'
  const endpoint = (low: boolean) => {
    const address = addressText(table, local, low ? 0 : words, six)
    if (!withPort) return address
    const port = low ? ports >>> 16 : ports & 0xffff
    return six ? `[${address}]:${port}` : `${address}:${port}`
  }
  const clientIsLow = (table.value(local) & 1) === 1
  return {
    id: columns.flow[place] ?? -1,
    protocol,
    family: six ? 'ipv6' : 'ipv4',
    client: endpoint(clientIsLow),
    server: endpoint(!clientIsLow),
    firstPacket: columns.firstPacket[place] ?? 0,
    firstTime: columns.firstTime[place] ?? 0,
    orientation: ORIENTATIONS[columns.orientation(place)] ?? 'first-packet',
    opens: OPENINGS[columns.opening(place)] ?? 'n/a',
  }
}

/** Why a flow is unknown; `next` flows were numbered, `forgotten` of them forgotten; `most` are known at one time. */
export function whyNoFlow(id: number, next: number, forgotten: number, most: number): string {
  if (forgotten > 0 && id >= 0 && id < next)
    return `Flow ${id} is not known any more: ${most} are known at one time.`
  return `There is no flow ${id}: the capture has ${next}, numbered from 0.`
}

function addressText(table: HashTable, local: number, from: number, six: boolean): string {
  if (!six) return ipv4Text(table.word(local, from))
  const groups: number[] = []
  for (let i = from; i < from + 4; i++) {
    const word = table.word(local, i)
    groups.push(word >>> 16, word & 0xffff)
  }
  return ipv6Text(groups)
}

function protocolName(protocol: number, six: boolean): FlowInfo['protocol'] {
  if (protocol === Protocol.tcp) return 'tcp'
  if (protocol === Protocol.udp) return 'udp'
  if (protocol === icmpOf(six)) return six ? 'icmp6' : 'icmp'
  return protocol === Protocol.sctp ? 'sctp' : 'ip'
}
