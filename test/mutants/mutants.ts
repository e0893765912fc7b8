/**
 * One small change to what the suites judge. `from` stands exactly once in the built file (so that a mutant cannot rot
 * unnoticed) and becomes `to`.
 */
export interface Mutant {
  readonly name: string
  /** Below dist/. */
  readonly file: string
  readonly from: string
  readonly to: string
}

function mutants(
  file: string,
  entries: readonly (readonly [name: string, from: string, to: string])[],
): Mutant[] {
  return entries.map(([name, from, to]) => ({ name, file, from, to }))
}

/** A knob of both profiles takes another value as it is read. */
const KNOBS = mutants('engine/settings.js', [
  [
    'knob rstOnMiss: a RST without session goes to the rules',
    'rstOnMiss: knobs.rstOnMiss.value',
    "rstOnMiss: 'rules'",
  ],
  [
    'knob finOnMiss: a FIN under continue goes on',
    "knobs.finOnMiss.value === 'policyThenStreamError'",
    'false',
  ],
  [
    'knob continueMode: continue picks sessions up',
    "mode === 'pickup' || mode === 'pickupData'",
    "exception === 'continue'",
  ],
  ['knob rejectTarget: both ends are told', 'rejectTarget: knobs.rejectTarget.value', "rejectTarget: 'both'"],
  ['knob windowCheck: strict windows', 'WindowCheck[knobs.windowCheck.value]', 'WindowCheck.strict'],
  ['knob rstValidation: anywhere in the window', "knobs.rstValidation.value === 'exact'", 'false'],
  ['knob synReuseOnNullSession: only from the server', 'knobs.synReuseOnNullSession.value', 'false'],
  ['knob synReuseOnNullSession: from either side', 'knobs.synReuseOnNullSession.value', 'true'],
  [
    'knob synOnLiveSession: ignored and passed',
    'synOnLive: knobs.synOnLiveSession.value',
    "synOnLive: 'ignore'",
  ],
  [
    'knob synOnLiveSession: starts a new session',
    'synOnLive: knobs.synOnLiveSession.value',
    "synOnLive: 'reset'",
  ],
  [
    'knob dropMarkRefreshesIdle: dropped packets do not keep the mark',
    'knobs.dropMarkRefreshesIdle.value',
    'false',
  ],
  ['knob dropMarkReplicated: marks stay behind', 'knobs.dropMarkReplicated.value', 'false'],
  ['knob passScope: the other scope', "knobs.passScope.value === 'flow'", "knobs.passScope.value !== 'flow'"],
  [
    'knob rejectNonTcp: the other answer',
    "knobs.rejectNonTcp.value === 'icmp'",
    "knobs.rejectNonTcp.value !== 'icmp'",
  ],
  [
    'policy: drop rejects',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'drop' ? 'reject' : policy.exception",
  ],
  [
    'policy: reject only drops',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'reject' ? 'drop' : policy.exception",
  ],
  [
    'policy: continue rejects',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'continue' ? 'reject' : policy.exception",
  ],
  [
    'policy: continue drops',
    "'continue' : policy.exception",
    "'continue' : policy.exception === 'continue' ? 'drop' : policy.exception",
  ],
])

const MODES = mutants('engine/settings.js', [
  ['monitor mode applies the policy', "policy.mode === 'monitor'", 'false'],
])

