import { createSocket, type Socket } from 'node:dgram'
import { networkInterfaces } from 'node:os'

/** Whither packets go back: as the load balancer wants it (its guide), or simply to where they came from. */
export type ReturnTo = 'gateway' | 'sender'

/** Sockets that are kept for source ports; the load balancer uses as many as it has flows, and a socket is not for free. */
const SOCKETS = 512

/**
 * Sends packets back to the load balancer. It wants the outer addresses swapped and the ports as they were: to its GENEVE port, from
 * the port that its datagram came from, which takes a socket a port. Where the load balancer has an address of this appliance's own
 * (all on one loopback) its ports are taken, by itself, and they are swapped too.
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

  /** `main`: the socket that they come by, bound to `address` and `port`. `to` undefined: as the load balancer wants it where that can be. */
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
    // A port that somebody else has: what would go back by it is lost, as it is counted.
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

/** Addresses are numbers already; a resolver would be asked a datagram, and answer a turn later. */
export function lookupNothing(
  address: string,
  _options: object,
  found: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  found(null, address, 4)
}
