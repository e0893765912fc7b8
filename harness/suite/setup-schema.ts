import { z } from 'zod'
import { mapping, said, word } from './grammar.ts'
import { duration, sentence, size, UNITS } from './scalars-schema.ts'
import { sharing } from './sharing-schema.ts'
import { stateless } from './stateless-schema.ts'
import {
  ALL_UNHEALTHY,
  DEFAULT_ACTIONS,
  FAILOVERS,
  GENERATIONS,
  MODES,
  NON_SYN_MISSES,
  PLACEMENTS,
  POLICIES,
  RESET_TRIGGERS,
  RESETS_ON_EXPIRY,
  RULE_ORDERS,
  STICKINESSES,
  TUNNELS,
} from './words.ts'

/** The grammar of setups. */

const health = mapping({
  interval: said(duration.optional(), `How often a host is checked, 5s to 300s: ${UNITS}.`, '10s'),
  'unhealthy-threshold': said(size.optional(), 'Failed checks in a row after which it is unhealthy.', 2),
  'healthy-threshold': said(size.optional(), 'Good checks in a row after which it is healthy.', 5),
})

const loadBalancer = mapping({
  placement: word(PLACEMENTS, 'Where a new flow goes.').optional(),
  'tcp-idle': said(duration.optional(), `How long it remembers idle TCP, 60s to 6000s: ${UNITS}.`, '350s'),
  'other-idle': said(duration.optional(), `The same for the rest: ${UNITS}.`, '120s'),
  'non-syn-miss': word(
    NON_SYN_MISSES,
    'What becomes of a TCP packet without SYN and without entry.',
  ).optional(),
  failover: word(FAILOVERS, 'What becomes of the flows of a host that left.').optional(),
  'on-deregistration': word(
    FAILOVERS,
    'The same after a deregistration; on-unhealthy must be equal.',
  ).optional(),
  'on-unhealthy': word(FAILOVERS, 'The same after a failure; on-deregistration must be equal.').optional(),
  'reset-on': said(
    z.array(word(RESET_TRIGGERS, 'Answer with a reset; not with rebalance.')).optional(),
    'When it answers the sender of a packet with a reset; not with rebalance.',
    ['idle'],
  ),
  stickiness: word(STICKINESSES, 'What is one flow; tcp-idle and reset-on need the 5-tuple.').optional(),
  capacity: said(size.optional(), 'Entries that the flow table holds.', 100),
  health: said(health.optional(), 'How hosts are checked.', { interval: '10s', 'unhealthy-threshold': 2 }),
  'deregistration-delay': said(
    duration.optional(),
    `How long a deregistered host keeps its flows, 0s to 3600s: ${UNITS}.`,
    '300s',
  ),
  zones: said(z.array(sentence).optional(), 'By host: its zone.', ['az1', 'az2']),
  zone: said(sentence.optional(), "The client's zone; the first host's where it is not said.", 'az1'),
  'cross-zone': said(
    z.union([z.boolean(), z.string()]).optional(),
    "Whether flows may leave the client's zone.",
    true,
  ),
  'all-unhealthy': word(ALL_UNHEALTHY, 'open: flows go to unhealthy hosts when all are.').optional(),
  mtu: said(size.optional(), 'Bytes of the largest IP packet; not asked where it is not said.', 8500),
  'host-mtu': said(size.optional(), "Bytes of the hosts' own interfaces, 68 of which GENEVE takes.", 1500),
  'host-tcp-established': said(
    duration.optional(),
    `How long the hosts' network interfaces themselves remember idle TCP, 60s to 432000s: ${UNITS}.`,
    '350s',
  ),
})

export const setup = mapping({
  profile: said(
    sentence.optional(),
    "Whose behaviour: aws-nfw, suricata-7, …; or a file of one's own, from where the suite is.",
    'aws-nfw',
    'profiles/mine.yaml',
  ),
  hosts: said(
    z.union([z.int(), z.string(), z.array(z.string())]).optional(),
    'How many (fw-a, fw-b, …), or their names.',
    2,
  ),
  policy: word(POLICIES, 'The stream exception policy.', 'reject').optional(),
  generation: word(
    GENERATIONS,
    "Of AWS's policies; next: reject is the default, continue is none.",
    'next',
  ).optional(),
  mode: word(
    MODES,
    'Of Next Generation policies; monitor: continue applies, whatever the policy.',
    'monitor',
  ).optional(),
  'rule-order': word(RULE_ORDERS, 'How rules are ordered.', 'strict').optional(),
  'default-actions': said(
    z.array(word(DEFAULT_ACTIONS, 'Strict order only.')).optional(),
    'What becomes of packets that no rule matches; strict order only.',
    ['aws:drop_strict', 'aws:alert_strict'],
  ),
  rules: said(z.array(sentence).optional(), "Rules in Suricata's language, in order.", [
    'drop tcp any any -> any 23 (msg:"telnet"; sid:1;)',
  ]),
  'tcp-idle': said(
    duration.optional(),
    `The firewall's time-out for idle TCP, 60s to 6000s: ${UNITS}.`,
    '350s',
  ),
  'reset-on-expiry': word(
    RESETS_ON_EXPIRY,
    'Whom a reset tells when an established session expires.',
    'both',
  ).optional(),
  sharing: sharing.optional(),
  tunnels: word(
    TUNNELS,
    "Whether packets in tunnels are judged by the flow in the tunnel or the tunnel's own; the profile's where it is not said.",
  ).optional(),
  stateless: stateless.optional(),
  'load-balancer': said(
    loadBalancer.optional(),
    "The load balancer before the hosts; AWS's where nothing is said.",
    { 'tcp-idle': '6000s', failover: 'rebalance' },
  ),
})
