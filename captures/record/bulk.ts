import type { Lab } from './lab.ts'
import { playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const BULK = 800_000

/** Acknowledgements leave the client slowly, so that more than an unscaled window is under way. */
async function slowAcknowledgements(lab: Lab): Promise<void> {
  await lab.in('client')`tc qdisc add dev c0 root tbf rate 200kbit burst 2000 limit 100000`
}

export const bulk: readonly Recording[] = [
  {
    name: 'bulk-wscale',
    title: 'A transfer of 800,000 bytes in scaled windows, with more than 65,535 bytes under way',
    programs: ['node'],
    prepare: slowAcknowledgements,
    server: (lab) => servePeer(lab, 'tcp', ['receive 64', `send ${BULK}`, 'ended', 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', ['send 64', `receive ${BULK}`, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.options.wscale.shift > 0': 2, 'tcp.analysis.bytes_in_flight > 65535': 100 },
    },
    point: {
      'window-scale':
        'More than 65,535 bytes are under way: without the scale of the handshake they look out of window.',
    },
  },
]