const TIMEOUTS = mutants('engine/expiry.js', [
  ['knob tcpNew: 10 s longer', 'knobs.tcpNew.value', 'knobs.tcpNew.value + 10'],
  ['knob tcpNew: 10 s shorter', 'knobs.tcpNew.value', 'knobs.tcpNew.value - 10'],
  [
    'knob tcpEstablished: 10 s longer',
    'tcpIdle ?? knobs.tcpEstablished.value',
    '(tcpIdle ?? knobs.tcpEstablished.value) + 10',
  ],
  [
    'knob tcpEstablished: 10 s shorter',
    'tcpIdle ?? knobs.tcpEstablished.value',
    '(tcpIdle ?? knobs.tcpEstablished.value) - 10',
  ],
  ['policy tcpIdle is not heard', 'tcpIdle ?? knobs.tcpEstablished.value', 'knobs.tcpEstablished.value'],
  ['knob tcpClosed: no time-out', 'knobs.tcpClosed.value', '1e6'],
  ['knob udpNew: an hour', 'knobs.udpNew.value', '3600'],
  ['knob udpEstablished: one second', 'knobs.udpEstablished.value', '1'],
  ['knob udpEstablished: an hour', 'knobs.udpEstablished.value', '3600'],
  ['expiry: alive for ever', 'if (gap <= timeout)', 'if (gap <= timeout || gap > 0)'],
])

const MISS = mutants('engine/miss.js', [
  [
    'a SYN-ACK without session is not asked about',
    'segment.has(Tcp.ack) ? Miss.policy : Miss.open',
    'Miss.open',
  ],
  ['a SYN without session meets the policy', 'segment.has(Tcp.ack) ? Miss.policy : Miss.open', 'Miss.policy'],
  [
    'an ACK without session goes to the rules',
    'return segment.has(Tcp.ack) || settings.flaglessToPolicy ? Miss.policy : Miss.rules',
    'return Miss.rules',
  ],
  [
    'a packet without flags meets the policy',
    'return segment.has(Tcp.ack) || settings.flaglessToPolicy ? Miss.policy : Miss.rules',
    'return Miss.policy',
  ],
  [
    'a FIN without session goes to the rules',
    'if (segment.has(Tcp.fin))\n        return Miss.policy',
    'if (segment.has(Tcp.fin))\n        return Miss.rules',
  ],
  [
    'a RST counts as any other packet',
    'if (segment.has(Tcp.rst))\n        return MISS_OF_RST[settings.rstOnMiss]',
    'if (segment.has(Tcp.rst))\n        return Miss.policy',
  ],
  ['a miss leaves no mark', '(words[base] ?? 0) | Flag.marked', '(words[base] ?? 0)'],
  [
    'reject is decided as drop',
    "settings.exception === 'reject' ? Outcome.midstreamReject",
    "settings.exception === 'none' ? Outcome.midstreamReject",
  ],
])

const TCP = mutants('engine/tcp.js', [
  ['marks are not looked at', '(head & Flag.marked) !== 0', '(head & Flag.marked) === -1'],
  ['a fresh SYN never starts anew', 'mayOpen(segment) && startsAnew(', 'false && startsAnew('],
  ['a fresh SYN always starts anew', 'startsAnew(table, base, segment, settings)', 'true'],
  ['a SYN opens no session', 'if (miss === Miss.open)', 'if (miss === -1)'],
  [
    'an error of the stream is forwarded',
    '? Outcome.forward : Outcome.streamError',
    '? Outcome.forward : Outcome.forward',
  ],
  [
    'a RST without session is forwarded',
    'settings.dropsErrors ? Outcome.streamError : Outcome.forward',
    'Outcome.forward',
  ],
  ['the exception policy is not counted', 'this.#counters.countException(host)', 'void 0'],
  ['nothing is established by the last ACK', 'state >= State.established ||', 'state > State.closed ||'],
])

