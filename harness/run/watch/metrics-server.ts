import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { FlowbreakError, messageOf } from '../../support/errors.ts'
import type { RunMetrics } from './metrics.ts'

/** Where metrics can be fetched, until it is disposed of. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string
}

/**
 * Serves metrics at `/metrics`. `port` 0: any free port. Does not keep the process alive. Throws ERR_METRICS if it cannot listen
 * there.
 */
export async function serveMetrics(metrics: RunMetrics, host: string, port: number): Promise<MetricsServer> {
  const server = createServer(({ method, url = '' }, response) => {
    if (new URL(url, 'http://localhost').pathname !== '/metrics') answer(response, 404, 'See /metrics.\n')
    else if (method !== 'GET' && method !== 'HEAD') answer(response, 405, 'GET /metrics.\n')
    else
      metrics.text().then(
        (text) => answer(response, 200, text, metrics.contentType),
        (thrown) => answer(response, 500, `${messageOf(thrown)}\n`),
      )
  })
  server.unref()
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (thrown) {
    throw new FlowbreakError(
      'ERR_METRICS',
      `Metrics cannot be served at ${host}:${port} (${messageOf(thrown)}): give --metrics another address.`,
      { cause: thrown },
    )
  }
  return {
    url: urlOf(server),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text)
}

function urlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') return ''
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}/metrics`
}
