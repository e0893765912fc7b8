import type { PacketBatch, Rebuilt } from '../../model/batch.ts'
import { Kind } from '../../model/codes.ts'
import { isToServer } from '../entry.ts'
import type { Hosts } from '../hosts.ts'
import { attachesToFlow, isFromClient, isIcmpError } from '../icmp.ts'
import { outcomeOf } from '../outcome.ts'
import { RECORD_WORDS, STATE_MASK, State } from '../record.ts'
import type { FlowRecords } from './flow-records.ts'

/**
 * Records packet `index`, which the stateful engine of a host has just decided. `whole`: the datagram that it completed
 * there. A fragment by itself belongs to no flow, and an ICMP error only to a flow whose fate it shares.
 */
export function account(
  records: FlowRecords,
  hosts: Hosts,
  batch: PacketBatch,
  index: number,
  host: number,
  whole: Rebuilt | undefined,
): void {
  const flow = batch.flow[index] ?? -1
  const kind = whole === undefined ? (batch.kind[index] ?? Kind.other) : whole.kind
  if (flow < 0 || kind === Kind.fragment4 || kind === Kind.fragment6) {
    records.seeAlone(batch, index, host)
    return
  }
  const table = hosts.table(host)
  const base = table.touch(flow)
  const head = table.words[base] ?? 0
  if ((head & STATE_MASK) === State.absent) {
    records.seeAlone(batch, index, host)
    return
  }
  let toServer = isToServer(head, batch.direction[index] ?? 0)
  const l4 = batch.l4[index] ?? -1
  if (whole === undefined && isErrorOf(batch, kind, l4)) {
    const attached = attachesToFlow(batch.bytes, kind, l4, batch.payload[index] ?? 0)
    if (!attached || !hosts.isLive(table, base, batch.time[index] ?? 0)) {
      records.seeAlone(batch, index, host)
      return
    }
    toServer = isFromClient(batch.bytes, batch.l3[index] ?? 0, l4, toServer)
  }
  const outcome = outcomeOf(batch.verdict[index] ?? 0, batch.reason[index] ?? 0)
  records.see(batch, whole ?? index, host, table, base, toServer, outcome)
}

function isErrorOf(batch: PacketBatch, kind: number, l4: number): boolean {
  return (kind === Kind.icmp4 || kind === Kind.icmp6) && isIcmpError(kind, batch.bytes[l4] ?? 0)
}

/** From now on the record of an entry also ends when the entry is replaced or expires. */
export function recordEnds(records: FlowRecords, hosts: Hosts): void {
  for (const [host, table] of hosts.tables.entries())
    table.replaced = (base, at) => records.end(host, table.flowAt(base / RECORD_WORDS), 'timeout', at)
}

/** No more packets will come: ends the records of all entries. */
export function endRecords(records: FlowRecords, hosts: Hosts): void {
  const { columns } = records
  records.endAll((row, now) => {
    const table = hosts.table(columns.host[row] ?? 0)
    return !hosts.isLive(table, (columns.flow[row] ?? 0) * RECORD_WORDS, now)
  })
}
