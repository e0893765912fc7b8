import { profileNames } from '../profile/index.ts'
import { listWords, REASONS } from './words.ts'
export const HEAD = `suite: s
title: T
matrix: { policy: [drop, reject] }
`
export const GOOD = {
  requirement: 'R.',
  source: '{ mark: DOC, where: w }',
  capture: 'c',
  inject: '[host-swap: 12]',
  expect: '{ before: forward }',
}

/** One case a suite, keys on lines of their own from line 5 (`name`), those given in place of good ones. */
export function suiteWith(changes: Readonly<Record<string, string>>, head = HEAD): string {
  const keys = { ...GOOD, ...changes }
  const lines = Object.entries(keys).filter(([, value]) => value !== '')
  return `${head}cases:\n  - name: a\n${lines.map(([key, value]) => `    ${key}: ${value}\n`).join('')}`
}

// Lines of `suiteWith`: 4 cases, 5 name, 6 requirement, 7 source, 8 capture, 9 inject, 10 expect, 11 and on: further keys.
const EXPECT = '10'
export const MISTAKES: readonly (readonly [what: string, text: string, ...expected: readonly string[]])[] = [
  ['nothing', '', '1:1: This is empty, but a mapping is expected.'],
  ['text', 'hello', '1:1: This is text, but a mapping is expected.'],
  [
    'no YAML',
    'suite: [a\ntitle: }\n',
    '2:1: Flow sequence in block collection must be sufficiently indented and end with a ].',
    '2:8: Unexpected flow-map-end token in YAML stream: "}".',
  ],
  ['a key twice', `suite: a\nsuite: b\n`, '2:1: This key was already given in this mapping.'],
  [
    'merge keys, also where names are free',
    `${HEAD}setup: &base { policy: drop }\ncases:\n  - name: a\n    setup: { <<: *base, hosts: 3 }\n    matrix: { "<<": [x] }\n`,
    '7:14: Merge keys (<<) are not supported: write the keys out, or repeat a whole value by an anchor (&name) and an alias (*name).',
    '8:15: Merge keys (<<) are not supported: write the keys out, or repeat a whole value by an anchor (&name) and an alias (*name).',
  ],
  ['a list as a key', '? [a]\n: b\n', '1:3: With stringKeys, all keys must be strings.'],
  [
    'unknown keys, each told',
    `${HEAD}cases: []\nsetpu: {}\nfoo: 1\n`,
    '4:8: This is empty.',
    '5:1: "setpu" is not a key of this mapping. Did you mean "setup"?',
    '6:1: "foo" is not a key of this mapping. Known here: suite, title, any-firewall, transparency, setup, matrix or cases.',
  ],
  [
    'an outage of a store that there is not',
    suiteWith({ inject: '[store-outage: 12]', expect: '{ after store-outage: forward }' }),
    '9:14: There is no store in this setup: write sharing: store, or leave the outage out.',
  ],
  [
    'a loss of replicas that there are not',
    suiteWith({ inject: '[replication-loss: 12]', expect: '{ after replication-loss: forward }' }),
    '9:14: Nothing is replicated in this setup: write sharing: replication, or leave the loss out.',
  ],
  [
    'a return with nothing to undo',
    suiteWith({ inject: '[path-return: 12]', expect: '{ after path-return: forward }' }),
    '9:14: No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out.',
  ],
  [
    'a return before what it would undo',
    suiteWith({ inject: '[{ path-return: 12 }, { host-swap: 13 }, { path-return: 14 }]' }),
    '9:16: No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out.',
  ],
  [
    'the same of one class of packets',
    suiteWith({ inject: '[{ path-return: c2s:data#2 }, { host-swap: c2s:data#3 }]' }),
    '9:16: No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out.',
  ],
  [
    'the same at one place, where the order of the list decides',
    suiteWith({
      inject: '[{ path-return: 2s }, { asymmetric-path: { at: 2s, direction: c2s, to: fw-b } }]',
    }),
    '9:16: No host-swap and no asymmetric-path comes before it, so it undoes nothing: put one before it, or leave it out.',
  ],
  [
    'a store that is up already',
    suiteWith({
      setup: '{ profile: panos, sharing: store }',
      inject: '[{ store-outage: { at: 12, state: up } }, { store-outage: 13 }]',
    }).replace(', reject', ''),
    '9:16: No outage comes before it, so the store is up already: put a store-outage before it, or leave it out.',
  ],
  ['no title', `suite: s\ncases: []\n`, '1:1: "title" is missing.', '2:8: This is empty.'],
  [
    'a bad name',
    suiteWith({}, 'suite: A b\ntitle: T\n'),
    '1:8: "A b" is not a name: write lower-case letters, digits, ".", "_" and "-", parted by "/".',
  ],
  [
    'an unknown key of a case',
    suiteWith({ tgas: '[x]' }),
    '11:5: "tgas" is not a key of this mapping. Did you mean "tags"?',
  ],
  ['no source', suiteWith({ source: '' }), '5:5: "source" is missing.'],
  ['no sources', suiteWith({ source: '[]' }), '7:13: This is empty.'],
  ['no mark', suiteWith({ source: '{ where: w }' }), '7:13: "mark" is missing.'],
  [
    'an unknown mark',
    suiteWith({ source: '{ mark: DOK, where: w }' }),
    '7:21: "DOK" is not a mark: write DOC, SRC, SEED, RUN, MEM or INF. Did you mean "DOC"?',
  ],
  [
    'source code of no product',
    suiteWith({ source: '{ mark: SRC, where: w }' }),
    '7:13: SRC is a fact about one product: add "product", as in product: suricata.',
  ],
  [
    'core without a reason',
    suiteWith({ source: '{ mark: MEM, where: w }', level: 'core' }),
    '11:12: Nothing makes this core in a profile of aws-nfw: MEM is provisional there.',
  ],
  [
    'an unknown level',
    suiteWith({ level: 'hard' }),
    '11:12: "hard" is not a level: write core, extended or provisional.',
  ],
  [
    'no capture',
    suiteWith({ capture: 'd-{policy}' }),
    '8:14: There is no capture "d-drop": give the name of a recorded capture or a path relative to the suite.',
    '8:14: There is no capture "d-reject": give the name of a recorded capture or a path relative to the suite.',
  ],
  [
    'a capture that is a number',
    suiteWith({ capture: '4' }),
    '8:14: This is a number, but text is expected.',
  ],
  [
    'an axis that is not there',
    suiteWith({ capture: 'c{polcy}' }),
    '8:14: There is no axis "polcy" here. Did you mean "policy"?',
  ],
  [
    'an inherited property as axis',
    suiteWith({ capture: 'c{constructor}' }),
    '8:14: There is no axis "constructor" here. The axes are policy.',
  ],
  ['a negative flow', suiteWith({ flow: '-1' }), '11:11: This is below 0.'],
  [
    'unknown endpoints',
    suiteWith({ endpoints: 'reactiv' }),
    '11:16: "reactiv" is not a kind of endpoints: write recorded or reactive. Did you mean "reactive"?',
  ],
  [
    'two cases of one name',
    `${suiteWith({})}  - name: a\n    requirement: R.\n    source: { mark: DOC, where: w }\n    capture: c\n    expect: { before: forward }\n`,
    '11:11: There are two cases named "a" in this suite.',
  ],

  [
    'a reserved axis',
    suiteWith({ matrix: '{ before: [a] }' }),
    '11:15: "before" cannot name an axis: write a-z, 0-9 and "-", and no word of expectations.',
  ],
  ['an axis without values', suiteWith({ matrix: '{ x: [] }' }), '11:18: This is empty.'],
  [
    'a value with a slash',
    suiteWith({ matrix: '{ x: [a/b] }' }),
    '11:19: "a/b" cannot be the value of an axis: it stands in names of cases, so write letters, digits and ._:#+-.',
  ],
  ['a value twice', suiteWith({ matrix: '{ x: [1, 2, 1] }' }), '11:25: The axis "x" has "1" twice.'],
  [
    'too many cases',
    suiteWith({
      matrix: `{ x: [${Array.from({ length: 101 }, (_, i) => i)}], y: [${Array.from({ length: 51 }, (_, i) => i)}] }`,
    }),
    '5:5: The axes of this case make more than 10,000 cases.',
  ],

  [
    'an unknown profile',
    suiteWith({ setup: '{ profile: aws-nfv }' }),
    `11:23: "aws-nfv" is not a profile: write ${listWords(profileNames())}. Did you mean "aws-nfw"?`,
  ],
  [
    'an unknown profile of an axis',
    suiteWith({ matrix: '{ profile: [aws-nfw, nftables] }' }),
    `11:34: "nftables" is not a profile: write ${listWords(profileNames())}.`,
  ],
  [
    'an axis of profiles in a suite about any firewall',
    suiteWith({}, 'suite: s\ntitle: T\nany-firewall: true\nmatrix: { profile: [aws-nfw] }\n'),
    '4:11: A suite about any firewall has no axis "profile": name one in setup, or leave any-firewall out.',
  ],
  [
    'an unknown policy of the suite',
    suiteWith({}, 'suite: s\ntitle: T\nsetup: { policy: rejct }\n'),
    '3:18: "rejct" is not a policy: write drop, reject or continue. Did you mean "reject"?',
  ],
  [
    'an unknown failover of an axis of the suite',
    suiteWith({}, 'suite: s\ntitle: T\nmatrix: { failover: [rebalnce] }\n'),
    '3:22: "rebalnce" is not a failover: write rebalance or no_rebalance. Did you mean "rebalance"?',
  ],
  [
    'a time-out out of range',
    suiteWith({ setup: '{ load-balancer: { tcp-idle: 10s } }' }),
    '11:41: "10s" is out of range: write 60s to 6000s (the Gateway Load Balancer takes 60 to 6000 seconds as tcp.idle_timeout.seconds).',
  ],
  [
    'a duration that is none',
    suiteWith({ setup: '{ tcp-idle: soon }' }),
    '11:24: "soon" is not a duration: write a number and ns, us, ms, s, m or h, as in 350s.',
  ],
  [
    'resets with rebalance',
    suiteWith({ setup: '{ load-balancer: { reset-on: [idle] } }' }),
    '11:41: Resets and the failover "rebalance" exclude each other: a Gateway Load Balancer sends none (send_tcp_reset) for a target group that rebalances, so write failover: no_rebalance or leave reset-on empty.',
  ],
  [
    'an unknown key of the load balancer',
    suiteWith({ setup: '{ load-balancer: { idle: 1 } }' }),
    '11:31: "idle" is not a key of this mapping. Known here: placement, tcp-idle, other-idle, non-syn-miss, failover, on-deregistration, on-unhealthy, reset-on, stickiness, capacity, health, deregistration-delay, zones, zone, cross-zone, all-unhealthy, mtu, host-mtu or host-tcp-established.',
  ],

  [
    'an unknown injection',
    suiteWith({ inject: '[{ host-swp: 1 }]' }),
    '9:16: "host-swp" is not a key of this mapping. Did you mean "host-swap"?',
  ],
  ['no injection', suiteWith({ inject: '[{}]' }), '9:14: One injection an item: begin each with "- ".'],
  [
    'two injections in one item',
    suiteWith({ inject: '[{ host-swap: 1, path-return: 2 }]' }),
    '9:14: One injection an item: begin each with "- ".',
  ],
  [
    'a position that is none',
    suiteWith({ inject: '[{ host-swap: 0 }]' }),
    '9:27: "0" is not a position: write a packet number (12), a time (1.5s), or a packet class with its direction and count (c2s:data#2), where a class is any, syn, syn-ack, handshake-ack, established, data, ack, keepalive, retransmission, fin or rst.',
  ],
  [
    'a position that is a list',
    suiteWith({ inject: '[{ host-swap: { at: [1] } }]' }),
    '9:33: This is a list, but text or a number is expected.',
  ],
  ['no position', suiteWith({ inject: '[{ host-swap: { cause: drain } }]' }), '9:27: "at" is missing.'],
  [
    'an unknown cause and host',
    suiteWith({ inject: '[{ host-swap: { at: 1, cause: crsh, host: fw-z } }]' }),
    '9:43: "crsh" is not a cause: write drain, crash or unhealthy. Did you mean "crash"?',
    '9:55: "fw-z" is not a host: write fw-a or fw-b. Did you mean "fw-a"?',
  ],
  [
    'what happens in an outage without one',
    suiteWith({ inject: '[{ host-swap: { at: 1, flush: 1s, back: 2s } }]' }),
    '9:43: "flush" happens while the swap goes on: write during: outage.',
    '9:53: "back" happens while the swap goes on: write during: outage.',
  ],
  [
    'a flush of a host that has crashed',
    suiteWith({ inject: '[{ host-swap: { at: 1, cause: crash, during: outage, flush: 1s } }]' }),
    '9:73: Only the flows of a host that is drained are flushed: write cause: drain.',
  ],
  [
    'another time-out out of range',
    suiteWith({ inject: '[{ timeout-change: { at: 1, scope: lb, tcp-idle: 10s } }]' }),
    '9:62: "10s" is out of range: write 60s to 6000s (the Gateway Load Balancer takes 60 to 6000 seconds as tcp.idle_timeout.seconds).',
  ],
  [
    'whose time-out and table there are not',
    suiteWith({
      inject:
        '[{ timeout-change: { at: 1, scope: all, tcp-idle: 60s } }, { table-full: { at: 1, scope: all } }]',
    }),
    '9:48: "all" is not the owner of a time-out: write lb or hosts.',
    '9:102: "all" is not the owner of a table: write lb or hosts.',
  ],
  [
    'another time-out without the 5-tuple',
    suiteWith({
      setup: '{ load-balancer: { stickiness: 3-tuple } }',
      inject: '[{ timeout-change: { at: 1, scope: lb, tcp-idle: 60s } }]',
    }),
    '9:32: With 3-tuple stickiness the idle time-out is 350s: a Gateway Load Balancer takes another tcp.idle_timeout.seconds only with the 5-tuple.',
  ],
  [
    'an idle gap in short',
    suiteWith({ inject: '[{ idle-gap: 12 }]' }),
    '9:26: This is a number, but a mapping is expected.',
  ],
  [
    'keepalives without a gap',
    suiteWith({ inject: '[{ idle-gap: { at: 12, keepalive: { every: 60s } } }]' }),
    '9:26: "gap" is missing.',
  ],
  [
    'a gap that is none',
    suiteWith({ inject: '[{ idle-gap: { at: 12, gap: 3x } }]' }),
    '9:41: "3x" is not a duration: write a number and ns, us, ms, s, m or h, as in 350s.',
  ],
  [
    'a gap of nothing',
    suiteWith({ inject: '[{ idle-gap: { at: 12, gap: 0, keepalive: { every: 0, from: both } } }]' }),
    '9:41: A gap is longer than 0s.',
    '9:64: Keepalives are more than 0s apart.',
    '9:73: "both" is not an end of the flow: write client or server.',
  ],
  [
    'a path to nowhere',
    suiteWith({ inject: '[{ asymmetric-path: { at: 1, direction: up, to: fw-c } }]' }),
    '9:53: "up" is not a direction: write c2s or s2c.',
    '9:61: "fw-c" is not where a path can go: write fw-a, fw-b or bypass. Did you mean "fw-a"?',
  ],
  [
    'a reconnect after what is no verdict',
    suiteWith({ inject: '[{ reconnect: { at: 1, tuple: new, when: [blocked] } }]' }),
    '9:43: "new" is not a tuple: write same or new-port.',
    '9:55: "blocked" is not a verdict: write forward, drop, reject or answered.',
  ],
  [
    'flags that are none',
    suiteWith({ inject: '[{ segment: { at: 1, direction: c2s, flags: SX, length: -1 } }]' }),
    '9:69: This is below 0.',
  ],
  [
    'flag letters that are none',
    suiteWith({ inject: '[{ segment: { at: 1, direction: c2s, flags: SX } }]' }),
    '9:57: "SX" are not TCP flags: write letters of FSRPAUEC, as in "SA".',
  ],
  [
    'packets prescribed to reactive endpoints',
    suiteWith({ endpoints: 'reactive', inject: '[{ duplicate: { at: 1, direction: c2s } }]' }),
    '9:16: Reactive endpoints choose their packets themselves: leave this out, or write endpoints: recorded.',
  ],

  [
    'a verdict that is none',
    suiteWith({ expect: '{ before: [forward, forwrd] }' }),
    `${EXPECT}:33: "forwrd" is not a verdict: write forward, drop, reject, answered or blocked. Did you mean "forward"?`,
  ],
  [
    'an undecided verdict',
    suiteWith({ expect: '{ before: undecided }' }),
    `${EXPECT}:23: "undecided" is not a verdict: write forward, drop, reject, answered or blocked.`,
  ],
  [
    'an unknown phase',
    suiteWith({ expect: '{ after host-swp: drop, before: drop }' }),
    `${EXPECT}:15: This case has no phase "after host-swp": it has before or after host-swap. Did you mean "after host-swap"?`,
  ],
  [
    'an unknown phase alone',
    suiteWith({ expect: '{ befor: drop }' }),
    `${EXPECT}:15: This case has no phase "befor": it has before or after host-swap. Did you mean "before"?`,
  ],
  [
    'the second of one injection',
    suiteWith({ expect: '{ after host-swap#2: drop, before: drop }' }),
    `${EXPECT}:15: This case has no phase "after host-swap#2": it has before or after host-swap. Did you mean "after host-swap"?`,
  ],
  [
    'an unknown place',
    suiteWith({ expect: '{ before: { frist: drop } }' }),
    `${EXPECT}:25: "frist" is not a key of this mapping. Did you mean "first"?`,
  ],
  [
    'a packet that is none',
    suiteWith({ expect: '{ before: { packet 0: drop } }' }),
    `${EXPECT}:25: "packet 0" is not a key of this mapping. Did you mean "packet N"?`,
  ],
  [
    'a packet with what is no answer',
    suiteWith({ expect: '{ before: { packet 3: { is: drop, form: x } } }' }),
    `${EXPECT}:47: "form" is not a key of this mapping. Known here: is, tolerated, towards, by, reason, parts, source, level or unreviewed.`,
  ],
  [
    'an answer that says nothing',
    suiteWith({ expect: '{ before: { first: { towards: client } } }' }),
    `${EXPECT}:32: "is" is missing.`,
  ],
  [
    'a phase of no packets',
    suiteWith({ expect: '{ before: { towards: client } }' }),
    `${EXPECT}:23: This does not say which packets: add all, first, rest, packet N, c2s or s2c.`,
  ],
  [
    'a direction of no packets',
    suiteWith({ expect: '{ before: { c2s: { by: lb } } }' }),
    `${EXPECT}:30: This does not say which packets: add all, first, rest or packet N.`,
  ],
  [
    'words that are none',
    suiteWith({ expect: '{ before: { all: drop, towards: him, by: fw-c, reason: flow drp } }' }),
    `${EXPECT}:45: "him" is not somebody to tell: write sender, peer, client, server, both or any.`,
    `${EXPECT}:54: "fw-c" is not a decider: write fw-a, fw-b, lb, path or unknown. Did you mean "fw-a"?`,
    `${EXPECT}:68: "flow drp" is not a reason: write ${listWords(REASONS)}. Did you mean "flow drop"?`,
  ],
  [
    'parts of no host, and no parts',
    suiteWith({ expect: '{ before: { all: { is: drop, parts: [fw-c owner, owner] } } }' }),
    `${EXPECT}:50: "fw-c" is not a host: write fw-a or fw-b. Did you mean "fw-a"?`,
    `${EXPECT}:62: "owner" is not a part: write a host and what it did, as in fw-b forwarder.`,
  ],
  [
    'a drop that tells somebody',
    suiteWith({ expect: '{ before: { all: { is: drop, towards: client } } }' }),
    `${EXPECT}:51: Only a reject tells somebody: leave "towards" out, or expect a reject.`,
  ],
  [
    'a selector by no axis',
    suiteWith({ expect: '{ before: { polcy: { drop: drop } } }' }),
    `${EXPECT}:25: "polcy" is neither a key nor an axis of this case. Did you mean "policy"?`,
  ],
  [
    'a selector without a value',
    suiteWith({ expect: '{ before: { policy: { drop: drop } } }' }),
    `${EXPECT}:33: This says nothing of "reject": add it, or null where nothing is expected.`,
  ],
  [
    'a selector with a value too many',
    suiteWith({ expect: '{ before: { policy: { drop: drop, reject: drop, contine: drop } } }' }),
    `${EXPECT}:61: The axis "policy" has no "contine": it has drop or reject.`,
  ],
  [
    'a selector inside a selector',
    suiteWith({
      expect: '{ before: { policy: { drop: { policy: { drop: [drip], reject: drop } }, reject: drop } } }',
    }),
    `${EXPECT}:60: "drip" is not a verdict: write forward, drop, reject, answered or blocked. Did you mean "drop"?`,
  ],
  [
    'a wrong shape inside a selector',
    suiteWith({ expect: '{ before: { policy: { drop: { frist: drop }, reject: 3 } } }' }),
    `${EXPECT}:43: "frist" is not a key of this mapping. Did you mean "first"?`,
    `${EXPECT}:66: This is a number, but text or a list or a mapping is expected.`,
  ],
  ['nothing expected', suiteWith({ expect: '{}' }), `${EXPECT}:5: Nothing is expected of this case.`],
  [
    'an unknown counter',
    suiteWith({ expect: '{ counters: { DropedPackets: 1 } }' }),
    `${EXPECT}:27: "DropedPackets" is not a key of this mapping. Did you mean "DroppedPackets"?`,
  ],
  [
    'a counter of an unknown host',
    suiteWith({ expect: '{ counters: { DroppedPackets: { equals: 1, host: fw-c } } }' }),
    `${EXPECT}:62: "fw-c" is not a host: write fw-a or fw-b. Did you mean "fw-a"?`,
  ],
  [
    'a negative counter',
    suiteWith({ expect: '{ counters: { DroppedPackets: -1 } }' }),
    `${EXPECT}:43: This is below 0.`,
  ],
  [
    'an impact on recorded endpoints',
    suiteWith({ expect: '{ impact: hung }' }),
    `${EXPECT}:15: An impact is felt by reactive endpoints only: write endpoints: reactive.`,
  ],
  [
    'an unknown impact',
    suiteWith({ expect: '{ impact: { is: [hangs] }, before: drop }', endpoints: 'reactive' }),
    `${EXPECT}:30: "hangs" is not an impact: write survived, reset, hung or recovered. Did you mean "hung"?`,
  ],
]
