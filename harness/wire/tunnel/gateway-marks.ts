import { u8, u16 } from '../bytes.ts'
import { EtherType } from '../numbers.ts'
import { checkGeneve } from './geneve-header.ts'

/** Class of AWS's options, their types, and how many bytes each holds. */
export const AWS_CLASS = 0x0108
export const MARKS = [
  { type: 1, length: 8, name: 'endpoint' },
  { type: 2, length: 8, name: 'attachment' },
  { type: 3, length: 4, name: 'flow cookie' },
] as const

/** Bytes that the gateway load balancer's encapsulation adds: IPv4, UDP, GENEVE and these three options (its guide). */
export const GENEVE_OVERHEAD = 68

/** Offsets of the fields that a gateway load balancer puts before a packet. */
export interface MarkPlaces {
  endpoint: number
  attachment: number
  cookie: number
  /** The IP packet. */
  inner: number
}

const HEADER = 8
const OPTION_HEADER = 4

/** Offsets for a search that has found nothing yet. */
export function noMarks(): MarkPlaces {
  return { endpoint: -1, attachment: -1, cookie: -1, inner: -1 }
}

/**
 * Finds the three options of a gateway load balancer, in any order and among others, in the GENEVE header at `at`, and the IP packet
 * after it. Returns a sentence if the header is not the load balancer's; of duplicate options the first counts. Allocates nothing.
 */
export function findMarks(bytes: Uint8Array, at: number, end: number, into: MarkPlaces): string | undefined {
  const wrong = checkGeneve(bytes, at, end)
  if (wrong !== undefined) return wrong
  const stop = at + HEADER + ((u8(bytes, at) & 0x3f) << 2)
  into.endpoint = -1
  into.attachment = -1
  into.cookie = -1
  into.inner = stop
  for (let option = at + HEADER; option < stop; ) {
    const data = option + OPTION_HEADER
    const length = (u8(bytes, option + 3) & 0x1f) << 2
    if (u16(bytes, option) === AWS_CLASS) {
      const type = bytes[option + 2]
      if (type === MARKS[0].type && length === MARKS[0].length && into.endpoint < 0) into.endpoint = data
      else if (type === MARKS[1].type && length === MARKS[1].length && into.attachment < 0)
        into.attachment = data
      else if (type === MARKS[2].type && length === MARKS[2].length && into.cookie < 0) into.cookie = data
    }
    option = data + length
  }
  if (into.endpoint < 0) return lacking(0)
  if (into.attachment < 0) return lacking(1)
  if (into.cookie < 0) return lacking(2)
  const etherType = u16(bytes, at + 2)
  const version = stop < end ? u8(bytes, stop) >> 4 : 0
  const named = etherType === EtherType.ipv4 ? 4 : etherType === EtherType.ipv6 ? 6 : -1
  if (named !== version)
    return `EtherType is 0x${etherType.toString(16)}, and an IP packet of version ${version} follows`
  return undefined
}

function lacking(which: 0 | 1 | 2): string {
  const { name, type, length } = MARKS[which]
  return `the GENEVE header has no ${name} (class 0x0108, type ${type}, ${length} bytes)`
}
