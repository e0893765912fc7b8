import type { Facts, Knobs } from './knobs.ts'

const GUIDE = 'AWS Gateway Load Balancer guide'

/** The load balancer of AWS, in front of any system: the defaults of a setup. */
export const gatewayLoadBalancer = {
  lbPlacement: {
    value: 'first',
    mark: 'INF',
    source: 'the hash is unpublished; the first host in service keeps a case readable',
  },
  lbTcpIdle: { value: 350, mark: 'DOC', source: `${GUIDE}, listener attribute tcp.idle_timeout.seconds` },
  lbOtherIdle: { value: 120, mark: 'DOC', source: `${GUIDE}, gateway load balancers: fixed for UDP` },
  lbNonSynMiss: {
    value: 'forward',
    mark: 'SEED',
    source: 'AWS load balancing blog: a new flow; the guide says dropped, and since 2026 a reset may be sent',
  },
  lbFailover: {
    value: 'rebalance',
    mark: 'SEED',
    source:
      'session state replication and VM-Series session resiliency need it; the target group default is no_rebalance',
  },
  lbResetOn: { value: [], mark: 'DOC', source: `${GUIDE}, send_tcp_reset attributes are false by default` },
  lbStickiness: {
    value: '5-tuple',
    mark: 'DOC',
    source: `${GUIDE}, target group attribute stickiness.enabled: false by default`,
  },
  lbDeregistrationDelay: {
    value: 300,
    mark: 'DOC',
    source: `${GUIDE}, deregistration_delay.timeout_seconds`,
  },
  lbHealthInterval: { value: 10, mark: 'DOC', source: `${GUIDE}, health checks` },
  lbUnhealthyThreshold: { value: 2, mark: 'DOC', source: `${GUIDE}, health checks` },
  lbHealthyThreshold: { value: 5, mark: 'DOC', source: `${GUIDE}, health checks` },
  lbCrossZone: { value: false, mark: 'DOC', source: `${GUIDE}, cross-zone load balancing` },
  lbAllUnhealthy: {
    value: 'open',
    mark: 'DOC',
    source: 'Fortinet GWLB in AWS guide; the ELB FAQ says that packets are dropped',
  },
  lbHostTcpEstablished: {
    value: 432_000,
    mark: 'MEM',
    source: `EC2 connection tracking, TcpEstablishedTimeout; on Nitro v6 and later 350 (${GUIDE}, update idle timeout)`,
  },
} as const satisfies Partial<Knobs>

/** Further facts. Sizes are checked only if a setup says so, because captures from hosts hold packets larger than any on the wire. */
export const gatewayLoadBalancerFacts: Facts['loadBalancer'] = {
  mtu: { value: 8500, mark: 'DOC', source: `${GUIDE}, gateway load balancers` },
  geneveOverhead: { value: 68, mark: 'DOC', source: `${GUIDE}, gateway load balancers` },
}
