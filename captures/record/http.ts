import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIENT_PORT } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'
import { lines } from './text.ts'

const LAST_MODIFIED = new Date('2026-01-01T00:00:00Z')
const LONG = 600_000

/** Starts nginx with `/index.html` (small) and `/long.txt`; `listen` holds the port and its options. */
export async function serveNginx(lab: Lab, listen: string, settings = ''): Promise<void> {
  const root = join(lab.dir, 'www')
  await mkdir(root)
  await page(join(root, 'index.html'), '<!doctype html><title>flowbreak</title><p>A small page.\n')
  await page(join(root, 'long.txt'), lines(LONG))
  const configuration = join(lab.dir, 'nginx.conf')
  await writeFile(
    configuration,
    `daemon off; worker_processes 1; user root; pid ${lab.dir}/nginx.pid; error_log stderr;
events {}
http {
  access_log off; server_tokens off; root ${root};
  server { listen ${lab.host}:${listen}; ${settings} }
}
`,
  )
  const port = Number.parseInt(listen, 10)
  await lab.listen('tcp', port, lab.in('server')`nginx -c ${configuration} -e stderr`)
}

/** Runs curl without the user's settings or proxies, from the fixed port, on the server's paths. */
export function curl(
  lab: Lab,
  options: readonly string[],
  paths: readonly string[],
  origin = `http://${lab.host}`,
) {
  const fetches = paths.flatMap((path) => ['-o', '/dev/null', `${origin}${path}`])
  return lab.in('client')`curl -q -sSf --noproxy * -A curl --local-port ${CLIENT_PORT} ${options} ${fetches}`
}

// nginx makes the ETag of a file from its size and time, so both are fixed.
async function page(file: string, content: string): Promise<void> {
  await writeFile(file, content)
  await utimes(file, LAST_MODIFIED, LAST_MODIFIED)
}

const VARIES = ['the Date header']

export const http: readonly Recording[] = [
  {
    name: 'http-get',
    title: 'One small HTTP/1.1 GET, closed by the client',
    programs: ['nginx', 'curl'],
    server: (lab) => serveNginx(lab, '80'),
    client: (lab) => curl(lab, [], ['/']),
    expects: { flows: [{ protocol: 'tcp', closes: 'fin' }], frames: { 'http.response.code == 200': 1 } },
    varies: VARIES,
  },
  {
    name: 'http-download',
    title: 'A download of 600,000 bytes over about two seconds, at a limited rate',
    programs: ['nginx', 'curl'],
    server: (lab) => serveNginx(lab, '80', 'limit_rate 300k;'),
    client: (lab) => curl(lab, [], ['/long.txt']),
    expects: { flows: [{ protocol: 'tcp', closes: 'fin' }], frames: { 'tcp.len > 1400': 400 } },
    varies: VARIES,
  },
  {
    name: 'http-keepalive-idle',
    title: 'Two requests on one kept-alive connection with two seconds of silence between them',
    programs: ['nginx', 'curl'],
    server: (lab) => serveNginx(lab, '80'),
    client: (lab) => curl(lab, ['--rate', '30/m'], ['/', '/']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'http.response.code == 200': 2, 'tcp.time_delta > 1.8': 1 },
    },
    varies: VARIES,
  },
]
