import type { PacketBatch } from '../../model/batch.ts'
import { Kind, Options } from '../../model/codes.ts'
import { findOption, TcpOption } from '../../wire/tcp-options.ts'

/** Counts of packets that keep what may still tell something about who talked. */
export class Traces {
  packets = 0
  /** With TCP timestamps, whose clocks tell machines and their uptime. */
  timestamps = 0
  /** TCP openings, whose windows and options tell the system that sent them. */
  openings = 0
  vlans = 0
  tunnels = 0
  fragments = 0
  /** In which no IP datagram was found. */
  notIp = 0
  malformed = 0
  /** That have payload. */
  payloads = 0

  /** Counts a packet before it is changed. */
  note(batch: PacketBatch, i: number): void {
    const kind = batch.kind[i] ?? 0
    this.packets++
    if (batch.vlan[i] !== 0) this.vlans++
    if ((batch.l3[i] ?? -1) < 0) this.notIp++
    if (kind === Kind.malformed) this.malformed++
    if (kind === Kind.fragment4 || kind === Kind.fragment6) this.fragments++
    if ((batch.payload[i] ?? 0) > 0) this.payloads++
    if (kind !== Kind.tcp4 && kind !== Kind.tcp6) return
    if (((batch.flags[i] ?? 0) & 2) !== 0) this.openings++
    if (
      batch.options[i] === Options.timestamps ||
      (batch.options[i] === Options.other && hasTimestamps(batch, i))
    )
      this.timestamps++
  }
}

function hasTimestamps({ bytes, l4, start, captured }: PacketBatch, i: number): boolean {
  const at = l4[i] ?? 0
  const end = Math.min(at + (((bytes[at + 12] ?? 0) >> 4) << 2), (start[i] ?? 0) + (captured[i] ?? 0))
  return findOption(bytes, at + 20, end, TcpOption.timestamps) >= 0
}
