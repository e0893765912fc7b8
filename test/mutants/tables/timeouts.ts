import { mutants } from '../mutant.ts'

export const TIMEOUTS = mutants('engine/expiry.js', [
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
