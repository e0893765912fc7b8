import { CLIENT_PORT } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'

/** The programs of usrsctp, the SCTP of FreeBSD outside a kernel: it needs none in Linux. */
const PROGRAMS = '/usr/lib/usrsctp'
const ECHO = 7
/** Protocol number of the raw socket on which the server listens. */
const SCTP = 132
const TURN = 0.3

function serve(lab: Lab): Promise<void> {
  return lab.listen('raw', SCTP, lab.in('server')`${PROGRAMS}/echo_server`)
}

/** Types three lines, which come back, and ends the input: the association is shut down. */
function talk(lab: Lab): Promise<unknown> {
  const lines = [1, 2, 3].map((number) => `sleep ${TURN}; echo "line ${number}"`).join('; ')
  const client = `${PROGRAMS}/client ${lab.server} ${ECHO} ${CLIENT_PORT}`
  return lab.in('client')`sh -c ${`(${lines}; sleep ${TURN}) | ${client}`}`
}

export const sctp: readonly Recording[] = [
  {
    name: 'sctp-echo',
    title:
      'An SCTP association: its set-up in four packets, three lines sent and echoed, its shutdown by the client',
    programs: ['usrsctp'],
    server: serve,
    client: talk,
    expects: {
      flows: [{ protocol: 'sctp' }],
      frames: {
        'sctp.chunk_type == 1': 1,
        'sctp.chunk_type == 2': 1,
        'sctp.chunk_type == 10': 1,
        'sctp.chunk_type == 11': 1,
        'sctp.chunk_type == 0': 6,
        'sctp.chunk_type == 14': 1,
      },
    },
    point: {
      multihoming:
        'Each end names its address of the other family, too; heartbeats to that one are not recorded.',
    },
    varies: ['sctp tags, cookies and transmission sequence numbers', 'sctp acknowledgements'],
  },
]
