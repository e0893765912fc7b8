import { z } from 'zod'
import { said, word } from './grammar.ts'
import { SHARINGS } from './words.ts'

/** Keys besides `kind`, for editors: the kinds they belong to, what they mean, and a value. setup/sharing.ts reads them. */
const KEYS: Readonly<Record<string, readonly [string, unknown]>> = {
  mode: ['replication: snapshot or continuous; sync: active-passive or active-active.', 'active-active'],
  lag: ['replication, sync, store: how long a change takes to the others.', '100ms'],
  drain: ['replication: from the deregistration to the export.', '30s'],
  transfer: ['replication: from the export to the replicas.', '5s'],
  redirect: ['cluster: packets at another node than the owner are sent on to it: on or off.', 'off'],
  'stateful-failover': ['cluster: what the backup owner holds survives its owner: on or off.', 'on'],
  delay: ['cluster: how long until director and backup owner hear of a TCP connection.', '10ms'],
  rtt: ['cluster: round trip of the cluster control link.', '5ms'],
  'random-sequence-number': ['cluster: owners write themselves into the sequence number: on or off.', 'on'],
  decrypts: ['cluster: server port of the TLS connections that nodes decrypt.', 443],
  'link-mtu': ['cluster: bytes of the largest IP packet that its control link takes.', 1654],
  'geneve-mtu': ['cluster: bytes of the largest IP packet towards the load balancer.', 1806],
  endpoint: [
    'store: host:port of a Redis that is there, with TLS; one is started where it is not said.',
    'redis.example:6379',
  ],
  group: ['store: hosts with one name here share sessions, in whichever processes they are.', 'east'],
  latency: ['store: how long it takes to answer.', '5ms'],
  timeout: ['store: how long an answer is waited for.', '100ms'],
  deployed: ['store: new or existing firewalls; these have no session resiliency.', 'new'],
  tls: ['store: whether the Redis is reached by TLS.', true],
  'init-cfg': [
    'store: a bootstrap file that is read for whether session resiliency is set up.',
    'init-cfg.txt',
  ],
  way: ['sync: conntrackd, pfsync, fgsp or asa; it gives the defaults of the rest.', 'conntrackd'],
  updates: ['sync: a session is told of with its packets, or when its state changes.', 'changes'],
  lose: ['sync: every so-manieth update is lost; 0: none.', 3],
  repair: ['sync: what becomes of a lost update: resend, none or refresh.', 'resend'],
  'external-cache': ['sync: what comes is kept beside the session table until a takeover.', true],
  defer: ['sync: the first packet of a session waits until the others have it.', false],
  'half-open': ['sync: connections are told of while they are being opened.', false],
  http: ['sync: connections to TCP port 80 are told of.', true],
  connectionless: ['sync: what is not TCP is told of.', true],
  'pickup-delay': ['sync: a TCP session is told of once it is this old.', '30s'],
  expectations: ['sync: connections that are expected (FTP data) are told of.', true],
  windows: ['sync: what is told of sequence numbers: full, scales or none.', 'full'],
  liberal: ['sync: numbers that were not told are not checked: true, false or profile.', 'profile'],
  resync: ['sync: a host that crashed gets all sessions when it is back.', true],
  'peer-version': ['sync: what the other hosts speak: same, older or incompatible.', 'same'],
}

/** How session state reaches another host: a kind, or a mapping of a kind and its own keys, which setup/sharing.ts reads. */
export const sharing = z
  .union([
    z.string().meta({ anyOf: [{ enum: SHARINGS }, { pattern: '[:{]' }] }),
    z.looseObject({
      kind: word(SHARINGS, 'How session state reaches another host.', 'replication'),
      ...Object.fromEntries(
        Object.entries(KEYS).map(([key, [description, example]]) => [
          key,
          said(z.unknown().optional(), description, example),
        ]),
      ),
    }),
  ])
  .meta({
    description:
      'How session state reaches another host: a kind, kind:key=value,…, or a mapping of kind and keys.',
    examples: ['none', 'replication', { kind: 'sync', way: 'conntrackd' }],
  })
