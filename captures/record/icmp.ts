import type { Lab } from './lab.ts'
import { exchanges, playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const TURN = 200
const six = exchanges(6, TURN)

/** The router refuses the third request of the flow, once, with an ICMP error to the client. */
async function refuseOne(lab: Lab): Promise<void> {
  const nft = lab.in('router')
  await nft`nft add table inet lab`
  await nft`nft add chain inet lab through ${'{ type filter hook forward priority 0; }'}`
  await nft`nft add rule inet lab through iifname r0 meta length gt 100 numgen inc mod 1000 == 2 reject with icmpx admin-prohibited`
}

/** The link from the router to the client takes less than the server sends, and the router says so. */
async function narrow(lab: Lab): Promise<void> {
  await lab.in('router')`ip link set r0 mtu 1400`
}

export const icmp: readonly Recording[] = [
  {
    name: 'icmp-echo',
    title: 'Five echo requests and replies 0.2 s apart',
    programs: ['ping'],
    client: (lab) => lab.in('client')`ping -n -c 5 -i 0.2 -e 7 -s 56 ${lab.server}`,
    expects: { flows: [{ protocol: 'icmp' }], frames: { 'icmp || icmpv6': 10 } },
    varies: ['the time of day in the echo data'],
  },
  {
    name: 'icmp-error',
    title:
      'A router answers one request of a TCP conversation with ICMP administratively prohibited; TCP sends it again',
    shape: 'routed',
    at: 'client',
    programs: ['node'],
    prepare: refuseOne,
    server: (lab) => servePeer(lab, 'tcp', [...six.server, 'ended', `pause ${TURN}`, 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', [`pause ${TURN}`, ...six.client, 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { '(icmp.type == 3 && icmp.code == 13) || (icmpv6.type == 1 && icmpv6.code == 1)': 1 },
    },
    point: {
      'icmp-error':
        'The error comes from the router, towards the client, and quotes the whole third request.',
    },
  },
  {
    name: 'icmp-frag-needed',
    title:
      'Path MTU discovery: a router asks the server of a TCP transfer for smaller packets, and gets them',
    shape: 'routed',
    programs: ['node'],
    prepare: narrow,
    server: (lab) => servePeer(lab, 'tcp', ['receive 64', 'send 20000', 'ended', 'end', 'closed']),
    client: (lab) => playPeer(lab, 'tcp', ['send 64', 'receive 20000', 'end', 'closed']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: {
        '(icmp.type == 3 && icmp.code == 4) || icmpv6.type == 2': 1,
        'tcp.analysis.retransmission': 1,
      },
    },
    point: {
      'icmp-error': 'The errors come from the router, towards the server, and quote segments of 1,500 bytes.',
    },
    varies: ['how many segments are under way when the error comes, and so how many errors there are'],
  },
]
