import { Kind } from '../model/codes.ts'
import { u32 } from '../wire/bytes.ts'
import { Protocol } from '../wire/numbers.ts'

/** ICMP types (IANA registry). */
const UNREACHABLE = 3
const SOURCE_QUENCH = 4
const REDIRECT = 5
const TIME_EXCEEDED = 11
const PARAMETER_PROBLEM = 12
const LAST_UNREACHABLE_CODE = 15
/** ICMPv6 types from here on are informational (RFC 4443 2.1). */
const FIRST_INFORMATIONAL = 128

const IPV4_HEADER = 20
/** Version 4, no options. */
const PLAIN_HEADER = 0x45
const ICMP_HEADER = 8
/** Bytes of the quoted transport header that are needed to look up its flow. */
const QUOTED = { [Protocol.tcp]: 20, [Protocol.udp]: 8 } as const

/** Whether this is an ICMP error message, which never creates a flow of its own. */
export function isIcmpError(kind: number, type: number): boolean {
  if (kind === Kind.icmp6) return type < FIRST_INFORMATIONAL
  return (
    type === UNREACHABLE ||
    type === SOURCE_QUENCH ||
    type === REDIRECT ||
    type === TIME_EXCEEDED ||
    type === PARAMETER_PROBLEM
  )
}

/**
 * Whether an ICMP error shares the fate of the flow that it quotes. Only IPv4 destination unreachable does, if it quotes a whole TCP or
 * UDP header behind an IP header without options: behind options the ports are read at the wrong place (observed, Suricata 7.0.10).
 * `payload` is the number of bytes after the ICMP header.
 */
export function attachesToFlow(bytes: Uint8Array, kind: number, l4: number, payload: number): boolean {
  if (kind !== Kind.icmp4 || bytes[l4] !== UNREACHABLE || (bytes[l4 + 1] ?? 0) > LAST_UNREACHABLE_CODE)
    return false
  if ((bytes[l4 + ICMP_HEADER] ?? 0) !== PLAIN_HEADER) return false
  const protocol = bytes[l4 + ICMP_HEADER + 9]
  if (protocol !== Protocol.tcp && protocol !== Protocol.udp) return false
  return payload >= IPV4_HEADER + QUOTED[protocol]
}

/**
 * Whether an IPv4 ICMP error comes from the client of the flow that it quotes. Only then does it count as going to the server; one
 * from a router in between counts as going to the client. `answersServer`: it quotes a packet of the server.
 */
export function isFromClient(bytes: Uint8Array, l3: number, l4: number, answersServer: boolean): boolean {
  const client = l4 + ICMP_HEADER + (answersServer ? 16 : 12)
  return u32(bytes, l3 + 12) === u32(bytes, client)
}
