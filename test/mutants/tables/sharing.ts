import { mutants } from '../mutant.ts'

/** How AWS replicates, and what is configured anew or filled while flows go on. */
export const REPLICATION = [
  ...mutants('sharing/replication/replication.js', [
    [
      'a crash replicates too',
      "event.kind === 'crash')\n            this.#updates.lose(event.host)",
      "event.kind === 'crash') {\n            this.#export(event.host, at);\n            this.#replicate(event.host, at);\n        }",
    ],
    [
      'replicas arrive nowhere',
      'this.#tables.restore(other, exported, at, (flow) => this.#isLost(flow))',
      'void 0',
    ],
    ['nothing is exported', 'this.#exported.set(host, this.#tables.snapshot(host, at))', 'void 0'],
    ['no replica is lost', 'return this.#lost.has(flow) || this.#lost.has(-1)', 'return false'],
    [
      'one lost replica is all lost',
      'return this.#lost.has(flow) || this.#lost.has(-1)',
      'return this.#lost.has(-1)',
    ],
    [
      'the loss of all replicas is that of one',
      'return this.#lost.has(flow) || this.#lost.has(-1)',
      'return this.#lost.has(flow)',
    ],
    ['streamed changes arrive at once', 'const due = at + this.#lag', 'const due = at'],
    ['snapshots alone, in any mode', "mode === 'continuous'", 'false'],
  ]),
  ...mutants('engine/imported.js', [
    ['half a session is taken for a whole one', '=== State.synSent)', '=== State.closed)'],
    ['nothing is believed of a side that was not seen', '(!first && segment.has(Tcp.rst))', '!first'],
  ]),
  ...mutants('timeline/inject/host-swap.js', [
    ['a drain takes no time', 'const exported = drain * NANOS_PER_SECOND', 'const exported = 0'],
    ['the transfer takes no time', 'exported + transfer * NANOS_PER_SECOND', 'exported'],
    ['flows are flushed before they are replicated', 'after: flush ?? replicated', 'after: 0'],
  ]),
  ...mutants('engine/timeout-change.js', [
    [
      'a new time-out is not heard',
      'timeouts.set(idleTimeouts(this.#knobs, tcpIdle).subarray(0, KEPT))',
      'void 0',
    ],
    [
      'Linux: a new time-out is not heard',
      'settings.conntrack.timeouts[CtState.established] = tcpIdle * NANOS_PER_SECOND',
      'void 0',
    ],
    ['a new time-out marks sessions', 'table.end(base, at)', 'table.words[base] |= Flag.marked'],
    ['a session does not keep its time-out', 'table.words[base + EXTRA] = extra | KEPT', 'void 0'],
  ]),
  ...mutants('engine/room.js', [
    ['others never fill a table', 'this.#fullUntil = until', 'void until'],
    ['others fill a table for ever', 'this.#fullUntil = until', 'this.#fullUntil = Number.POSITIVE_INFINITY'],
  ]),
]
