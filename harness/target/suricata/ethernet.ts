import { Link } from '../../model/codes.ts'
import { putU16 } from '../../wire/bytes.ts'
import { findNetwork, newNetworkStart } from '../../wire/links.ts'
import { EtherType } from '../../wire/numbers.ts'

const MACS = 12
const TYPE = 2
const TAG = 4
/** For frames in which no packet was found: IEEE 802's number for local experiments, whose payload no firewall examines. */
const NO_PACKET = 0x88b5

const found = newNetworkStart()

/**
 * A frame as Ethernet: Suricata 7.0.10 reads neither Linux cooked captures v2 nor NFLOG, nor files of several link types. The packet and
 * its VLAN ids are kept; labels before it, which decide nothing, are not.
 */
export function asEthernet(bytes: Uint8Array, start: number, captured: number, link: number): Uint8Array {
  const end = start + captured
  if (link === Link.ethernet) return bytes.subarray(start, end)
  findNetwork(bytes, start, end, link, found)
  const { etherType, vlan, innerVlan } = found
  const read = found.offset >= 0 && etherType !== 0
  const tags = read ? [vlan >>> 12, vlan & 0xfff, innerVlan].filter((id) => id !== 0) : []
  const header = MACS + tags.length * TAG + TYPE
  const from = read ? found.offset : start
  const frame = new Uint8Array(header + end - from)
  let at = MACS
  for (const id of tags) {
    putU16(frame, at, EtherType.vlan)
    putU16(frame, at + 2, id)
    at += TAG
  }
  putU16(frame, at, read ? etherType : NO_PACKET)
  frame.set(bytes.subarray(from, end), header)
  return frame
}
