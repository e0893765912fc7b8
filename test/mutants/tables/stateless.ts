import { mutants } from '../mutant.ts'

export const STATELESS = [
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
