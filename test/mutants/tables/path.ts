import { mutants } from '../mutant.ts'

export const PATH = [
  ...mutants('path/load-balancer.js', [
    [
      'the balancer forgets TCP after 10 s more',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND',
      '(topology.loadBalancer.tcpIdle + 10) * NANOS_PER_SECOND',
    ],
    [
      'the balancer forgets TCP at its time-out',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND',
      'topology.loadBalancer.tcpIdle * NANOS_PER_SECOND - 1',
    ],
    [
      'the balancer forgets UDP after 10 s more',
      'topology.loadBalancer.otherIdle * NANOS_PER_SECOND',
      '(topology.loadBalancer.otherIdle + 10) * NANOS_PER_SECOND',
    ],
    ['the balancer forwards what it does not know', 'topology.loadBalancer.nonSynMiss', "'forward'"],
    [
      'the balancer never resets on idle',
      "topology.loadBalancer.resetOn.idle ? 'reset' :",
      "false ? 'reset' :",
    ],
    [
      'the balancer always rebalances',
      "if (failover === 'no_rebalance' ||",
      "if (failover === 'rebalance' &&",
    ],
    ['the balancer never rebalances', "if (failover === 'no_rebalance' ||", 'if (true ||'],
    [
      'the balancer mixes up its resets',
      '? resetOn.deregistration : resetOn.unhealthy',
      '? resetOn.unhealthy : resetOn.deregistration',
    ],
    ['an entry survives its reset', 'entries.remove(place)', 'void 0'],
    ['paths do not return', 'this.#entries.returnAll()', 'void 0'],
    ['a drained host stays in service', 'this.#placement.leave(host, event.kind,', 'void (host, event.kind,'],
  ]),
  ...mutants('path/delivery.js', [
    ['packets to a crashed host arrive', 'if (this.#placement.isDead(host))', 'if (false)'],
  ]),
  ...mutants('path/packet.js', [
    ['the balancer takes UDP for TCP midstream', 'return tcp && ((flags', 'return ((flags'],
  ]),
  ...mutants('path/placement.js', [
    [
      'flows go to the last host in service',
      'if (!this.byHash)\n                return host',
      'if (!this.byHash) {\n                best = host;\n                continue;\n            }',
    ],
  ]),
  ...mutants('path/steering.js', [
    ['a steer holds for both directions', 'steer.direction === BOTH ||', 'true ||'],
    ['steers are not heard', 'return this.#steers.length > 0', 'return false'],
  ]),
  ...mutants('sharing/replication.js', [
    ['a crash replicates too', "event.kind !== 'drain'", "event.kind !== 'drain' && event.kind !== 'crash'"],
    ['a drain replicates nothing', "event.kind !== 'drain'", 'true'],
  ]),
]
