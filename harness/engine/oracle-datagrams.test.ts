import { putU16 } from '../wire/bytes.ts'
import { type FrameOptions, packet } from './example-engine.test.ts'

/** Conversations of TCP, UDP and ICMP, whole and broken, as lines of `packet`. */
export const CONVERSATIONS: readonly (readonly string[])[] = [
  ['> S 0', '< SA 0 1', '> A 1 1', '> PA 1 1 len=40', '< A 1 41', '> FA 41 1', '< FA 1 42', '> A 42 2'],
  ['> A 1 1', '> PA 1 1 len=40', '< PA 1 41 len=9', '< FA 10 41', '> R 41', '> S 900', '< SA 900 901'],
  ['< SA 0 1', '> A 1 1', '> R 1'],
  ['> FA 1 1', '< A 1 2', '> . 5', '> R 1'],
  ['> R 1', '> RA 1 1', '> PA 1 1 len=8', '< A 1 9'],
  ['> UDP', '< UDP', '> UDP'],
  ['> PING', '< PONG', '> PING'],
]

/** The IP packet of a line, between addresses that belong to case `n` alone. */
export function datagram(
  line: string,
  n: number,
  family: 'ipv4' | 'ipv6' = 'ipv4',
  options: FrameOptions = {},
) {
  const bytes = packet(line, { ...options, family }).bytes.slice(14)
  renumber(bytes, n)
  return bytes
}

/** Gives both addresses of an IP packet, of the examples' client and server, the number of their case. */
export function renumber(bytes: Uint8Array, n: number): void {
  const six = (bytes[0] ?? 0) >> 4 === 6
  for (const at of six ? [20, 36] : [13, 17]) putU16(bytes, at, n)
}
