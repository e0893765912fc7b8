import { putU16, putU32 } from '../../harness/wire/bytes.ts'
import { writeIpv4Checksum } from '../../harness/wire/checksum.ts'
import { Protocol } from '../../harness/wire/numbers.ts'
import type { Endpoints } from './endpoints.ts'
import { networkOffset } from './forge.ts'
import type { Wire } from './wire.ts'

const MTU = 1500
const MORE = 0x2000
/** Of IPv6 (RFC 8200 4.5). */
const FRAGMENT_HEADER = 8

const scratch = new Uint8Array(MTU + 18)

/** Sends the datagram in bytes[0, length) in fragments of an MTU of 1500; `id` is theirs in IPv6, IPv4 has it in its header. */
export function sendFragments(
  wire: Wire,
  ends: Endpoints,
  bytes: Uint8Array,
  length: number,
  id: number,
): void {
  const l3 = networkOffset(ends)
  const header = ends.ipv6 ? 40 : 20
  const room = (MTU - header - (ends.ipv6 ? FRAGMENT_HEADER : 0)) & ~7
  const body = length - l3 - header
  scratch.set(bytes.subarray(0, l3 + header))
  for (let offset = 0; offset < body; offset += room) {
    const size = Math.min(room, body - offset)
    const more = offset + size < body
    const at = ends.ipv6 ? fragment6(l3, offset, size, more, id) : fragment4(l3, offset, size, more)
    const from = l3 + header + offset
    scratch.set(bytes.subarray(from, from + size), at)
    wire.send(scratch, at + size)
  }
}

/** Writes the header fields of a fragment; gives where its bytes go. */
function fragment4(l3: number, offset: number, size: number, more: boolean): number {
  putU16(scratch, l3 + 2, 20 + size)
  putU16(scratch, l3 + 6, (more ? MORE : 0) | (offset >> 3))
  writeIpv4Checksum(scratch, l3)
  return l3 + 20
}

function fragment6(l3: number, offset: number, size: number, more: boolean, id: number): number {
  putU16(scratch, l3 + 4, FRAGMENT_HEADER + size)
  scratch[l3 + 6] = Protocol.fragment
  const at = l3 + 40
  scratch[at] = Protocol.udp
  scratch[at + 1] = 0
  putU16(scratch, at + 2, offset | (more ? 1 : 0))
  putU32(scratch, at + 4, id)
  return at + FRAGMENT_HEADER
}
