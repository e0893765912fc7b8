import { mutants } from '../mutant.ts'

export const MISS = mutants('engine/miss.js', [
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

export const TCP = mutants('engine/tcp.js', [
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
