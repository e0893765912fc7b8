import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { HEADER_BYTES, putHeader } from '../target/geneve/header.ts'
import { isIpv6 } from '../wire/ip.ts'

/** The UDP payload with which a gateway load balancer sends an IP packet of a flow. */
export function payloadOf(inner: Uint8Array, cookie: number): Uint8Array {
  const payload = new Uint8Array(HEADER_BYTES + inner.length)
  putHeader(payload, 0, isIpv6(inner, 0), cookie)
  payload.set(inner, HEADER_BYTES)
  return payload
}

/** What came back, and by which ports. */
export interface Returned {
  readonly payload: Uint8Array
  readonly address: string
  readonly port: number
}

/** One end of a tunnel on the loopback: sends, and keeps what comes back, in order. */
export class ExampleGateway implements AsyncDisposable {
  readonly #socket: Socket
  readonly #returned: Returned[] = []
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (message, { address, port }) => {
      this.#returned.push({ payload: message, address, port })
      this.#wake?.()
    })
  }

  static async open(address = '127.0.0.1', port = 0): Promise<ExampleGateway> {
    const socket = createSocket('udp4')
    socket.bind(port, address)
    await once(socket, 'listening')
    return new ExampleGateway(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  send(payload: Uint8Array, port: number, address = '127.0.0.1'): void {
    this.#socket.send(payload, port, address)
  }

  /** The next that comes back. */
  async next(): Promise<Returned> {
    for (;;) {
      const first = this.#returned.shift()
      if (first !== undefined) return first
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close()
  }
}
