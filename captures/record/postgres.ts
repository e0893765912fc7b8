import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx/core'
import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'

const PORT = 5432

/** Starts PostgreSQL, which refuses to run as root, on a fresh data folder; `settings` are server parameters. */
async function serve(lab: Lab, settings: readonly string[] = []): Promise<void> {
  const data = join(lab.dir, 'data')
  await mkdir(data)
  await chmod(data, 0o700)
  const id = async (flag: string): Promise<number> =>
    Number((await $({ quiet: true })`id ${flag} postgres`).stdout)
  await chown(data, await id('-u'), await id('-g'))
  const shell = lab.in('server')
  const programs = (await shell`pg_config --bindir`).stdout.trim()
  await shell`runuser -u postgres -- ${programs}/initdb -D ${data} -A trust -E UTF8 --locale C --no-sync`
  await writeFile(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\nhost all all ::/0 trust\n')
  const parameters = [
    `listen_addresses=${lab.server}`,
    'unix_socket_directories=',
    'fsync=off',
    'timezone=UTC',
    ...settings,
  ]
  const service = shell`runuser -u postgres -- ${programs}/postgres -D ${data} -p ${PORT} ${parameters.flatMap((p) => ['-c', p])}`
  await lab.listen('tcp', PORT, service)
}

/** A query, `silence` seconds without one, and another, on one connection. */
function query(lab: Lab, silence: number): Promise<unknown> {
  const target = `host=${lab.server} port=${PORT} user=postgres dbname=postgres sslmode=disable gssencmode=disable`
  const script = `select 'before' as phase;\n\\! sleep ${silence}\nselect 'after' as phase;\n`
  return lab.in('client')({ input: script })`psql -X -q -f - ${target}`
}

const VARIES = ['the backend process id and its cancel key']

export const postgres: readonly Recording[] = [
  {
    name: 'postgres-idle',
    title: 'A PostgreSQL connection: a query, two seconds of silence, a query',
    programs: ['postgresql'],
    server: (lab) => serve(lab),
    client: (lab) => query(lab, 2),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'pgsql.query': 2, 'tcp.time_delta > 1.8': 1 },
    },
    varies: VARIES,
  },
  {
    name: 'postgres-idle-keepalive',
    title:
      'A PostgreSQL connection: a query, three seconds of silence with keepalive probes of the server, a query',
    programs: ['postgresql'],
    server: (lab) => serve(lab, ['tcp_keepalives_idle=1', 'tcp_keepalives_interval=1']),
    client: (lab) => query(lab, 3),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'pgsql.query': 2, 'tcp.analysis.keep_alive': 2, 'tcp.analysis.keep_alive_ack': 2 },
    },
    point: {
      keepalive:
        'The server probes the silent connection each second and the client acknowledges each probe.',
    },
    varies: VARIES,
  },
]
