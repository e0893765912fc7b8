import { mutants } from '../mutant.ts'

export const ENGINE = [
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
      'return !isOldStamp(segment.stamp, words[own + STAMP] ?? 0) || isFirstStamp(table, base, own, segment)',
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
    [
      'an ICMP error passes its marked flow',
      'if (marked)\n            return Outcome.flowDrop;\n        const',
      'const',
    ],
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
    ['received bytes are not counted', 'Column.bytes, bytes', 'Column.bytes, 0'],
  ]),
]
