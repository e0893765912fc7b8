import type { Setup } from '../model/setup.ts'
import { digestOf } from '../support/digest.ts'
import { readdress } from '../wire/readdress.ts'
import { controlFrame } from './control-frames.ts'

/**
 * The connection that calibration opens under a setup, which is allowed there and looks like one of a case: different for each setup, and
 * unlike the controls in every respect.
 */
export interface Opening {
  readonly client: Uint8Array
  readonly server: Uint8Array
  /** For the first host; each further host has the next port, and further connections go on after these. */
  readonly clientPort: number
  readonly serverPort: number
}

const FIRST_CLIENT_PORT = 33_000
const CLIENT_PORTS = 32_000
const FIRST_SERVER_PORT = 1024
const SERVER_PORTS = 30_000

/** From the setup's content; the addresses are in the upper halves of the blocks for benchmarking (RFC 2544). */
export function openingOf({ key }: Setup): Opening {
  const words = digestOf(`opening ${key}`).match(/.{4}/g) ?? []
  const [one = 0, two = 0, three = 0, four = 0] = words.map((word) => Number.parseInt(word, 16))
  return {
    client: Uint8Array.of(198, 18, 0x80 | (one >> 9), 1 + ((one & 0xff) % 254)),
    server: Uint8Array.of(198, 19, 0x80 | (two >> 9), 1 + ((two & 0xff) % 254)),
    clientPort: FIRST_CLIENT_PORT + (three % CLIENT_PORTS),
    serverPort: FIRST_SERVER_PORT + (four % SERVER_PORTS),
  }
}

/** The SYN of a connection through a host, as an Ethernet frame; hosts may know each other's connections. `nth`: earlier ones, up to 1. */
export function openingFrame(
  setup: Setup,
  host: number,
  nth: 0 | 1 = 0,
): { readonly frame: Uint8Array; readonly link: number } {
  const { client, server, clientPort, serverPort } = openingOf(setup)
  const { frame, link } = controlFrame('ipv4', 0, 'opening')
  readdress(frame, link, {
    source: { address: client, port: clientPort + nth * setup.topology.hosts.length + host },
    destination: { address: server, port: serverPort },
  })
  return { frame, link }
}
