import { z } from 'zod'
import { mapping, said, word } from './grammar.ts'
import { direction, duration, natural, position, UNITS } from './scalars-schema.ts'
import { CAUSES, DURING, ENDS, OWNERS, SCOPES, STORE_STATES, TUPLES, VERDICTS } from './words.ts'

const at = { at: position }
const scope = word(SCOPES, 'What it is done to: the flow of the packet, or everything.').optional()
const owner = word(OWNERS, "Whose it is: the load balancer's, or all hosts'.").optional()
const host = z.string()

/** One injection, by its kind. */
export const injection = mapping({
  'host-swap': said(
    z.union([
      position,
      mapping({
        ...at,
        cause: word(CAUSES, 'How the host leaves.', 'crash').optional(),
        host: said(
          host.optional(),
          'Which one leaves; the one that serves the flow where it is not said.',
          'fw-a',
        ),
        during: word(DURING, 'Packets go on before it was noticed and delays have ended.').optional(),
        flush: said(
          duration.optional(),
          `With during: outage, how long after it flows are flushed: ${UNITS}.`,
          '30s',
        ),
        back: said(
          duration.optional(),
          `With during: outage, how long after it the host is back: ${UNITS}.`,
          '60s',
        ),
      }),
    ]),
    'The host that serves the flow leaves, and another one gets its packets.',
    'c2s:data#2',
    { at: 12, cause: 'crash' },
  ),
  'idle-gap': said(
    mapping({
      ...at,
      gap: said(duration, `How long nothing is sent before the packet: ${UNITS}.`, '400s'),
      keepalive: said(
        mapping({
          every: said(duration, `How far apart they are: ${UNITS}.`, '60s'),
          from: word(ENDS, 'Who sends them.').optional(),
        }).optional(),
        'Keepalive probes through the gap, each answered.',
        { every: '60s' },
      ),
      scope,
    }),
    'The flow is silent for a while.',
    { at: 'c2s:data#3', gap: '400s' },
  ),
  'asymmetric-path': said(
    mapping({
      ...at,
      direction,
      to: said(z.string(), 'A host, or bypass: round the firewall.', 'fw-b', 'bypass'),
      scope,
    }),
    'One direction goes by another host.',
    { at: 'syn-ack', direction: 's2c', to: 'fw-b' },
  ),
  'path-return': said(
    z.union([position, mapping(at)]),
    'Undoes swaps and asymmetric paths: flows go where they went at first.',
    'c2s:data#4',
  ),
  'store-outage': said(
    z.union([
      position,
      mapping({
        ...at,
        state: word(STORE_STATES, 'What becomes of the store of sessions.', 'down').optional(),
      }),
    ]),
    'The store of sessions fails, or is back (sharing store).',
    { at: 9, state: 'down' },
  ),
  reconnect: said(
    z.union([
      position,
      mapping({
        ...at,
        tuple: word(TUPLES, 'Whether the client keeps its port.', 'new-port').optional(),
        delay: said(duration.optional(), `How long after it the client opens again: ${UNITS}.`, '1s'),
        when: said(
          z.array(word(VERDICTS, 'A verdict of the packet before.')).optional(),
          'Only if the packet before met one of these.',
          ['reject'],
        ),
        packets: said(
          z.int().min(1).optional(),
          'How many recorded packets are sent on the new connection; all where it is not said.',
          20,
        ),
      }),
    ]),
    'The client opens the connection again and says what it said before.',
    { at: 'c2s:data#3', tuple: 'new-port', when: ['reject'] },
  ),
  'timeout-change': said(
    mapping({
      ...at,
      scope: owner,
      'tcp-idle': said(duration, `The TCP idle time-out from there on: ${UNITS}.`, '60s'),
    }),
    'An idle time-out is configured anew.',
    { at: 12, scope: 'hosts', 'tcp-idle': '60s' },
  ),
  'table-full': said(
    mapping({
      ...at,
      scope: owner,
      for: said(duration.optional(), `How long; to the end where it is not said: ${UNITS}.`, '60s'),
    }),
    "Others' flows fill a flow table.",
    { at: 'syn', scope: 'lb' },
  ),
  'replication-loss': said(
    z.union([position, mapping({ ...at, scope })]),
    'From here on sessions do not reach other hosts (sharing replication).',
    'c2s:data#2',
  ),
  segment: said(
    mapping({
      ...at,
      direction,
      flags: said(z.string(), 'Letters of FSRPAUEC.', 'R', 'SA'),
      seq: said(z.int().optional(), 'Added to the next sequence number that the sender would use.', 0),
      ack: said(z.int().optional(), 'Added to the acknowledgement number that the sender would use.', 0),
      length: said(natural.max(65_495).optional(), 'Bytes of payload.', 100),
      timestamp: said(
        z.int().optional(),
        "Added to the sender's last TCP timestamp, where the flow has them, in milliseconds.",
        -1,
      ),
    }),
    'One TCP packet that was not recorded.',
    { at: 'c2s:data#2', direction: 'c2s', flags: 'R', seq: 0 },
  ),
  duplicate: said(mapping({ ...at, direction }), 'The packet before, of that direction, once more.', {
    at: 'c2s:data#2',
    direction: 'c2s',
  }),
})
  .partial()
  .meta({ minProperties: 1, maxProperties: 1 })
