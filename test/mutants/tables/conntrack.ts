import type { Mutant } from '../mutant.ts'
import { mutants, within } from '../mutant.ts'

/** Linux's connection tracking, and the rules around it. */
export const CONNTRACK: readonly Mutant[] = [
  ...within(
    'linux-netfilter/sctp',
    mutants('engine/conntrack/sctp-states.js', [
      [
        'conntrack: SHUTDOWN ACK opens nothing',
        "'SA -  -  -  -  SA SA -  SA'",
        "'iv -  -  -  -  SA SA -  SA'",
      ],
      [
        'conntrack: no COOKIE ACK establishes',
        "'iv -  -  ES -  -  -  -  iv'",
        "'iv -  -  iv -  -  -  -  iv'",
      ],
    ]),
  ),
  ...within(
    'linux-netfilter/',
    mutants('engine/conntrack/states.js', [
      [
        'conntrack: a SYN on a live connection is invalid',
        'SS SS ig ig ig ig ig SS SS S2',
        'SS SS iv iv iv iv iv SS SS S2',
      ],
      ['conntrack: a SYN opens nothing', 'SS SS ig ig ig ig ig SS SS S2', 'iv SS ig ig ig ig ig SS SS S2'],
      [
        'conntrack: a SYN sent again is invalid',
        'SS SS ig ig ig ig ig SS SS S2',
        'SS iv ig ig ig ig ig SS SS S2',
      ],
      ['conntrack: a SYN-ACK opens', 'iv iv SR iv iv iv iv iv iv SR', 'ES iv SR iv iv iv iv iv iv SR'],
      [
        "conntrack: a SYN-ACK of the opener's is ignored",
        'iv iv SR iv iv iv iv iv iv SR',
        'iv iv SR ig ig ig ig ig ig SR',
      ],
      [
        'conntrack: a SYN-ACK sent again is invalid',
        'iv SR ig ig ig ig ig ig ig SR',
        'iv SR iv iv iv iv iv iv iv SR',
      ],
      ['conntrack: an ACK opens nothing', 'ES iv ES ES CW CW TW TW CL iv', 'iv iv ES ES CW CW TW TW CL iv'],
      [
        'conntrack: an ACK need not wait for the SYN-ACK',
        'ES iv ES ES CW CW TW TW CL iv',
        'ES ES ES ES CW CW TW TW CL iv',
      ],
      [
        'conntrack: a SYN of the other side is ignored',
        'iv S2 iv iv iv iv iv SS iv S2',
        'iv S2 ig ig ig ig ig SS iv S2',
      ],
      [
        'conntrack: an ACK of the other side does not half close',
        'iv ig SR ES CW CW TW TW CL ig',
        'iv ig SR ES FW FW LA TW CL ig',
      ],
      [
        'conntrack: a FIN opens',
        "'iv iv FW FW LA LA LA TW CL iv',\n    'ES iv",
        "'ES iv FW FW LA LA LA TW CL iv',\n    'ES iv",
      ],
      [
        "conntrack: the client's FIN closes nothing",
        "'iv iv FW FW LA LA LA TW CL iv',\n    'ES iv",
        "'iv iv ES ES CW CW LA TW CL iv',\n    'ES iv",
      ],
      [
        "conntrack: the server's FIN closes nothing",
        "'iv iv FW FW LA LA LA TW CL iv',\n    'iv ig",
        "'iv iv ES ES CW CW LA TW CL iv',\n    'iv ig",
      ],
      [
        'conntrack: a RST opens',
        "'iv CL CL CL CL CL CL CL CL CL',\n    'iv iv iv iv iv iv iv iv iv iv',\n    'iv S2",
        "'ES CL CL CL CL CL CL CL CL CL',\n    'iv iv iv iv iv iv iv iv iv iv',\n    'iv S2",
      ],
      ['conntrack: all flags are valid', 'return VALID_FLAGS[flags] === 1', 'return flags >= 0'],
      ['conntrack: a FIN needs no ACK', 'Tcp.fin | Tcp.ack | Tcp.urg,', 'Tcp.fin,'],
      ['conntrack: ECE and CWR are odd', 'Tcp.psh | Tcp.ece | Tcp.cwr', 'Tcp.psh'],
      ['conntrack: URG is odd', 'Tcp.ack | Tcp.urg,\n]', ']'],
      [
        'conntrack: a RST is weighed while the connection closes',
        'return state >= CtState.finWait && state <= CtState.close',
        'return state < 0',
      ],
    ]),
  ),
  ...within(
    'linux-netfilter/',
    mutants('engine/conntrack/tracker.js', [
      ['conntrack: nothing is opened again', 'if (reopens(', 'if (false && reopens('],
      ['conntrack: an ACK is always picked up', '&& !this.#settings.pickUp', '&& false'],
      [
        'conntrack: nothing is picked up',
        'CtState.established && !this.#settings.pickUp',
        'CtState.established',
      ],
      [
        'conntrack: windows of what was picked up are checked',
        'options) : head | PICKED_UP',
        'options) : head',
      ],
      [
        'conntrack: no SYN that was ignored is answered',
        'if (!answersIgnoredSyn(words, base, from, segment, segmentClass))',
        'if (true)',
      ],
      ['conntrack: a RST in the window closes', 'next = state;', 'void state;'],
      [
        'conntrack: no RST is believed out of the window',
        'believed = (call & ResetCall.believed) !== 0',
        'believed = false',
      ],
      ['conntrack: windows are not looked at', 'if (!believed)', 'if (believed)'],
      [
        'conntrack: what has no effect is invalid',
        'return met === Window.ignore',
        'return met === Window.accept',
      ],
      [
        'conntrack: a close out of the windows is not noted',
        'if (met === Window.invalid)\n                this',
        'if (false)\n                this',
      ],
      [
        'conntrack: a RST before any answer leaves the entry',
        'table.release(base);\n                return;',
        'return;',
      ],
      ['conntrack: no connection is assured', 'words[base] = head | Status.assured', 'words[base] = head'],
      ['conntrack: no answer is seen', 'words[base] = (words[base] ?? 0) | Status.seenReply', 'void words'],
    ]),
  ),
  ...mutants('engine/conntrack/stage.js', [
    [
      'conntrack: a SYN without entry meets the policy',
      '(ct !== Ct.established && !opens(segment.flags))',
      'ct !== Ct.established',
    ],
    [
      'conntrack: what is new passes',
      '(ct !== Ct.established && !opens(segment.flags))',
      '(ct === Ct.established && !opens(0x2))',
    ],
    [
      'conntrack: its own resets pass by',
      'if (ct === Ct.invalid)\n            this',
      'if (false)\n            this',
    ],
    [
      'conntrack: its own resets are of the sender',
      "emitted.to === 'sender' ? Direction.c2s + Direction.s2c - direction : direction",
      'direction',
    ],
    [
      'conntrack: what is known is dropped under continue',
      'let outcome = Outcome.forward',
      "let outcome = this.#settings.exception === 'continue' ? Outcome.ctNewDrop : Outcome.forward",
    ],
    ['conntrack: both ends are told', 'resetTarget(settings.rejectTarget, segment.toServer)', "'both'"],
  ]),
  ...mutants('engine/conntrack/verdict.js', [
    [
      'conntrack: continue drops',
      "if (settings.exception === 'continue')\n        return Outcome.forward",
      "if (settings.exception === 'continue')\n        return Outcome.ctInvalidDrop",
    ],
    [
      'conntrack: a drop is told',
      "if (settings.exception === 'reject')",
      "if (settings.exception === 'reject' || settings.exception === 'drop')",
    ],
    ['conntrack: a reject is silent', "if (settings.exception === 'reject')", 'if (false)'],
    [
      'conntrack: what is invalid passes',
      'if (invalid && settings.dropsInvalid)',
      'if (invalid)\n        return Outcome.forward;\n    if (false)',
    ],
    [
      'conntrack: what is invalid is dropped whatever the policy',
      'if (invalid && settings.dropsInvalid)',
      'if (invalid)',
    ],
    [
      'conntrack: a rule about what is invalid is not heard',
      'if (invalid && settings.dropsInvalid)',
      'if (false)',
    ],
    ['conntrack: all is answered', 'if (outcome === Outcome.ctInvalidReject)', 'if (false)'],
  ]),
  ...within(
    'linux-netfilter/udp-icmp',
    mutants('engine/conntrack/pseudo.js', [
      [
        'conntrack: what is no TCP is dropped under continue',
        'if (kind === Kind.other)',
        "if (this.#settings.exception === 'continue' && batch.role[indexOf(cause)] !== Role.control)\n            return Outcome.ctInvalidDrop;\n        if (kind === Kind.other)",
      ],
      ['conntrack: an ICMP query makes no entry', 'role === IcmpRole.query', 'role === -1'],
      ['conntrack: no UDP is a stream', '? udpStream :', '? udp :'],
      [
        'conntrack: all answered UDP is a stream',
        'now > (table.times[(base >> 1) + STREAM_FROM] ?? 0)',
        'now > 0',
      ],
      ['conntrack: an ICMP answer needs no query', '|| (!asks && !known)', ''],
      [
        'conntrack: an ICMP query is awaited for ever',
        'now + this.#settings.icmp - 1',
        'now + this.#settings.icmp * 1000',
      ],
      [
        'conntrack: an ICMP query is awaited for a moment',
        'now + this.#settings.icmp - 1',
        'now + this.#settings.icmp / 1000',
      ],
      [
        'conntrack: an ICMP error is related to anything',
        'if (!isAlive(table, base, batch.time[index] ?? 0))',
        'if (false)',
      ],
      [
        'conntrack: an ICMP error is related to nothing',
        'if (!isAlive(table, base, batch.time[index] ?? 0))',
        'if (true)',
      ],
    ]),
  ),
  ...within(
    'linux-netfilter/',
    mutants('engine/conntrack/pseudo.js', [
      [
        'conntrack: UDP without entry is invalid',
        'if (isFresh) {',
        'if (isFresh && udp && batch.role[index] !== Role.control)\n            return this.#except(batch, cause, host);\n        if (isFresh) {',
      ],
    ]),
  ),
]
