import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'

const ENGINE = 'AWS does not say; Suricata 7.0.10, the engine inside, does it so'
const TIMEOUTS = 'AWS does not say; the suricata.yaml of Suricata 7 does'

/** AWS Network Firewall: what its documentation says, and Suricata 7 where it is silent. */
export const awsNfw: Profile = {
  name: 'aws-nfw',
  product: 'aws-nfw',
  title: 'AWS Network Firewall',
  knobs: {
    policies: {
      value: ['drop', 'reject', 'continue'],
      mark: 'DOC',
      source:
        'developer guide, stream exception policy: DROP by default (next generation: REJECT, no CONTINUE)',
    },
    missScope: {
      value: 'flow',
      mark: 'DOC',
      source:
        'developer guide, stream exception policy: further packets of a rejected connection are dropped',
    },
    rstOnMiss: { value: 'streamError', mark: 'SRC', source: ENGINE },
    finOnMiss: { value: 'policyThenStreamError', mark: 'SRC', source: ENGINE },
    flaglessOnMiss: { value: 'rules', mark: 'SRC', source: ENGINE },
    missAfterExpiry: {
      value: 'policy',
      mark: 'INF',
      source:
        'API reference, FlowTimeouts: data is dropped; the guide recommends REJECT for flows that expire',
    },
    continueMode: {
      value: 'untracked',
      mark: 'INF',
      source:
        'developer guide, stream exception policy: only flow:stateless rules and drop_strict match after it',
    },
    asyncOneside: {
      value: false,
      mark: 'INF',
      source: 'developer guide: one side of a connection alone meets the stream exception policy',
    },
    dropInvalid: { value: true, mark: 'SRC', source: ENGINE },
    rejectTarget: {
      value: 'source',
      mark: 'SRC',
      source: 'documentation disagrees (client; sender and receiver); Suricata 7.0.10 resets the sender',
    },
    rstStyle: { value: 'suricata', mark: 'SRC', source: ENGINE },
    otherEstablished: { value: 300, mark: 'SRC', source: TIMEOUTS },
    otherFlows: { value: 'few', mark: 'SRC', source: ENGINE },
    tunnels: {
      value: 'outer',
      mark: 'INF',
      source:
        'AWS does not say; a capture from behind its load balancer shows the tunnel, which the engine never sees',
    },
    ipv4InIpv4: { value: false, mark: 'SRC', source: ENGINE },
    carrier: {
      value: 'stripped',
      mark: 'INF',
      source: 'the load balancer puts packets into GENEVE towards its targets and takes them out again',
    },
    rejectRebuilt: { value: false, mark: 'SRC', source: ENGINE },
    fragmentOverlap: { value: 'bsd', mark: 'SRC', source: ENGINE },
    fragmentTimeout4: { value: 60, mark: 'SRC', source: ENGINE },
    fragmentTimeout6: { value: 60, mark: 'SRC', source: ENGINE },
    fragmentTimer: { value: 'last', mark: 'SRC', source: ENGINE },
    fragmentBothWays: { value: true, mark: 'SRC', source: ENGINE },
    resetOnExpiry: { value: 'none', mark: 'SRC', source: ENGINE },
    tracker: { value: 'suricata', mark: 'SRC', source: ENGINE },
    windowCheck: { value: 'eventOnly', mark: 'RUN', source: ENGINE },
    ackWindow: { value: 66_000, mark: 'INF', source: 'not looked at by tracker suricata' },
    rstValidation: { value: 'exact', mark: 'SRC', source: ENGINE },
    synReuseOnNullSession: {
      value: true,
      mark: 'DOC',
      source: 'developer guide, stream exception policy: reject lets the client reconnect at once',
    },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: ENGINE },
    synOnClosedSession: { value: 'open', mark: 'SRC', source: ENGINE },
    tcpNew: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpSynReceived: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpEstablished: { value: 350, mark: 'DOC', source: 'API reference, FlowTimeouts' },
    tcpHalfClosed: { value: 'established', mark: 'SRC', source: ENGINE },
    tcpLastAck: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpTimeWait: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpClosed: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpUnverifiedReset: { value: 60, mark: 'INF', source: 'not looked at: resets are exact' },
    udpNew: { value: 30, mark: 'SRC', source: TIMEOUTS },
    udpEstablished: { value: 300, mark: 'SRC', source: TIMEOUTS },
    icmpNew: { value: 30, mark: 'SRC', source: TIMEOUTS },
    icmpEstablished: { value: 300, mark: 'SRC', source: TIMEOUTS },
    other: { value: 30, mark: 'SRC', source: TIMEOUTS },
    discardTcp: { value: 'state', mark: 'SRC', source: ENGINE },
    discardUdp: { value: 'state', mark: 'SRC', source: ENGINE },
    discardOther: { value: 'state', mark: 'SRC', source: ENGINE },
    expiry: { value: 'integerSecondStrict', mark: 'RUN', source: ENGINE },
    dropMarkRefreshesIdle: { value: true, mark: 'SRC', source: ENGINE },
    dropMarkReplicated: {
      value: true,
      mark: 'INF',
      source: 'AWS does not say; a mark is part of the flow state',
    },
    importLiberal: {
      value: true,
      mark: 'INF',
      source: 'AWS does not say; sessions advance between export and flush',
    },
    appStateReplicated: {
      value: true,
      mark: 'INF',
      source:
        'AWS session state replication keeps the correct flow state; whether that includes protocols is not said',
    },
    dropBesideReject: {
      value: 'first',
      mark: 'DOC',
      source: 'developer guide, Suricata rule evaluation order: action order, drop before reject',
    },
    passScope: {
      value: 'flow',
      mark: 'DOC',
      source: 'developer guide, Suricata rule evaluation order: pass ends the inspection of the flow',
    },
    onTimeoutChange: {
      value: 'exception',
      mark: 'DOC',
      source:
        'API reference, FlowTimeouts: existing connections are treated by the stream exception policy; older text: they are not impacted',
    },
    maxFlows: {
      value: 439_268,
      mark: 'INF',
      source: 'AWS does not say; Suricata 7.0.10 with its suricata.yaml has room for so many',
    },
    onTableFull: { value: 'evictOldest', mark: 'SRC', source: ENGINE },
    rejectNonTcp: {
      value: 'drop',
      mark: 'DOC',
      source: 'API reference, StatefulRule: REJECT is for TCP only',
    },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'documentation: reset to the client',
      policy: 'reject',
      knobs: { rejectTarget: 'client' },
      mark: 'DOC',
      source: 'developer guide, stream exception policy',
    },
    {
      name: 'announcement: reset to sender and receiver',
      policy: 'reject',
      knobs: { rejectTarget: 'both' },
      mark: 'DOC',
      source: "what's new, 2023-05-04",
    },
    {
      name: 'documentation: data after an idle time-out is dropped',
      knobs: { missAfterExpiry: 'drop' },
      mark: 'DOC',
      source: 'API reference, FlowTimeouts',
    },
    {
      name: 'documentation: continue applies rules, to FIN too',
      policy: 'continue',
      knobs: { finOnMiss: 'policyThenRules' },
      mark: 'DOC',
      source: 'developer guide, stream exception policy',
    },
  ],
  facts: {
    sharing: {
      replication: {
        value: 'snapshot at drain',
        mark: 'SEED',
        source: 'session state replication, December 2024; on by default, no setting',
      },
      replicatesOnCrash: {
        value: false,
        mark: 'INF',
        source: 'AWS says nothing about unplanned loss',
      },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
