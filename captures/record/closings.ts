import { exchanges, playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const two = exchanges(2, 200)

/** Ends other than two FINs in a row. */
export const closings: readonly Recording[] = [
  {
    name: 'half-close',
    title: 'The client shuts its sending side; the server goes on sending for a second, then closes',
    programs: ['node'],
    server: (lab) => {
      const after = Array.from({ length: 5 }, () => ['pause 200', 'send 512'] as const).flat()
      return servePeer(lab, 'tcp', [...two.server, 'ended', ...after, 'pause 200', 'end', 'closed'])
    },
    client: (lab) => playPeer(lab, 'tcp', [...two.client, 'end', 'ended', 'closed']),
    expects: { flows: [{ protocol: 'tcp', closes: 'fin' }], frames: { 'tcp.len == 512': 5 } },
    point: { 'half-close': 'Five segments of data flow from the server after the FIN of the client.' },
  },
  {
    name: 'abort-rst',
    title: 'The server aborts with a reset in the middle of a conversation',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'tcp', [...two.server, 'receive 64', 'pause 200', 'reset']),
    client: (lab) => playPeer(lab, 'tcp', [...two.client, 'send 64', 'closed']),
    expects: { flows: [{ protocol: 'tcp', closes: 'rst' }], frames: { 'tcp.flags.reset == 1': 1 } },
    point: {
      reset: 'The RST comes from the server, after a request that it has acknowledged and not answered.',
    },
  },
  {
    name: 'abort-rst-client',
    title: 'The client aborts with a reset in the middle of a conversation',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'tcp', [...two.server, 'closed']),
    client: (lab) => playPeer(lab, 'tcp', [...two.client, 'reset', 'closed']),
    expects: { flows: [{ protocol: 'tcp', closes: 'rst' }], frames: { 'tcp.flags.reset == 1': 1 } },
    point: { reset: 'The RST comes from the client, after two complete exchanges.' },
  },
]
