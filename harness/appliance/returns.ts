import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'

/** Where packets go back to: as the load balancer wants it (its guide), or simply to their sender. */
export type ReturnTo = 'gateway' | 'sender'

/** Sockets kept for source ports; the load balancer uses as many ports as it has flows, and sockets are not free of cost. */
const SOCKETS = 512

/**
 * Sends packets back to the load balancer. It wants the outer addresses swapped and the ports unchanged: to its GENEVE port, from
 * the port that its datagram came from, which takes one socket for each port. If the load balancer has this appliance's own address
 * (all on one loopback), its ports are in use by itself, and the ports are swapped too.
 */
export class Returns {
  readonly #main: Socket
  readonly #address: string
  readonly #port: number
  readonly #to: ReturnTo | undefined
  readonly #sockets = new Map<number, Socket>()
  readonly #own: ReadonlySet<string>
  /** Datagrams that could not be sent. */
  unsent = 0

  /** `main`: the socket that datagrams come by, bound to `address` and `port`. `to` undefined: as the load balancer wants, if possible. */
  constructor(main: Socket, address: string, port: number, to: ReturnTo | undefined) {
    this.#main = main
    this.#address = address
    this.#port = port
    this.#to = to
    const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
    this.#own = new Set(address === '0.0.0.0' ? all.map((each) => each.address) : [address])
  }

  send(payload: Uint8Array, address: string, port: number): void {
    const preserves =
      this.#to === undefined ? port !== this.#port && !this.#own.has(address) : this.#to === 'gateway'
    if (preserves) this.#socketOf(port).send(payload, this.#port, address, this.#sent)
    else this.#main.send(payload, port, address, this.#sent)
  }

  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.unsent++
  }

  #socketOf(port: number): Socket {
    const known = this.#sockets.get(port)
    if (known !== undefined) return known
    if (port === this.#port) return this.#main
    if (this.#sockets.size === SOCKETS) this.#close(this.#sockets.keys().next().value ?? 0)
    const socket = createSocket({ type: 'udp4', lookup: lookupNothing })
    this.#sockets.set(port, socket)
    // Somebody else has that port: a packet that should go back by it is lost, and counted.
    socket.on('error', () => {
      this.unsent++
      this.#close(port)
    })
    socket.bind(port, this.#address)
    return socket
  }

  #close(port: number): void {
    this.#sockets.get(port)?.close()
    this.#sockets.delete(port)
  }

  close(): void {
    for (const port of [...this.#sockets.keys()]) this.#close(port)
  }
}

/** Addresses are numeric already; a resolver would be asked for each datagram, and answer a turn later. */
export function lookupNothing(
  address: string,
  _options: object,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, address, 4)
}
