import { mutants } from '../mutant.ts'

/** Sharing `cluster`: who finds the owner, what outlives it, and what the link takes. */
export const CLUSTER = [
  ...mutants('sharing/cluster/cluster.js', [
    ['cluster: nobody redirects', 'return this.#redirect(packets, index, connection, node);', 'return node;'],
    [
      'cluster: the director decides',
      'return this.#redirect(packets, index, connection, node);',
      'return connection.director;',
    ],
    ['cluster: redirection is never off', 'if (!this.#sharing.redirect)', 'if (false)'],
    ['cluster: redirection is always off', 'if (!this.#sharing.redirect)', 'if (true)'],
    ['cluster: nothing is taken over', 'const taken = session !== undefined &&', 'const taken = false &&'],
    ['cluster: failover is never off', 'this.#sharing.statefulFailover ?', 'true ?'],
    ['cluster: cookies are not read', 'this.#sharing.randomSequenceNumber &&', 'false &&'],
    ['cluster: cookies are always read', 'this.#sharing.randomSequenceNumber &&', ''],
    ['cluster: the server is not reset', 'if (isDroppedSynAck(packets, index))', 'if (false)'],
    [
      'cluster: what was decrypted is taken over',
      'if (isTcpOfPort(packets, index, this.#sharing.decrypts))',
      'if (false)',
    ],
    [
      'cluster: everything is decrypted',
      'if (isTcpOfPort(packets, index, this.#sharing.decrypts))',
      'if (true)',
    ],
    ['cluster: a drained node has failed', "if (event.kind === 'crash')", "if (event.kind !== 'return')"],
    ['cluster: forwarders keep asking', '!connection.forwards(node) &&', ''],
    ['cluster: DNS is not relayed', 'const relayed = isShortLived', 'const relayed = false && isShortLived'],
    ['cluster: UDP waits for the delay', 'isTcp(packets, index));', 'true);'],
    [
      'cluster: fragments are put together where they come in',
      'this.#sharing.redirect ? this.#nodes',
      'false ? this.#nodes',
    ],
    [
      'cluster: a connection of nobody is dropped',
      'if (connection === undefined || connection.owner === node)',
      'if (connection === undefined)\n            return dropElsewhere(packets, index);\n        if (connection.owner === node)',
    ],
  ]),
  ...mutants('sharing/cluster/roles.js', [
    ['cluster: no replication delay', 'Math.max(now, connection.opened + this.#delay)', 'now'],
    ['cluster: the director hears at once', 'this.#sentAt(connection, now) + this.#latency', 'now'],
    ['cluster: the backup owner hears at once', 'sent + this.#latency, session', 'sent, session'],
    [
      'cluster: the backup owner hears too late',
      'sent + this.#latency, session',
      'sent + 100 * this.#latency, session',
    ],
    ['cluster: questions take no time', 'asking === node ? now : now + this.#latency', 'now'],
    [
      'cluster: a director that failed stays',
      'if (connection.director !== node && connection.backup !== node)',
      'if (true)',
    ],
    [
      'cluster: a new owner tells nobody',
      'connection.known = now;\n        this.#choose(connection);',
      'connection.backup = -1;',
    ],
    [
      'cluster: a failed backup owner still answers',
      'return connection.backup !== node && connection.backup >= 0',
      'return true',
    ],
  ]),
  ...mutants('sharing/cluster/link.js', [
    ['cluster: the link has no headers', 'linkMtu - LINK_HEADERS - inside', 'linkMtu - inside'],
    [
      'cluster: one byte less on the link',
      'linkMtu - LINK_HEADERS - inside',
      'linkMtu - LINK_HEADERS - inside - 1',
    ],
    ['cluster: GENEVE has no headers', 'geneveMtu - GENEVE_HEADERS', 'geneveMtu'],
    ['cluster: one byte less in GENEVE', 'geneveMtu - GENEVE_HEADERS', 'geneveMtu - GENEVE_HEADERS - 1'],
    ['cluster: no GENEVE on the link', 'geneveMtu === undefined ? 0 : GENEVE_HEADERS', '0'],
    [
      'cluster: the link is in front of every node',
      'return this.#mostToNode === Infinity || ipLength(packets, index) <= this.#mostToNode',
      'return ipLength(packets, index) <= this.#mostBetween',
    ],
  ]),
]
