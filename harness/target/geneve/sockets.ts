import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { ExitCode, FlowbreakError, messageOf } from '../../support/errors.ts'

/** Bytes that the system is asked to keep of what has come and was not read yet; it may give less. */
const BUFFER = 8 << 20

/** A UDP socket there; port 0: any that is free. Throws ERR_PORT where it cannot be had. */
export async function openSocket(address: string, port: number): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER,
    sendBufferSize: BUFFER,
    // Addresses are numbers already.
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
      `The load balancer cannot have UDP ${address}:${port} (${messageOf(thrown)}): end what has it, or set listen to another address of this machine.`,
      { exitCode: ExitCode.broken, cause: thrown },
    )
  }
}
