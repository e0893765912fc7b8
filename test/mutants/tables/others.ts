import { mutants } from '../mutant.ts'

/** What other systems than Suricata do, and resets at expiry. */
export const OTHERS = [
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
