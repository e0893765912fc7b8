import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'

const PORT = 6379

/** Starts Redis without persistence; it probes silent clients each `keepalive` seconds, 0 for never. */
function serve(lab: Lab, keepalive: number): Promise<void> {
  const settings = [
    '--port',
    PORT,
    '--bind',
    lab.server,
    '--save',
    '',
    '--appendonly',
    'no',
    '--protected-mode',
    'no',
  ]
  const service = lab.in('server')`redis-server ${settings} --tcp-keepalive ${keepalive}`
  return lab.listen('tcp', PORT, service)
}

/** The same command twice, `silence` seconds apart, on one connection. */
function talk(lab: Lab, silence: number): Promise<unknown> {
  return lab.in('client')`redis-cli -h ${lab.server} -p ${PORT} -r 2 -i ${silence} INCR visits`
}

export const redis: readonly Recording[] = [
  {
    name: 'redis-idle',
    title: 'A Redis connection: a command and two seconds of silence, twice',
    programs: ['redis'],
    server: (lab) => serve(lab, 0),
    client: (lab) => talk(lab, 2),
    expects: { flows: [{ protocol: 'tcp', closes: 'fin' }], frames: { 'tcp.time_delta > 1.8': 2 } },
  },
  {
    name: 'redis-idle-keepalive',
    title:
      'A Redis connection: a command and three seconds of silence with keepalive probes of the server, twice',
    programs: ['redis'],
    server: (lab) => serve(lab, 1),
    client: (lab) => talk(lab, 3),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.analysis.keep_alive': 4, 'tcp.analysis.keep_alive_ack': 4 },
    },
    point: {
      keepalive:
        'The server probes the silent connection each second and the client acknowledges each probe.',
    },
  },
]
