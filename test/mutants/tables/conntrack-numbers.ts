import type { Mutant } from '../mutant.ts'
import { mutants, within } from '../mutant.ts'

const FOR_EVER = '1e6'

/** A time-out of Linux's that lasts for ever, and one that is a quarter of what it is. */
function timeout(state: string, value: string): readonly (readonly [string, string, string])[] {
  const from = `[${state}, ${value}]`
  return [
    [`conntrack: ${state} lasts for ever`, from, `[${state}, ${FOR_EVER}]`],
    [`conntrack: ${state} lasts a quarter`, from, `[${state}, (${value}) / 4]`],
  ]
}

/** Windows and time-outs of Linux's connection tracking. */
export const CONNTRACK_NUMBERS: readonly Mutant[] = [
  ...within(
    'linux-netfilter/time-outs',
    mutants('engine/conntrack/lifetime.js', [
      ['conntrack: no entry ends', '&& now <= table.lastSeen(base)', ''],
      [
        'conntrack: data unacknowledged is awaited for days',
        'if (unacknowledged && impatient < normal)',
        'if (false)',
      ],
      [
        'conntrack: repetitions are not counted',
        'retransmissions(last) >= mostRetransmissions',
        'retransmissions(last) < 0',
      ],
      ['conntrack: one repetition less is enough', '>= mostRetransmissions', '>= mostRetransmissions - 1'],
    ]),
  ),
  ...within(
    'linux-netfilter/resets',
    mutants('engine/conntrack/lifetime.js', [
      ['conntrack: no RST ends an entry sooner', 'if (segmentClass === Class.rst)', 'if (false)'],
    ]),
  ),
  ...within(
    'linux-netfilter/time-outs',
    mutants('engine/conntrack/settings.js', [
      ...timeout('CtState.synSent', 'tcpNew.value'),
      ...timeout('CtState.synReceived', 'knobs.tcpSynReceived?.value ?? tcpNew.value'),
      ...timeout('CtState.established', 'established'),
      ...timeout('CtState.finWait', 'knobs.tcpFinWait?.value ?? tcpEstablished.value'),
      ...timeout('CtState.closeWait', 'knobs.tcpCloseWait?.value ?? tcpEstablished.value'),
      ...timeout('CtState.lastAck', 'knobs.tcpLastAck?.value ?? tcpClosed.value'),
      ...timeout('CtState.timeWait', 'knobs.tcpTimeWait?.value ?? tcpClosed.value'),
      ...timeout('Clock.retransmitting', 'knobs.tcpRetransmitting?.value ?? established'),
      ...timeout('Clock.unacknowledged', 'knobs.tcpUnacknowledged?.value ?? established'),
    ]),
  ),
  ...within(
    'linux-netfilter/resets',
    mutants('engine/conntrack/settings.js', timeout('CtState.close', 'tcpClosed.value')),
  ),
  ...within(
    'linux-netfilter/sctp',
    mutants('engine/conntrack/settings.js', [
      [
        'conntrack: an SCTP association lasts as long as a flow of an unknown protocol',
        '[SctpState.established, knobs.sctpEstablished]',
        '[SctpState.established, undefined]',
      ],
      [
        'conntrack: an SCTP association lasts as long as its opening',
        '[SctpState.established, knobs.sctpEstablished]',
        '[SctpState.established, knobs.sctpCookieEchoed]',
      ],
    ]),
  ),
  ...within(
    'linux-netfilter/live-session',
    mutants('engine/conntrack/settings.js', [
      ['conntrack: windows are never strict', "knobs.windowCheck.value !== 'strict'", 'true'],
    ]),
  ),
  ...within(
    'linux-netfilter/switches',
    mutants('engine/conntrack/settings.js', [
      ['conntrack: windows are always strict', "knobs.windowCheck.value !== 'strict'", 'false'],
      ['conntrack: a switch about RSTs is not heard', 'knobs.ignoreInvalidReset?.value ?? false', 'false'],
    ]),
  ),
  ...within(
    'linux-netfilter/live-session',
    mutants('engine/conntrack/window.js', [
      [
        'conntrack: windows are not scaled',
        'syn ? window : window << scaleOf(words[base] ?? 0, from)',
        'window',
      ],
      ['conntrack: more than the window is invalid', 'if (!onlyTooMuch)', 'if (true)'],
      ['conntrack: any more than the window passes', 'if (!onlyTooMuch)', 'if (false)'],
      [
        'conntrack: what was never seen may be acknowledged',
        'if (!isAtMost(sack, peerEnd))\n        return Window.invalid',
        'if (!isAtMost(sack, peerEnd))\n        return Window.accept',
      ],
      [
        'conntrack: an old retransmission is invalid',
        'if (peerWindow !== 0 && !touchesWindow)\n        return Window.ignore',
        'if (peerWindow !== 0 && !touchesWindow)\n        return Window.invalid',
      ],
      [
        'conntrack: an old acknowledgement is invalid',
        'return isAtLeast(sack, oldest) ? Window.accept : Window.ignore',
        'return isAtLeast(sack, oldest) ? Window.accept : Window.invalid',
      ],
    ]),
  ),
  ...within(
    'linux-netfilter/switches',
    mutants('engine/conntrack/window.js', [
      ['conntrack: no entry is liberal', '((words[base] ?? 0) & liberalBit(from)) !== 0 ?', 'false ?'],
    ]),
  ),
  ...within(
    'linux-netfilter/resets',
    mutants('engine/conntrack/reset.js', [
      [
        'conntrack: any RST in the window is exact',
        'if (!established || segment.seq === acknowledged)',
        'if (true)',
      ],
      ['conntrack: no RST comes right behind data', 'if (follows(words, base, from, segment))', 'if (false)'],
      ['conntrack: a RST may be old', 'before(segment.seq, acknowledged) && !ignoreInvalid', 'false'],
    ]),
  ),
  ...within(
    'linux-netfilter/fresh-syn',
    mutants('engine/conntrack/reset.js', [
      ['conntrack: no RST answers a SYN', '(afterSyn || afterAck) && segment.ack', 'false && segment.ack'],
    ]),
  ),
]
