import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import { HealthPort } from './health.ts'
import { lookupNothing } from './returns.ts'

/** An IPv4 address and a port; 0: any free port. */
export interface Place {
  readonly address: string
  readonly port: number
}

/** The receive buffer asked of the system, in bytes; it may give less. */
const RECEIVE_BUFFER = 8 << 20

/** A UDP socket at that place. Throws ERR_APPLIANCE_LISTEN. */
export async function udpSocket(place: Place): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER, lookup: lookupNothing })
  try {
    // The address is numeric, so the socket is bound at once.
    const listening = once(socket, 'listening')
    socket.bind(place.port, place.address)
    await listening
    return socket
  } catch (thrown) {
    socket.close()
    throw unavailable('UDP', place, thrown)
  }
}

/** A port for health checks at that place. Throws ERR_APPLIANCE_LISTEN. */
export async function healthPort(place: Place): Promise<HealthPort> {
  try {
    return await HealthPort.open(place.address, place.port)
  } catch (thrown) {
    throw unavailable('TCP', place, thrown)
  }
}

function unavailable(protocol: string, { address, port }: Place, thrown: unknown): FlowbreakError {
  return new FlowbreakError(
    'ERR_APPLIANCE_LISTEN',
    `${protocol} ${address}:${port} cannot be opened for listening (${messageOf(thrown)}): choose another address or port, or 0 for any free port.`,
    { exitCode: ExitCode.broken, cause: thrown },
  )
}