const ENGINE = [
  ...mutants('engine/emit.js', [
    [
      'resets go the other way',
      "target === 'both' ? ['sender', 'receiver'] : [target]",
      "[target === 'sender' ? 'receiver' : 'sender']",
    ],
    [
      'resets are not sent',
      "batch.emitted.push({ cause: index, kind: 'tcp-rst'",
      "void ({ cause: index, kind: 'tcp-rst'",
    ],
  ]),
  ...mutants('engine/fin.js', [
    [
      'a FIN anywhere is taken',
      'before(segment.seq, words[own + ACKED] ?? 0) || !upTo(end, words[own + LIMIT] ?? 0)',
      'false',
    ],
    [
      'a FIN is never taken',
      'before(segment.seq, words[own + ACKED] ?? 0) || !upTo(end, words[own + LIMIT] ?? 0)',
      'true',
    ],
    ['a FIN closes nothing', 'segment.toServer ? State.closeWait : State.finWait1', 'State.established'],
  ]),
  ...mutants('engine/reset.js', [
    [
      'an exact RST does not close',
      'enter(table, base, State.closed)',
      'enter(table, base, State.established)',
    ],
    ['no RST is right', 'exact ? segment.seq === words[own + NEXT]', 'exact ? false'],
    ['any RST is right', 'exact ? segment.seq === words[own + NEXT]', 'exact ? true'],
  ]),
  ...mutants('engine/reuse.js', [
    [
      'a closing session is never used anew',
      'hasClosed(state) : state >= State.lastAck',
      'hasClosed(state) : state > State.closed',
    ],
    [
      'TIME_WAIT is used anew',
      'hasClosed(state) : state >= State.lastAck',
      'hasClosed(state) : state >= State.timeWait',
    ],
    [
      'a session is used anew from the close on',
      'hasClosed(state) : state >= State.lastAck',
      'hasClosed(state) : state >= State.finWait1',
    ],
    [
      'CLOSE_WAIT is not used anew',
      'hasClosed(state) : state >= State.lastAck',
      'hasClosed(state) : state >= State.lastAck && state !== State.closeWait',
    ],
  ]),
  ...mutants('engine/timestamps.js', [
    [
      'old timestamps pass',
      'return !isOldStamp(segment.stamp, last) || isFirstStamp(words, base, own, segment, last)',
      'return true',
    ],
  ]),
  ...mutants('engine/handshake.js', [
    [
      'a challenge ACK is held against its echo no more',
      'if (!segment.toServer && !echoes(words, base, segment))',
      'if (false)',
    ],
    [
      'a SYN again while opening is wrong',
      'return segment.toServer && segment.seq === words[base + CLIENT + ISN]',
      'return false',
    ],
  ]),
  ...mutants('engine/closing.js', [
    [
      'whatever comes in FIN_WAIT1 is right',
      'function trackFinWait1(table, base, segment) {',
      'function trackFinWait1(table, base, segment) {\n    if (!segment.has(Tcp.fin)) return true;',
    ],
    [
      'whatever comes in CLOSE_WAIT is right',
      'function trackCloseWait(table, base, segment) {',
      'function trackCloseWait(table, base, segment) {\n    if (!segment.has(Tcp.fin)) return true;',
    ],
    [
      'whatever comes in LAST_ACK is right',
      'function trackLastAck(table, base, segment) {',
      'function trackLastAck(table, base, segment) {\n    return true;',
    ],
    [
      'whatever comes in TIME_WAIT is right',
      'function trackTimeWait(table, base, segment) {',
      'function trackTimeWait(table, base, segment) {\n    return true;',
    ],
    ["the server's FIN after the client's changes nothing", 'enter(table, base, State.lastAck)', 'void 0'],
    [
      "data after the client's FIN is wrong",
      'return upTo(segment.seq, (acked + (words[own + WINDOW] ?? 0)) | 0)',
      'return segment.length === 0',
    ],
  ]),
  ...mutants('engine/established.js', [
    [
      'a SYN in an established session passes',
      'return segment.has(Tcp.ack) && repeatsSynAck(words, base, segment)',
      'return true',
    ],
    [
      'data beyond the window is dropped',
      'const tolerated = windowCheck !== WindowCheck.strict',
      'const tolerated = false',
    ],
    [
      'data beyond the window leaves the next number alone',
      'if (!before(end, next))',
      'if (within && !before(end, next))',
    ],
    ['a segment in order does not advance the session', 'if (!before(end, next))', 'if (false)'],
  ]),
  ...mutants('engine/pseudo.js', [
    [
      'UDP and ICMP are dropped',
      'decide(batch, cause, host, flow) {',
      'decide(batch, cause, host, flow) {\n        return Outcome.flowDrop;',
    ],
    ['UDP and ICMP are never established', 'both ? withState(seen, State.established) : seen', 'seen'],
    [
      'UDP and ICMP are established at once',
      'const both = (seen & Flag.seenClient) !== 0 && (seen & Flag.seenServer) !== 0',
      'const both = true',
    ],
    ['an ICMP error passes its marked flow', 'if (marked)\n            return Outcome.flowDrop', ''],
    [
      'UDP from the server counts as from the client',
      'const toServer = !directed || isToServer(head, direction);\n        const seen',
      'const toServer = true;\n        const seen',
    ],
  ]),
  ...mutants('engine/icmp.js', [
    ['an ICMP error belongs to no flow', 'return payload >= IPV4_HEADER + QUOTED[protocol]', 'return false'],
    [
      'an ICMPv6 error belongs to its flow',
      'kind !== Kind.icmp4 || bytes[l4] !== UNREACHABLE',
      'kind !== Kind.icmp6 || bytes[l4] !== 1',
    ],
  ]),
  ...mutants('engine/fragments.js', [
    ['a host puts together what others saw', 'return now === host', 'return true'],
    ['no host puts anything together', 'return now === host', 'return false'],
  ]),
  ...mutants('engine/entry.js', [
    ['the client is who the capture says', 'direction === Direction.s2c ? Flag.flipped : 0', '0'],
  ]),
  ...mutants('engine/shared-sessions.js', [
    ['replication copies nothing', 'target.copyFrom(source, base)', 'void 0'],
  ]),
  ...mutants('engine/counters.js', [
    ['rejected packets count as dropped', 'return Column.rejected', 'return Column.dropped'],
    ['dropped packets count as others', 'Column.other : Column.dropped', 'Column.other : Column.other'],
    ['passed packets count as others', 'return Column.passed', 'return Column.other'],
    ['received packets are not counted', 'this.#add(row + Column.received, 1)', 'void 0'],
    ['received bytes are not counted', 'Column.bytes, ipBytes(batch, i)', 'Column.bytes, 0'],
  ]),
]

