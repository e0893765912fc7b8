import type { Lab } from './lab.ts'
import type { Step } from './peers/script.ts'
import { playPeer, servePeer } from './peers.ts'
import type { Recording } from './recording.ts'

const DATAGRAM = 4000
const BULK = 20_000

/** IPv4 only, where routers may cut: the server leaves DF off, so that the router cuts what its link to the client does not take. */
async function cutByRouter(lab: Lab): Promise<void> {
  await lab.in('server')`sysctl -qw net.ipv4.ip_no_pmtu_disc=1`
  await lab.in('router')`ip link set r0 mtu 700`
}

const repeat = (steps: readonly Step[]): Step[] => Array.from({ length: 3 }, () => steps).flat()
const server: readonly Step[] = ['receive 64', `send ${BULK}`, 'ended', 'end', 'closed']
const client: readonly Step[] = ['send 64', `receive ${BULK}`, 'end', 'closed']

export const fragments: readonly Recording[] = [
  {
    name: 'udp-fragments',
    title: 'Three UDP requests and responses of 4,000 bytes, each in three fragments',
    programs: ['node'],
    server: (lab) => servePeer(lab, 'udp', repeat([`receive ${DATAGRAM}`, `send ${DATAGRAM}`])),
    client: (lab) => playPeer(lab, 'udp', repeat([`send ${DATAGRAM}`, `receive ${DATAGRAM}`, 'pause 200'])),
    expects: {
      flows: [{ protocol: 'udp' }],
      frames: { 'ip.flags.mf == 1 || ip.frag_offset > 0 || ipv6.fraghdr': 18, 'udp.length == 4008': 6 },
    },
    point: { fragments: 'Every datagram is cut in three by its sender.' },
    varies: ['fragment identification'],
  },
  {
    name: 'tcp-fragments',
    title: 'A TCP transfer whose segments a router cuts in three for a link of 700 bytes',
    families: ['ipv4'],
    shape: 'routed',
    at: 'client',
    programs: ['node'],
    prepare: cutByRouter,
    server: (lab) => servePeer(lab, 'tcp', server),
    client: (lab) => playPeer(lab, 'tcp', client),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'ip.flags.mf == 1 || ip.frag_offset > 0': 30 },
    },
    point: { fragments: 'DF is off and the router cuts every full segment of the server.' },
    varies: ['fragment identification'],
  },
]
