import type { Emitted } from '../model/batch.ts'
import { nameOf, Reason, Tcp } from '../model/codes.ts'
import { u16, u32 } from '../wire/bytes.ts'
import { isIcmpError } from '../wire/icmp.ts'
import { Protocol } from '../wire/numbers.ts'
import type { EveSubject } from './subject.ts'

/** EVE's members for a packet that was dropped or rejected: its IP and transport headers, and the reason. */
export function dropOf(subject: EveSubject, reason: number): Record<string, unknown> {
  const { protocol, l4 } = subject
  return {
    ...(subject.version === 6 ? ipv6Of(subject) : ipv4Of(subject)),
    ...(l4 < 0
      ? {}
      : protocol === Protocol.tcp
        ? tcpOf(subject)
        : protocol === Protocol.udp
          ? { udplen: u16(subject.bytes, l4 + 4) }
          : protocol === Protocol.icmp
            ? icmpOf(subject)
            : {}),
    reason: reasonWord(reason),
  }
}

/** Suricata's word for a reason; default actions are ordinary rules there. */
function reasonWord(reason: number): string {
  return nameOf(Reason, reason === Reason['default action'] ? Reason.rules : reason)
}

function ipv4Of({ bytes, l3 }: EveSubject): Record<string, number> {
  return {
    len: u16(bytes, l3 + 2),
    tos: bytes[l3 + 1] ?? 0,
    ttl: bytes[l3 + 8] ?? 0,
    ipid: u16(bytes, l3 + 4),
  }
}

function ipv6Of({ bytes, l3 }: EveSubject): Record<string, number> {
  const word = u32(bytes, l3)
  return {
    len: u16(bytes, l3 + 4),
    tc: (word >>> 20) & 255,
    hoplimit: bytes[l3 + 7] ?? 0,
    flowlbl: word & 0xfffff,
  }
}

function tcpOf({ bytes, l4 }: EveSubject): Record<string, number | boolean> {
  const flags = bytes[l4 + 13] ?? 0
  const has = (bit: number) => (flags & bit) !== 0
  return {
    tcpseq: u32(bytes, l4 + 4) >>> 0,
    tcpack: u32(bytes, l4 + 8) >>> 0,
    tcpwin: u16(bytes, l4 + 14),
    syn: has(Tcp.syn),
    ack: has(Tcp.ack),
    psh: has(Tcp.psh),
    rst: has(Tcp.rst),
    urg: has(Tcp.urg),
    fin: has(Tcp.fin),
    tcpres: (bytes[l4 + 12] ?? 0) & 15,
    tcpurgp: u16(bytes, l4 + 18),
  }
}

/** Identifier and sequence number of queries and replies, in the byte order of the machines on which Suricata mostly runs. */
function icmpOf({ bytes, l4 }: EveSubject): Record<string, number> {
  const query = !isIcmpError(bytes[l4] ?? 0, false)
  const swapped = (at: number) => (query ? (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) : 0)
  return { icmp_id: swapped(l4 + 4), icmp_seq: swapped(l4 + 6) }
}

/** EVE's `verdict` of a dropped or rejected packet, with who got a reset or error: the sender is `to_client`, whichever end it is. */
export function stoppedVerdict(emitted: readonly Emitted[]): Record<string, unknown> {
  if (emitted.length === 0) return { action: 'drop' }
  const ends = new Set(emitted.map(({ to }) => to))
  const target = ends.size > 1 ? 'both' : ends.has('sender') ? 'to_client' : 'to_server'
  const kinds = new Set(emitted.map(({ kind }) => (kind === 'tcp-rst' ? 'tcp-reset' : 'icmp-prohib')))
  return { action: 'drop', 'reject-target': target, reject: [...kinds] }
}