const STATELESS = [
  ...mutants('engine/stateless/stateless-engine.js', [
    ['stateless: pass forwards', "'aws:pass': Way.pass", "'aws:pass': Way.forward"],
    ['stateless: drop passes', "'aws:drop': Way.drop", "'aws:drop': Way.pass"],
    ['stateless: forward passes', "'aws:forward_to_sfe': Way.forward", "'aws:forward_to_sfe': Way.pass"],
    ['stateless: the highest priority decides', 'a.priority - b.priority', 'b.priority - a.priority'],
    ['stateless: no rule matches', 'matchers[rule]?.matches(subject)', 'false'],
    ['stateless: fragments meet the default of whole packets', 'if (!subject.isFragment)', 'if (true)'],
    ['stateless: all meets the default for fragments', 'if (!subject.isFragment)', 'if (false)'],
    [
      'stateless: fragments of any protocol meet their default',
      'subject.protocol === Protocol.udp ? this.#fragmentFallback : DROP_SILENTLY',
      'this.#fragmentFallback',
    ],
  ]),
  ...mutants('engine/stateless/matcher.js', [
    ['stateless: any protocol', 'if (protocols.length > 0 &&', 'if (false &&'],
    ['stateless: any source port', 'if (!hasPort(sourcePorts,', 'if (false && !hasPort(sourcePorts,'],
    [
      'stateless: any destination port',
      'if (!hasPort(destinationPorts,',
      'if (false && !hasPort(destinationPorts,',
    ],
    ['stateless: a range without its ends', 'port >= first && port <= last', 'port > first && port < last'],
    ['stateless: ports of any protocol', 'protocol === Protocol.tcp || protocol === Protocol.udp', 'true'],
    ['stateless: any flags', 'if (protocol === Protocol.tcp && !hasFlags', 'if (false && !hasFlags'],
    ['stateless: the masks are not heard', '(seen & masks) === flags', 'seen === flags'],
    ['stateless: any source', 'isAmong(this.#sources, bytes', 'isAmong([], bytes'],
    ['stateless: any destination', 'isAmong(this.#destinations, bytes', 'isAmong([], bytes'],
  ]),
  ...mutants('engine/stateless/counters.js', [
    ['stateless: custom actions count nothing', 'for (const custom of customs)', 'for (const custom of [])'],
    ['stateless: drops are not counted', 'row + Column.dropped, 1', 'row + Column.dropped, 0'],
  ]),
  ...mutants('engine/engine.js', [
    ['stateless: a drop says no reason', 'Reason.none : Reason.stateless', 'Reason.none : Reason.none'],
  ]),
  ...mutants('support/cidr.js', [['blocks are cut to whole bytes', '(0xff << (8 - rest))', '0']]),
]

