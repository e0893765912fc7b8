import { mutants } from '../mutant.ts'

export const SYNC = [
  ...mutants('sharing/sync/told.js', [
    ['sync: nothing is told', "known === undefined || peerVersion === 'incompatible'", 'true'],
    ['sync: an incompatible peer understands', "|| peerVersion === 'incompatible'", ''],
    ['sync: half-open connections are always told of', 'halfOpen || stage', 'true || stage'],
    ['sync: half-open connections are never told of', 'halfOpen || stage', 'false || stage'],
    ['sync: HTTP is always told of', 'http || !known.http', 'true'],
    ['sync: HTTP is never told of', 'http || !known.http', '!known.http'],
    ['sync: what is not TCP is always told of', 'return connectionless', 'return true'],
    ['sync: what is not TCP is never told of', 'return connectionless', 'return false'],
    ['sync: sessions are told of whatever their age', 'known?.tcp === true ?', 'known?.tcp === 0 ?'],
  ]),
  ...mutants('sharing/sync/sync.js', [
    ['sync: updates take no time', 'settings.lag * NANOS_PER_SECOND', '0'],
    ['sync: updates never arrive', 'this.#deliver(packets.time[index] ?? 0)', 'void 0'],
    [
      'sync: what is on its way is lost in a planned change',
      'this.#deliver(Number.POSITIVE_INFINITY, at);\n                this.#takeOver',
      'this.#inFlight.clear();\n                this.#takeOver',
    ],
    [
      'sync: what is on its way survives a crash',
      'this.#inFlight.lose(event.host)',
      'this.#deliver(Number.POSITIVE_INFINITY, at)',
    ],
    ['sync: the standby takes packets', "this.#settings.mode === 'active-active' || host", 'true || host'],
    ['sync: one host is always active', "this.#settings.mode === 'active-active' || host", 'host'],
    ['sync: nobody takes over', 'if (this.#active === left)', 'if (this.#active === -1)'],
    ['sync: nobody gives back', 'this.#active = 0;\n                this.#commit', 'this.#commit'],
    ['sync: who takes over says nothing of what it has', '!events || !externalCache', 'true'],
    ['sync: ICMP queries are not told of', 'query !== undefined && connectionless', 'false'],
    ['sync: failed checks are nothing', "case 'unhealthy':", "case 'restored':"],
    ['sync: no first packet is held', 'this.#settings.defer &&', 'false &&'],
    [
      'sync: a first packet is held for as long as it takes',
      'Math.min(2 * this.#lag, MOST_DEFERRED)',
      '2 * this.#lag',
    ],
    ['sync: no update is lost', 'lose === 0 ||', 'true ||'],
    ['sync: lost updates are always sent again', "repair === 'resend'", 'true'],
    ['sync: lost updates are not told of again', "repair === 'refresh'", 'false'],
    [
      'sync: a host that is back is always told',
      '!this.#dead.delete(host) || !this.#settings.resync',
      '!this.#dead.delete(host)',
    ],
    [
      'sync: a host that is back is never told',
      '!this.#dead.delete(host) || !this.#settings.resync',
      'this.#dead.delete(host) || true',
    ],
    [
      'sync: expectations are always told of',
      'expected !== undefined && expectations',
      'expected !== undefined',
    ],
    ['sync: expectations are never told of', 'expected !== undefined && expectations', 'false'],
  ]),
  ...mutants('sharing/sync/receiver.js', [
    ['sync: the external cache is the table', 'this.#settings.externalCache && cache !== undefined', 'false'],
    ['sync: nothing is committed', 'of cache ?? []', 'of []'],
    [
      'sync: an older peer tells as much',
      "settings.peerVersion === 'older' ? 'none' : settings.windows",
      'settings.windows',
    ],
    ['sync: sessions are not merged', "'update' : 'merge'", "'update' : undefined"],
    ['sync: windows are told whole', '{ windows, held: changes', "{ windows: 'full', held: changes"],
    ['sync: what is committed ends when its time was up', 'least: LEAST', 'least: undefined'],
    ['sync: only the profile says what is believed', 'this.#settings.liberal, taking', 'undefined, taking'],
  ]),
  ...mutants('sharing/sync/news.js', [
    ['sync: every packet is news', "settings.updates === 'changes'", 'false'],
    [
      'sync: a packet of no session ends that of others',
      'const ended = this.#before !== 0 &&',
      'const ended =',
    ],
    [
      'sync: nobody is told of what ended by itself',
      'if (!this.#changes)\n            return NONE;',
      'return NONE;',
    ],
  ]),
  ...mutants('engine/conntrack/injected.js', [
    ['injected: windows of an entry that is updated stay checked', 'head | (toldHead & ~SCALES)', 'head'],
    ['injected: an update brings no state', 'withState(updated, state)', 'updated'],
    ['injected: Linux checks what it does not know', 'liberal ? kept |', 'false ? kept |'],
  ]),
  ...mutants('engine/windowless.js', [
    ['windowless: scales are known all the same', "if (windows === 'none')\n", 'if (false)\n'],
  ]),
  ...mutants('engine/shared-sessions.js', [
    [
      'sharing: what is written is always believed',
      'const believed = liberal ??',
      'const believed = true ??',
    ],
    [
      'sharing: what is written is never believed',
      'const believed = liberal ??',
      'const believed = false ??',
    ],
  ]),
  ...mutants('engine/merge.js', [
    [
      'merge: the state stays as it is',
      'further ? otherState : state);\n    for (const stream',
      'state);\n    for (const stream',
    ],
    ['merge: numbers stay as they are', 'if (value !== 0 &&', 'if (false &&'],
    [
      'merge: Linux keeps its state',
      'further ? otherState : state);\n    for (const direction',
      'state);\n    for (const direction',
    ],
  ]),
  ...mutants('engine/conntrack/stage.js', [
    ['conntrack: there is always a helper', 'this.#settings.ftpHelper &&', 'true &&'],
    ['conntrack: there is never a helper', 'this.#settings.ftpHelper &&', 'false &&'],
  ]),
  ...mutants('timeline/feedback.js', [
    ['snat: a server knows every source', "part === 'new source'", 'false'],
  ]),
  ...mutants('sharing/snat.js', [
    ['snat: answers come by any way', 'translator === undefined || translator === host', 'true'],
    ['snat: a reset about a new source goes to the old one', '=== packets.seq[index]', '=== undefined'],
    ['snat: the address of a lost host lives on', 'if (host === event.host)', 'if (false)'],
    [
      'snat: every packet is translated anew',
      'opens || known === undefined || !this.#connections.has(flow)',
      'true',
    ],
    [
      'snat: nothing is translated anew',
      'opens || known === undefined || !this.#connections.has(flow)',
      'known === undefined',
    ],
  ]),
]
