import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A port that health checks find healthy: it takes TCP connections, and answers every request of HTTP with 200. */
export class HealthPort {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Rejects with what the system says where the port cannot be had. */
  static async open(address: string, port: number): Promise<HealthPort> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('healthy\n')
    })
    server.listen(port, address)
    await once(server, 'listening')
    return new HealthPort(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}
