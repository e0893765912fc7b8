/** The two ends of a conversation, and how its frames are made. */
export interface Endpoints {
  readonly ipv6: boolean
  /** 0: untagged. */
  readonly vlan: number
  readonly client: Uint8Array
  readonly server: Uint8Array
  readonly clientPort: number
  readonly serverPort: number
}

const CLIENTS = 4096
const SERVERS = 32
const FIRST_PORT = 1024
/** A prime below the number of client ports, so that a client's ports do not repeat before all were used. */
const PORTS = 64_499
/** Ports that no protocol parser claims. */
const SERVER_PORTS = [5201, 7001, 8500, 9200]

/** The ends of conversation `index`, which share their addresses and ports with no other's below 260 million. */
export function endpointsOf(index: number, ipv6: boolean, vlan: number): Endpoints {
  const client = index % CLIENTS
  const server = (index * 7) % SERVERS
  const use = Math.floor(index / CLIENTS)
  return {
    ipv6,
    vlan,
    client: ipv6 ? address6(1, client) : Uint8Array.of(10, 1 + (client >> 8), client & 0xff, 10),
    server: ipv6 ? address6(2, server) : Uint8Array.of(198, 18, 0, 1 + server),
    clientPort: FIRST_PORT + ((use * 7919 + client * 31) % PORTS),
    serverPort: SERVER_PORTS[index % SERVER_PORTS.length] ?? 0,
  }
}

/** 2001:db8:net::host, of the documentation prefix (RFC 3849). */
function address6(net: number, host: number): Uint8Array {
  const address = new Uint8Array(16)
  address.set([0x20, 0x01, 0x0d, 0xb8, 0, net])
  address[14] = host >> 8
  address[15] = 1 + (host & 0xff)
  return address
}
