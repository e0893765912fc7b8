import type { Lab } from './lab.ts'
import { exchanges, playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const TURN = 200
const BULK = 200_000
const six = exchanges(6, TURN)

/** Loses, beyond the recorded end of the link, the packets above 100 bytes that arrive at `side` and match `chosen`. */
async function lose(lab: Lab, side: 'client' | 'server', chosen: string): Promise<void> {
  const nft = lab.in(side)
  const device = side === 'client' ? 'c0' : 's0'
  await nft`nft add table netdev lab`
  await nft`nft add chain netdev lab arriving ${`{ type filter hook ingress device ${device} priority 0; }`}`
  await nft`nft add rule netdev lab arriving meta length gt 100 ${chosen.split(' ')} drop`
}

export const loss: readonly Recording[] = [
  {
    name: 'retransmission',
    title: 'A transfer of 200,000 bytes of which every fiftieth segment is lost and sent again, with SACK',
    programs: ['node'],
    prepare: (lab) => lose(lab, 'client', 'numgen inc mod 50 == 20'),
    server: (lab) => servePeer(lab, 'tcp', ['receive 64', `send ${BULK}`, 'ended', 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', ['send 64', `receive ${BULK}`, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.analysis.retransmission': 2, 'tcp.options.sack_le': 2 },
    },
    point: {
      retransmission:
        'Both the lost segments and their retransmissions are in the file: the loss is beyond it.',
    },
  },
  {
    name: 'retransmission-timeout',
    title: 'The third request of a TCP conversation is lost and sent again after its time-out',
    programs: ['node'],
    prepare: (lab) => lose(lab, 'server', 'numgen inc mod 1000 == 2'),
    server: (lab) => servePeer(lab, 'tcp', [...six.server, 'ended', `pause ${TURN}`, 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', [`pause ${TURN}`, ...six.client, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.analysis.retransmission': 1, 'tcp.len == 64': 7 },
    },
    point: {
      retransmission: 'Both the lost request and its retransmission are in the file: the loss is beyond it.',
    },
  },
]
