import { ciscoAsa } from './cisco.ts'
import { gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Facts, Profile } from './knobs.ts'

const GUIDE = 'cdFMC guide, clustering for threat defense virtual in a public cloud'

/** The settings of sharing `cluster`: the defaults of its keys, by name, then those that no key changes. */
export const clusterModel = {
  redirect: {
    value: 'on',
    mark: 'DOC',
    source: 'cdFMC guide, new connection ownership; for some releases on AWS its other version says off',
  },
  'stateful-failover': {
    value: 'on',
    mark: 'DOC',
    source:
      'cdFMC guide, connection roles, and target failover with GWLB; its guidelines say that AWS has no stateful target failover',
  },
  delay: {
    value: 0,
    mark: 'MEM',
    source: 'ASA cluster replication delay: none unless configured, 5 s being typical for HTTP',
  },
  rtt: { value: 0, mark: 'INF', source: 'an ideal link' },
  'random-sequence-number': {
    value: 'on',
    mark: 'DOC',
    source: 'Cisco ASA CLI guide: random-sequence-number; without it there is no SYN cookie (MEM)',
  },
  decrypts: { value: 'none', mark: 'INF', source: 'TLS decryption is a policy of its own' },
  'link-mtu': { value: 'any', mark: 'INF', source: 'captures of hosts hold packets that no wire carried' },
  'geneve-mtu': { value: 'any', mark: 'INF', source: 'captures of hosts hold packets that no wire carried' },
  linkOverhead: { value: 154, mark: 'DOC', source: `${GUIDE}: 100 bytes of the cluster, 54 of VXLAN` },
  geneveOverhead: { value: 306, mark: 'DOC', source: `${GUIDE}: MTU of the GENEVE source interface on AWS` },
  fewestNodes: { value: 2, mark: 'INF', source: 'a director or backup owner is another node than the owner' },
  mostNodes: { value: 16, mark: 'DOC', source: GUIDE },
  rttBelowMs: {
    value: 20,
    mark: 'DOC',
    source: 'cdFMC guide, cluster control link reliability: less than that',
  },
  synAckBeforeOwner: {
    value: 'dropped, and a reset to the server',
    mark: 'DOC',
    source: 'Cisco 225716: SYN-ACK at a director that has not heard of the owner yet',
  },
} as const satisfies Facts['sharing']

/** The same units as a cluster. */
export const ciscoCluster: Profile = {
  ...ciscoAsa,
  name: 'cisco-cluster',
  product: 'cisco-cluster',
  title: 'Cisco ASA / Secure Firewall, cluster',
  facts: {
    sharing: {
      healthHoldSec: { value: 3, mark: 'DOC', source: 'cdFMC guide, health check' },
    },
    sharingModel: clusterModel,
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
