import { mutants } from '../mutant.ts'

const SILENT =
  'packets.verdict[index] = 2;\n            return 253;\n        }\n        if (flow < 0)\n            return host;'

/** Sessions in a store. */
export const STORE = [
  ...mutants('sharing/store/model.js', [
    [
      'store: a session that was pulled is thrown away',
      'this.#tables.write(host, flow, session, now)',
      'false',
    ],
    [
      'store: a SYN is not looked up',
      'if (key === undefined)\n            return host;',
      'if (key === undefined || packets.flags[index] === 2)\n            return host;',
    ],
    [
      'store: only the first firewall writes',
      'const session = this.#tables.read(host, flow, now)',
      'const session = host === 0 ? this.#tables.read(host, flow, now) : undefined',
    ],
    ['store: changes are there at once', 'lag * NANOS_PER_SECOND', '0'],
    ['store: a firewall that crashed goes on to write', 'this.#behind.lose(event.host)', ''],
    [
      'store: a firewall that drains writes no more',
      "if (event.kind !== 'crash' && event.kind !== 'store')",
      "if (event.kind === 'drain')\n            this.#behind.lose(event.host);\n        if (event.kind !== 'crash' && event.kind !== 'store')",
    ],
    ['store: answers are waited for however long', 'latency <= timeout', 'true'],
    ['store: an answer at the time-out is too late', 'latency <= timeout', 'latency < timeout'],
    ['store: outages are not noticed', 'this.#state = event.state', ''],
    [
      'store: an outage never ends',
      'this.#state = event.state',
      "if (event.state !== 'up')\n                this.#state = event.state",
    ],
    [
      'store: a firewall whose store does not answer forwards nothing',
      'if (flow < 0)\n            return host;',
      `if (!STATES[this.#state].answers) {\n            ${SILENT}`,
    ],
    [
      'store: a firewall whose store takes nothing forwards nothing',
      'if (flow < 0)\n            return host;',
      `if (!STATES[this.#state].takes) {\n            ${SILENT}`,
    ],
    ['store: sessions of one case are there in the next', 'if (this.#written)', 'if (false)'],
  ]),
  ...mutants('sharing/store/outage.js', [
    ['store: answers while it is down', 'down: { answers: false', 'down: { answers: true'],
    [
      'store: takes while it is down',
      'down: { answers: false, takes: false',
      'down: { answers: false, takes: true',
    ],
    ['store: answers in time while it is slow', 'slow: { answers: false', 'slow: { answers: true'],
    [
      'store: takes nothing while it is slow',
      'slow: { answers: false, takes: true',
      'slow: { answers: false, takes: false',
    ],
    ['store: answers nothing while it is full', 'full: { answers: true', 'full: { answers: false'],
    [
      'store: takes while it is full',
      'full: { answers: true, takes: false',
      'full: { answers: true, takes: true',
    ],
    ['store: answers without a password', 'unauthorised: { answers: false', 'unauthorised: { answers: true'],
    [
      'store: takes without a password',
      'unauthorised: { answers: false, takes: false',
      'unauthorised: { answers: false, takes: true',
    ],
  ]),
  ...mutants('sharing/store/key.js', [
    ['store: each direction has a key of its own', 'fromClient ? ports : swapPorts(ports)', 'ports'],
    [
      'store: only TCP is written and pulled',
      'if (kind === Kind.fragment4 || kind === Kind.fragment6)',
      'if (kind !== Kind.tcp4 && kind !== Kind.tcp6)\n        return undefined;\n    if (kind === Kind.fragment4 || kind === Kind.fragment6)',
    ],
  ]),
  ...mutants('engine/shared-sessions.js', [
    [
      'a session that is pulled begins its time-out anew',
      'table.take(base, words);',
      'table.take(base, words);\n        table.see(base, at);',
    ],
    [
      'a session that is pulled is believed whatever the profile',
      'liberal ?? this.#settings.importLiberal',
      'true',
    ],
    ['a session that is pulled is never believed', 'liberal ?? this.#settings.importLiberal', 'false'],
    ['a packet that opened nothing counts as a session', '(head & STATE_MASK) !== State.bare ||', 'true ||'],
  ]),
]
