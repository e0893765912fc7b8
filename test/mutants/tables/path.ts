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
    [
      'a changed time-out holds for all entries',
      'this.#entries.keepLimits(this.#tcpIdle, this.#otherIdle)',
      'void 0',
    ],
    ['a changed time-out is not heard', 'this.#tcpIdle = event.tcpIdle * NANOS_PER_SECOND', 'void 0'],
    [
      'a full table takes new flows',
      'this.#room.isFull(entries, now, this.#tcpIdle, this.#otherIdle)',
      'false',
    ],
    ['a full table forgets what it holds', 'this.#room.fill(', 'this.#entries.reset(), this.#room.fill('],
    [
      'flows of others never go',
      'at + (event.lasts ?? Number.POSITIVE_INFINITY)',
      'Number.POSITIVE_INFINITY',
    ],
    ['the balancer takes packets of any size', 'ipLength(packets, index) > this.#mtu', 'false'],
    [
      'every connection is a flow of its own',
      "this.#groups = stickiness === '5-tuple' ? undefined",
      'this.#groups = true ? undefined',
    ],
  ]),
  ...mutants('path/counts.js', [
    ['refused flows are not counted', 'this.#refused++', 'void 0'],
    ['refused flows of TCP are not counted apart', 'if (tcp)', 'if (false)'],
    ['new flows are not counted', 'NewFlowCount: this.opened', 'NewFlowCount: 0'],
    ['all hosts count as healthy', 'HealthyHostCount: healthy,', 'HealthyHostCount: healthy + unhealthy,'],
  ]),
  ...mutants('path/flow-entries.js', [
    ['a refused flow counts whenever it tries', '(before & REFUSED) === 0', 'true'],
    ['entries that were idle for too long take room', 'if (now > until)', 'if (now < until)'],
  ]),
  ...mutants('path/health.js', [
    ['a failure is noticed at once', 'at + until', 'failing ? at : at + until'],
    ['a failure is never noticed', 'at + until', 'failing ? Infinity : at + until'],
    ['a failure is noticed an interval late', 'at + until', 'at + until * 1.5'],
    ['a host that is back is healthy at once', 'at + until', 'failing ? at + until : at'],
    ['a host that was away for a moment was unhealthy', 'known ?', 'known && failing ?'],
  ]),
  ...mutants('path/placement.js', [
    ['deregistration has no delay', 'outage ? at + this.#delay : SETTLED', 'SETTLED'],
    ['deregistration never ends', 'now >= (this.#drained[host] ?? 0)', 'false'],
    ['a flush moves nothing', 'this.#drained.fill(SETTLED)', 'void 0'],
    ['a host that is deregistered gets new flows', '|| this.#draining[host] === 1', '|| false'],
    ['a host that is back stays deregistered', 'this.#draining[back] = 0', 'void 0'],
    ['zones are not heard', 'this.#reachable?.[host] === false', 'false'],
    ['no flow crosses zones', 'zones === undefined || zones.crossZone', 'zones === undefined'],
    ['the balancer fails closed', "loadBalancer.allUnhealthy !== 'closed'", 'false'],
    ['the balancer fails open', "loadBalancer.allUnhealthy !== 'closed'", 'true'],
  ]),
  ...mutants('path/delivery.js', [
    ['packets to a crashed host arrive', 'if (this.#placement.isDead(host))', 'if (false)'],
    [
      'the balancer knows at once what is lost on the way',
      'if (this.#placement.isHealthy(host, packets.time[index] ?? 0))',
      'if (false)',
    ],
    ['packets of any size come to a host', 'ipLength(packets, index) > this.#most', 'false'],
    ['GENEVE takes no room', 'hostMtu - GENEVE_OVERHEAD', 'hostMtu'],
    ['GENEVE takes twice its room', 'hostMtu - GENEVE_OVERHEAD', 'hostMtu - 2 * GENEVE_OVERHEAD'],
    [
      "hosts' interfaces never forget",
      'this.#interfaces?.admits(packets, index, place, host) === false',
      'false',
    ],
  ]),
  ...mutants('path/host-interfaces.js', [
    ["hosts' interfaces forget UDP and ICMP too", 'if (!isTcpFlow(packets, index))', 'if (false)'],
    ["hosts' interfaces do not hear a SYN", '!opens &&', ''],
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
]