const RULES = [
  ...mutants('engine/rules/default-actions.js', [
    [
      'aws:alert_strict and aws:alert_established drop',
      'alerts.push({ scope: found.scope, rule: ruleOf(action, found.sid) })',
      'drop = found.scope',
    ],
    [
      'aws:drop_strict is that of established',
      "{ scope: 'all', sid: 2 }",
      "{ scope: 'established', sid: 2 }",
    ],
    ['aws:drop_established drops all', "{ scope: 'established', sid: 4 }", "{ scope: 'all', sid: 4 }"],
    [
      'aws:drop_established drops nothing of TCP',
      "return subject.toServer && !(scope === 'appLayerToServer' && waiting)",
      'return false',
    ],
    [
      'aws:drop_established lets UDP and ICMP pass',
      "scope === 'all' || subject.protocol !== Protocol.tcp",
      "scope === 'all'",
    ],
  ]),
  ...mutants('engine/rules/default-stage.js', [
    ['what no rule decides is rejected', 'return Outcome.defaultDrop', 'return Outcome.ruleReject'],
  ]),
  ...mutants('engine/rules/order.js', [
    [
      'drop rules come before pass rules',
      "['pass', 'drop', 'reject', 'alert']",
      "['drop', 'reject', 'pass', 'alert']",
    ],
    ['rules are in no order', "order === 'strict'", 'true'],
  ]),
  ...mutants('engine/rules/flow-match.js', [
    [
      'flow:established is not heard',
      "state === 'established' ? true",
      "state === 'established' ? undefined",
    ],
  ]),
  ...mutants('engine/rules/stage.js', [
    ['reject rules drop', "rule.action === 'reject'", 'false'],
    [
      'rules are asked about nothing',
      'if (outcome !== Outcome.forward && outcome !== Outcome.streamError)',
      'if (true)',
    ],
  ]),
]

