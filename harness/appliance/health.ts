import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A port that health checks find healthy: it accepts TCP connections, and answers every HTTP request with 200. `DELETE /sessions`
 * empties the session table first.
 */
export class HealthPort {
  readonly #server: Server
  /** Empties the session table. */
  clear: () => Promise<void> = async () => undefined

  private constructor(server: Server) {
    this.#server = server
  }

  /** Rejects with the system's error if it cannot listen on the port. */
  static async open(address: string, port: number): Promise<HealthPort> {
    const health = new HealthPort(createServer())
    const server = health.#server
    server.on('request', async ({ method, url }, response) => {
      if (method === 'DELETE' && url === '/sessions') await health.clear()
      response.writeHead(200, { 'content-type': 'text/plain' }).end('healthy\n')
    })
    server.listen(port, address)
    await once(server, 'listening')
    return health
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}
