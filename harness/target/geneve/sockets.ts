import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'

/** The socket buffer asked of the system, in bytes; it may give less. */
const BUFFER = 8 << 20

/** A UDP socket; port 0: any free port. Throws ERR_PORT. */
export async function openSocket(address: string, port: number): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER,
    sendBufferSize: BUFFER,
    // Addresses are numeric already.
    lookup: (host, _options, found) => found(null, host, 4),
  })
  try {
    const listening = once(socket, 'listening')
    socket.bind(port, address)
    await listening
    return socket
  } catch (thrown) {
    socket.close()
    throw new FlowbreakError(
      'ERR_PORT',
      `The load balancer cannot use UDP ${address}:${port} (${messageOf(thrown)}): stop the program that uses it, or set listen to another address of this machine.`,
      { exitCode: ExitCode.broken, cause: thrown },
    )
  }
}