const PATH = [
  ...mutants('path/load-balancer.js', [
    [
      'the balancer forgets TCP after 10 s more',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND',
      '(topology.loadBalancer.tcpIdle + 10) * NANOS_PER_SECOND',
    ],
    [
      'the balancer forgets TCP at its time-out',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND - 1',
    ],
    [
      'the balancer forgets UDP after 10 s more',
      'topology.loadBalancer.otherIdle * NANOS_PER_SECOND',
      '(topology.loadBalancer.otherIdle + 10) * NANOS_PER_SECOND',
    ],
    ['the balancer forwards what it does not know', 'topology.loadBalancer.nonSynMiss', "'forward'"],
    [
      'the balancer never resets on idle',
      "topology.loadBalancer.resetOn.idle ? 'reset' :",
      "false ? 'reset' :",
    ],
    ['the balancer always rebalances', "if (failover === 'no_rebalance')", 'if (false)'],
    ['the balancer never rebalances', "if (failover === 'no_rebalance')", 'if (true)'],
    [
      'the balancer mixes up its resets',
      '(service === Service.crashed ? resetOn.unhealthy : resetOn.deregistration)',
      '(service === Service.crashed ? resetOn.deregistration : resetOn.unhealthy)',
    ],
    ['an entry survives its reset', 'entries.remove(place)', 'void 0'],
    [
      'packets to a crashed host arrive',
      'if (host >= 0 && this.#placement.service[host] !== Service.crashed)',
      'if (host >= 0)',
    ],
    ['paths do not return', 'this.#entries.returnAll()', 'void 0'],
    ['a drained host stays in service', 'this.#placement.leave(host, event.kind)', 'void 0'],
  ]),
  ...mutants('path/packet.js', [
    ['the balancer takes UDP for TCP midstream', 'return tcp && ((flags', 'return ((flags'],
  ]),
  ...mutants('path/placement.js', [
    [
      'flows go to the last host in service',
      'if (!this.byHash)\n                return host',
      'if (!this.byHash) {\n                best = host;\n                continue;\n            }',
    ],
  ]),
  ...mutants('path/steering.js', [
    ['a steer holds for both directions', 'steer.direction === BOTH ||', 'true ||'],
    ['steers are not heard', 'return this.#steers.length > 0', 'return false'],
  ]),
  ...mutants('sharing/replication.js', [
    ['a crash replicates too', "event.kind !== 'drain'", "event.kind !== 'drain' && event.kind !== 'crash'"],
    ['a drain replicates nothing', "event.kind !== 'drain'", 'true'],
  ]),
]

/** What other systems than Suricata do, and resets at expiry. */
const OTHERS = [
  ...mutants('engine/miss.js', [
    ['whose misses are about packets marks the flow', 'if (settings.marksFlow)', 'if (true)'],
    [
      'what could be picked up is dropped',
      'if (picksUp && !reset)',
      'if (picksUp && !reset)\n            return Outcome.midstreamDrop;\n        if (false)',
    ],
  ]),
  ...mutants('engine/plain/tracker.js', [
    ['plain: nothing is outside', '!fits(words, base, own, peer, segment, ackWindow)', 'false'],
    ['plain: all is outside', '!fits(words, base, own, peer, segment, ackWindow)', 'true'],
    ['plain: any SYN is right', 'return repeatsSyn(words, base, segment)', 'return true'],
    ['plain: a RST anywhere closes', 'if (off === 0 ||', 'if (true ||'],
    ['plain: no pending RST', "rstValidation !== 'pending' || !within", 'true'],
    ['plain: a FIN closes nothing', 'if (closes === 0 ||', 'if (true ||'],
  ]),
  ...mutants('engine/plain/window.js', [
    ['plain: windows are never scaled', 'segment.window << shift', 'segment.window'],
    ['plain: no limit', 'if (before(words[own + LIMIT] ?? 0, end))', 'if (false)'],
  ]),
  ...mutants('engine/expiry-resets.js', [
    ['expiry: nobody is told', 'batch.emitted.push(', 'void ('],
    [
      'expiry: a number too far',
      'buildAbort(headers, towards, seq,',
      'buildAbort(headers, towards, seq + 1,',
    ],
    ['expiry: only the client is told', "resetOnExpiry === 'both'", "resetOnExpiry === 'all'"],
    ['expiry: all are told', "resetOnExpiry === 'both'", 'true'],
    ['expiry: half-closed sessions too', '=== State.established', '>= State.established'],
    ['expiry: activity does not count', 'moment > expected', 'false'],
    ['expiry: told whatever is configured', "settings.resetOnExpiry === 'none'", 'false'],
  ]),
  ...mutants('engine/expiry.js', [
    [
      'time-outs go by whole minutes',
      'table[family + state] = seconds * NANOS_PER_SECOND',
      'table[family + state] = Math.floor(seconds / 60) * 60 * NANOS_PER_SECOND',
    ],
  ]),
]

export const MUTANTS: readonly Mutant[] = [
  ...KNOBS,
  ...MODES,
  ...TIMEOUTS,
  ...STATELESS,
  ...MISS,
  ...TCP,
  ...ENGINE,
  ...OTHERS,
  ...RULES,
  ...PATH,
]
