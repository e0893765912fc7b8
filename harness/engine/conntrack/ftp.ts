import type { PacketBatch } from '../../model/batch.ts'
import { addressLength, destinationAt, isIpv6, sourceAt } from '../../wire/ip.ts'

/** Commands and replies are recognised at the beginning of a segment, in its first line. */
const LONGEST_LINE = 128
const PORT_COMMAND = /^PORT (\d{1,3}(?:,\d{1,3}){5})\r?\n/i
const EPRT_COMMAND = /^EPRT \|[12]\|[0-9a-f:.]+\|(\d{1,5})\|\r?\n/i
const PASSIVE_ANSWER = /^227 [^\r\n]*?(\d{1,3}(?:,\d{1,3}){5})[^\r\n]*\r?\n/
const EXTENDED_PASSIVE_ANSWER = /^229 [^\r\n]*?\(\|\|\|(\d{1,5})\|\)[^\r\n]*\r?\n/

/**
 * The data connection that a segment of an FTP control connection announces, as a key of who will open it to which address and port;
 * undefined: none. PORT and EPRT of the client announce one from the server to the client, the server's replies to PASV and EPSV one from
 * the client to the server (RFC 959, RFC 2428). Only the sender's own address is believed (Linux nf_conntrack_ftp.c, `loose` off).
 */
export function announcedBy(packets: PacketBatch, index: number, toServer: boolean): string | undefined {
  const { bytes } = packets
  const end = (packets.start[index] ?? 0) + (packets.captured[index] ?? 0)
  const l4 = packets.l4[index] ?? 0
  const from = l4 + ((bytes[l4 + 12] ?? 0) >> 4) * 4
  const line = String.fromCharCode(...bytes.subarray(from, Math.min(end, from + LONGEST_LINE)))
  const l3 = packets.l3[index] ?? 0
  const port = toServer
    ? portOf(line, PORT_COMMAND, EPRT_COMMAND)
    : portOf(line, PASSIVE_ANSWER, EXTENDED_PASSIVE_ANSWER)
  if (port === undefined || (port.address !== undefined && port.address !== senderOf(bytes, l3)))
    return undefined
  return keyOf(bytes, l3, destinationAt(bytes, l3), sourceAt(bytes, l3), port.port)
}

/** The same key for the connection that a SYN opens. */
export function openedBy(packets: PacketBatch, index: number): string {
  const { bytes } = packets
  const l3 = packets.l3[index] ?? 0
  const port = (packets.ports[index] ?? 0) & 0xffff
  return keyOf(bytes, l3, sourceAt(bytes, l3), destinationAt(bytes, l3), port)
}

interface Announced {
  readonly port: number
  readonly address?: string
}

function portOf(line: string, plain: RegExp, extended: RegExp): Announced | undefined {
  const numbers = plain.exec(line)?.[1]?.split(',').map(Number)
  if (numbers !== undefined) {
    const [a, b, c, d, high = 0, low = 0] = numbers
    if (numbers.some((number) => number > 255)) return undefined
    return { address: [a, b, c, d].join('.'), port: high * 256 + low }
  }
  const port = Number(extended.exec(line)?.[1] ?? Number.NaN)
  return port > 0 && port < 65_536 ? { port } : undefined
}

/** The sender's IPv4 address; PORT and the reply to PASV can name no other kind. */
function senderOf(bytes: Uint8Array, l3: number): string {
  return isIpv6(bytes, l3) ? '' : bytes.subarray(l3 + 12, l3 + 16).join('.')
}

function keyOf(bytes: Uint8Array, l3: number, from: number, to: number, port: number): string {
  const length = addressLength(bytes, l3)
  const address = (at: number) => Buffer.from(bytes.subarray(at, at + length)).toString('hex')
  return `${address(from)}>${address(to)}:${port}`
}
