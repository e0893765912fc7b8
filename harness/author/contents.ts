import { openCapture } from '../capture/open.ts'
import { FlowTable } from '../flow/table.ts'
import { NANOS_PER_SECOND, type PacketBatch } from '../model/batch.ts'
import type { CaptureHeader, Damage, FlowInfo } from '../model/capture.ts'
import { Kind, Link, Tcp } from '../model/codes.ts'
import { readPackets } from '../timeline/recorded.ts'
import { verifyChecksums } from '../wire/forge.ts'
import { isIcmpError } from '../wire/icmp.ts'

/** A flow in the words of a manifest. */
export interface FoundFlow {
  readonly protocol: FlowInfo['protocol']
  readonly family: FlowInfo['family']
  /** `192.0.2.10:40000`, `[2001:db8:c::10]:40000`, or an address alone for ICMP and SCTP. */
  readonly client: string
  readonly server: string
  /** Every frame of the flow, with its fragments and the ICMP errors about it. */
  readonly packets: number
  readonly opens: 'syn' | 'syn-ack' | 'mid' | 'n/a'
  readonly closes: 'fin' | 'rst' | 'open' | 'n/a'
  /** How many of the packets are ICMP errors about the flow. */
  readonly errors: number
}

/** What a capture file holds, as the project's own readers see it. */
export interface Contents {
  readonly format: CaptureHeader['format']
  readonly links: readonly string[]
  readonly packets: number
  /** Seconds from the first packet to the last. */
  readonly duration: number
  readonly flows: readonly FoundFlow[]
  readonly odd: OddPackets
  readonly damage: Damage | undefined
}

/** Numbers of the packets that could not be sent through a device as they are, or that no flow of a manifest counts. */
export interface OddPackets {
  readonly overMtu: number[]
  readonly badChecksum: number[]
  readonly cutShort: number[]
  readonly withoutFlow: number[]
}

interface Count {
  packets: number
  errors: number
  reset: boolean
  /** A bit for each direction in which a FIN went. */
  finished: number
}

const ETHERNET_FRAME = 1514
const VLAN_TAG = 4
const BOTH_DIRECTIONS = 3

/** Reads a whole capture; throws as `openCapture` does, but what is damaged further on is told in `damage`. */
export async function contentsOf(file: string): Promise<Contents> {
  await using source = await openCapture(file)
  const table = new FlowTable()
  const counts: Count[] = []
  const odd: OddPackets = { overMtu: [], badChecksum: [], cutShort: [], withoutFlow: [] }
  let packets = 0
  let first = 0
  let last = 0
  for await (const batch of readPackets(source, table)) {
    if (packets === 0) first = batch.time[0] ?? 0
    last = batch.time[batch.count - 1] ?? 0
    packets += batch.count
    for (let i = 0; i < batch.count; i++) {
      noteOddities(batch, i, odd)
      countPacket(batch, i, counts)
    }
    // Fragments have no checksum but that of their datagram.
    for (const { bytes, index } of batch.rebuilt)
      if (verifyChecksums(bytes, Link.raw) === 'bad') odd.badChecksum.push(batch.number[index] ?? 0)
  }
  return {
    format: source.header.format,
    links: [...source.links],
    packets,
    duration: (last - first) / NANOS_PER_SECOND,
    flows: counts.map((count, id) => foundFlow(table.info(id), count)),
    odd,
    damage: source.damage,
  }
}

function noteOddities(batch: PacketBatch, i: number, odd: OddPackets): void {
  const number = batch.number[i] ?? 0
  const start = batch.start[i] ?? 0
  const captured = batch.captured[i] ?? 0
  const original = batch.original[i] ?? 0
  const longest = ETHERNET_FRAME + (batch.vlan[i] === 0 ? 0 : VLAN_TAG)
  if (original > longest) odd.overMtu.push(number)
  if (captured < original) odd.cutShort.push(number)
  if ((batch.flow[i] ?? -1) < 0) odd.withoutFlow.push(number)
  const frame = batch.bytes.subarray(start, start + captured)
  if (verifyChecksums(frame, batch.link[i] ?? 0) === 'bad') odd.badChecksum.push(number)
}

function countPacket(batch: PacketBatch, i: number, counts: Count[]): void {
  const id = batch.flow[i] ?? -1
  if (id < 0) return
  counts[id] ??= { packets: 0, errors: 0, reset: false, finished: 0 }
  const count = counts[id]
  const flags = batch.flags[i] ?? 0
  count.packets++
  if (reportsError(batch, i)) count.errors++
  if (flags & Tcp.rst) count.reset = true
  if (flags & Tcp.fin) count.finished |= 1 << (batch.direction[i] ?? 0)
}

function reportsError(batch: PacketBatch, i: number): boolean {
  const kind = batch.kind[i]
  const type = batch.bytes[batch.l4[i] ?? -1] ?? 0
  return (kind === Kind.icmp4 || kind === Kind.icmp6) && isIcmpError(type, kind === Kind.icmp6)
}

function foundFlow({ protocol, family, client, server, opens }: FlowInfo, count: Count): FoundFlow {
  const { packets, errors, reset, finished } = count
  const ending = reset ? 'rst' : finished === BOTH_DIRECTIONS ? 'fin' : 'open'
  const closes = protocol === 'tcp' ? ending : 'n/a'
  return { protocol, family, client, server, packets, opens, closes, errors }
}
