import { NANOS_PER_SECOND, type Nanos } from '../model/batch.ts'

const MICROS_PER_SECOND = 1_000_000
/** Range of seconds since 1970 with a four-digit year; a capture may contain any. */
const FIRST_SECOND = -62_167_219_200
const LAST_SECOND = 253_402_300_799
const EPOCH_UNIT = BigInt(NANOS_PER_SECOND)

/** Writes times as Suricata does, `2024-11-21T02:40:00.000000+0000`: microseconds, always UTC. */
export class EveClock {
  /** Seconds since 1970 at which `Nanos` is 0. */
  #epoch = 0
  #second = -1
  #text = ''

  /** Nanoseconds since 1970 at which `Nanos` is 0; a whole second. */
  set epoch(nanoseconds: bigint) {
    this.#epoch = Number(nanoseconds / EPOCH_UNIT)
  }

  timestamp(at: Nanos): string {
    const second = this.seconds(at)
    if (second !== this.#second) {
      this.#second = second
      const shown = Math.max(FIRST_SECOND, Math.min(second, LAST_SECOND))
      this.#text = new Date(shown * 1000).toISOString().slice(0, 19)
    }
    const micros = Math.floor((at - (second - this.#epoch) * NANOS_PER_SECOND) / 1000)
    return `${this.#text}.${String(MICROS_PER_SECOND + micros).slice(1)}+0000`
  }

  /** Whole seconds since 1970. */
  seconds(at: Nanos): number {
    return this.#epoch + Math.floor(at / NANOS_PER_SECOND)
  }
}

/** An address of 4 or 16 bytes as Suricata writes it: IPv6 in full, `2001:0db8:0000:…`. */
export function eveAddress(bytes: Uint8Array, at: number, version: number): string {
  if (version === 4) return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
  const groups: string[] = []
  for (let k = at; k < at + 16; k += 2)
    groups.push((((bytes[k] ?? 0) << 8) | (bytes[k + 1] ?? 0)).toString(16).padStart(4, '0'))
  return groups.join(':')
}

/** EVE's names of the more likely IP protocols; others are written as numbers. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'HOPOPT',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IP-in-IP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'IPv6-ICMP',
  59: 'IPv6-NoNxt',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
}

export function eveProtocol(protocol: number): string {
  return PROTOCOLS[protocol] ?? String(protocol)
}

/** The member `vlan`, a list of ids as in EVE, outer first; empty: untagged. `vlan` as in the batch. */
export function eveVlan(vlan: number): string {
  if (vlan === 0) return ''
  const outer = vlan >>> 12
  return outer === 0 ? `,"vlan":[${vlan & 0xfff}]` : `,"vlan":[${outer},${vlan & 0xfff}]`
}

const FLAG_NAMES = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'] as const
/** EVE's order of flags. */
const FLAG_ORDER = [1, 0, 2, 3, 4, 5, 6, 7] as const

/** The TCP flags that are set, one member each. */
export function eveFlags(flags: number): string {
  let members = ''
  for (const bit of FLAG_ORDER) if ((flags & (1 << bit)) !== 0) members += `,"${FLAG_NAMES[bit]}":true`
  return members
}

/** Two hexadecimal digits. */
export function eveHex(flags: number): string {
  return flags.toString(16).padStart(2, '0')
}
