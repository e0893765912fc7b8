import { playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const CONNECTIONS = 200

export const many: readonly Recording[] = [
  {
    name: 'concurrent-200',
    title: '200 TCP connections open at the same time, one small exchange on each',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'tcp', ['receive 64', 'send 128', 'ended', 'end', 'closed']),
    client: (lab) =>
      playPeer(
        lab,
        'tcp',
        ['pause 1000', 'send 64', 'receive 128', 'pause 500', 'end', 'closed'],
        CONNECTIONS,
      ),
    expects: { flows: [{ protocol: 'tcp', closes: 'fin', times: CONNECTIONS }] },
    varies: ['the order of the connections among each other'],
  },
]
