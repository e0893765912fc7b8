import { randomInt } from 'node:crypto'
import type { AddressRanges } from '../../model/target.ts'
import { parseCidr } from '../../support/cidr.ts'
import { CONTROL_CLIENT, CONTROL_PORT, CONTROL_SERVER } from '../control-frames.ts'

/** The ends of controls: a client's and a server's address of each family, and a port of each. */
export interface ControlEnds {
  readonly ipv4: readonly [Uint8Array, Uint8Array]
  readonly ipv6: readonly [Uint8Array, Uint8Array]
  readonly clientPort: number
  readonly serverPort: number
}

/** The ends of the controls that rules of a device allow by address. */
export const FIXED_ENDS: ControlEnds = {
  ipv4: [bytesOf(CONTROL_CLIENT.ipv4), bytesOf(CONTROL_SERVER.ipv4)],
  ipv6: [bytesOf(CONTROL_CLIENT.ipv6), bytesOf(CONTROL_SERVER.ipv6)],
  clientPort: CONTROL_PORT.client,
  serverPort: CONTROL_PORT.server,
}

/** Above the ports of protocols that devices inspect, and below those of clients. */
const SERVER_PORTS = [20_000, 32_768] as const
const CLIENT_PORTS = [32_768, 65_536] as const
/** Most bits of an address that are drawn, if the block has that many. */
const MOST_BITS = 24

/**
 * Draws ends of controls from the same ranges as those of cases, so that addresses and ports do not tell one from the
 * other. `draw`: returns a whole number from the first to below the second.
 */
export function drawControlEnds(
  ranges: AddressRanges,
  draw: (from: number, below: number) => number = randomInt,
): ControlEnds {
  const end = (block: string) => addressIn(block, draw)
  return {
    ipv4: [end(ranges.clients), end(ranges.servers)],
    ipv6: [end(ranges.clients6), end(ranges.servers6)],
    clientPort: draw(...CLIENT_PORTS),
    serverPort: draw(...SERVER_PORTS),
  }
}

function bytesOf(address: string): Uint8Array {
  return parseCidr(address)?.bytes ?? new Uint8Array(0)
}

/** An address of a block, except the first and the last, which may mean the network and everybody in it. */
function addressIn(block: string, draw: (from: number, below: number) => number): Uint8Array {
  const cidr = parseCidr(block)
  if (cidr === undefined) throw new RangeError(`${block} is not a block of addresses`)
  const address = cidr.bytes.slice()
  const free = address.length * 8 - cidr.bits
  const bits = Math.min(MOST_BITS, free)
  const place = draw(1, 2 ** bits - 1)
  for (let bit = 0; bit < free; bit++) {
    const at = address.length - 1 - (bit >> 3)
    const one = bit < bits && (place >>> bit) & 1
    const mask = 1 << (bit & 7)
    address[at] = one ? (address[at] ?? 0) | mask : (address[at] ?? 0) & ~mask
  }
  return address
}
