import { putU16, putU32 } from '../../wire/bytes.ts'
import { EtherType } from '../../wire/numbers.ts'
import { AWS_CLASS, MARKS } from '../../wire/tunnel/gateway-marks.ts'
import { putTime, TIME_OPTION_BYTES } from '../../wire/tunnel/geneve-time.ts'

/** Bytes that a gateway load balancer puts before an IP packet in a UDP datagram. */
export const HEADER_BYTES = 40
/** The same with the option that tells the time. */
export const TIMED_HEADER_BYTES = HEADER_BYTES + TIME_OPTION_BYTES
/** Endpoint and attachment as told to appliances; they are made up, because there is no cloud. */
export const ENDPOINT = 0x0f_10_3b_4e_a5
export const ATTACHMENT = 0x0f_10_3b_4e_a6

const BASE = 8
const OPTION = 4

/** Writes the header of a packet of a flow at bytes[at]; `time`: in nanoseconds, if appliances are told the time. */
export function putHeader(bytes: Uint8Array, at: number, six: boolean, cookie: number, time?: number): void {
  const length = time === undefined ? HEADER_BYTES : TIMED_HEADER_BYTES
  bytes.fill(0, at, at + length)
  bytes[at] = (length - BASE) >> 2
  putU16(bytes, at + 2, six ? EtherType.ipv6 : EtherType.ipv4)
  let next = at + BASE
  for (const { type, length } of MARKS) {
    putU16(bytes, next, AWS_CLASS)
    bytes[next + 2] = type
    bytes[next + 3] = length >> 2
    next += OPTION + length
  }
  putU64(bytes, at + BASE + OPTION, ENDPOINT)
  putU64(bytes, at + BASE + 2 * OPTION + 8, ATTACHMENT)
  putU32(bytes, at + HEADER_BYTES - 4, cookie)
  if (time !== undefined) putTime(bytes, at + HEADER_BYTES, time)
}

function putU64(bytes: Uint8Array, at: number, value: number): void {
  putU32(bytes, at, Math.floor(value / 2 ** 32))
  putU32(bytes, at + 4, value >>> 0)
}
