import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProcessPromise } from 'zx/core'
import { CLIENT_PORT } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Order, Step } from './peers/script.ts'

const TSX = fileURLToPath(import.meta.resolve('tsx'))

/** The port that the peers of our own listen on. */
const PEER_PORT = 7007

/** Serves `script` to every connection, or once over UDP, and returns when it listens. */
export function servePeer(lab: Lab, protocol: 'tcp' | 'udp', script: readonly Step[]): Promise<void> {
  return lab.listen(protocol, PEER_PORT, peer(lab, protocol, { role: 'listen', script, connections: 1 }))
}

/** Plays `script` as the client, on `connections` connections at once from ports that follow each other. */
export function playPeer(
  lab: Lab,
  protocol: 'tcp' | 'udp',
  script: readonly Step[],
  connections = 1,
): ProcessPromise {
  return peer(lab, protocol, { role: 'connect', script, connections })
}

/** A request of 64 bytes and its response of 128, `times` over, with `silence` milliseconds after each. */
export function exchanges(times: number, silence: number): { client: Step[]; server: Step[] } {
  const repeat = (steps: readonly Step[]): Step[] => Array.from({ length: times }, () => steps).flat()
  return {
    client: repeat(['send 64', 'receive 128', `pause ${silence}`]),
    server: repeat(['receive 64', 'send 128']),
  }
}

function peer(
  lab: Lab,
  protocol: 'tcp' | 'udp',
  part: Pick<Order, 'role' | 'script' | 'connections'>,
): ProcessPromise {
  const order: Order = { ...part, address: lab.server, port: PEER_PORT, localPort: CLIENT_PORT }
  const program = join(import.meta.dirname, 'peers', `${protocol}.ts`)
  const shell = lab.in(part.role === 'listen' ? 'server' : 'client')
  return shell`${process.execPath} --import ${TSX} ${program} ${JSON.stringify(order)}`
}
