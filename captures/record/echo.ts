import { exchanges, playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const TURN = 200
const turns = exchanges(6, TURN)

/** Request and response in well separated phases: what most suites break. */
export const echo: readonly Recording[] = [
  {
    name: 'echo-ladder',
    title: 'TCP handshake, six small requests and responses 0.2 s apart, orderly close by the client',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'tcp', [...turns.server, 'ended', `pause ${TURN}`, 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', [`pause ${TURN}`, ...turns.client, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.len == 64': 6, 'tcp.len == 128': 6 },
    },
  },
  {
    name: 'echo-ladder-server-close',
    title: 'TCP handshake, six small requests and responses 0.2 s apart, orderly close by the server',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'tcp', [...turns.server, `pause ${TURN}`, 'end', 'closed']),
    client: (lab) =>
      playPeer(lab, 'tcp', [`pause ${TURN}`, ...turns.client, 'ended', `pause ${TURN}`, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.len == 64': 6, 'tcp.len == 128': 6 },
    },
  },
  {
    name: 'udp-ladder',
    title: 'Six UDP requests and responses 0.2 s apart between fixed ports',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'udp', turns.server),
    client: (lab) => playPeer(lab, 'udp', turns.client),
    expects: { flows: [{ protocol: 'udp' }], frames: { udp: 12 } },
  },
]
