import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'

const STATE_NONE = 'Suricata 7.0.10 stream-tcp.c, packet without session'
const DEFRAG = 'Suricata 7.0.10 defrag.c, its defaults'
const STATES = 'Suricata 7.0.10 stream-tcp.c, session states'
const YAML = 'Suricata 7 suricata.yaml, flow-timeouts'
const FLOW = 'Suricata 7.0.10 flow.c'

/** Suricata 7 inline, stream.midstream off, stream.drop-invalid on, time-outs of its suricata.yaml. */
export const suricata7: Profile = {
  name: 'suricata-7',
  product: 'suricata',
  title: 'Suricata 7 (inline)',
  knobs: {
    policies: {
      value: ['drop', 'reject', 'continue'],
      mark: 'SRC',
      source: 'Suricata 7.0.10 util-exception-policy.c: drop-flow by default inline; reject; ignore',
    },
    missScope: { value: 'flow', mark: 'SRC', source: 'Suricata 7.0.10 util-exception-policy.c' },
    rstOnMiss: { value: 'streamError', mark: 'SRC', source: STATE_NONE },
    finOnMiss: { value: 'policyThenStreamError', mark: 'SRC', source: STATE_NONE },
    flaglessOnMiss: { value: 'rules', mark: 'SRC', source: STATE_NONE },
    missAfterExpiry: { value: 'policy', mark: 'SRC', source: 'Suricata 7.0.10 flow-hash.c, lazy eviction' },
    continueMode: {
      value: 'untracked',
      mark: 'SRC',
      source: 'Suricata user guide, exception policies: ignore with midstream off',
    },
    asyncOneside: { value: false, mark: 'SRC', source: 'Suricata 7 suricata.yaml, stream.async-oneside' },
    dropInvalid: {
      value: true,
      mark: 'SRC',
      source: 'Suricata 7.0.10 stream-tcp.c, on by default when inline',
    },
    rejectTarget: { value: 'source', mark: 'SRC', source: 'Suricata 7.0.10 util-exception-policy.c' },
    rstStyle: { value: 'suricata', mark: 'SRC', source: 'Suricata 7.0.10 respond-reject-libnet11.c' },
    otherEstablished: { value: 300, mark: 'SRC', source: YAML },
    otherFlows: { value: 'few', mark: 'SRC', source: 'Suricata 7.0.10 decode-*.c, calls of FlowSetupPacket' },
    tunnels: {
      value: 'inner',
      mark: 'RUN',
      source: 'Suricata 7.0.10: what is in a tunnel is a packet of its own',
    },
    ipv4InIpv4: { value: false, mark: 'SRC', source: 'Suricata 7.0.10 decode-ipv4.c' },
    carrier: { value: 'judged', mark: 'SRC', source: 'Suricata 7.0.10 decode.c, respond-reject.c' },
    rejectRebuilt: {
      value: false,
      mark: 'SRC',
      source: 'Suricata 7.0.10 respond-reject.c, decode.c: as packets in tunnels',
    },
    fragmentOverlap: { value: 'bsd', mark: 'SRC', source: DEFRAG },
    fragmentTimeout4: { value: 60, mark: 'SRC', source: DEFRAG },
    fragmentTimeout6: { value: 60, mark: 'SRC', source: DEFRAG },
    fragmentTimer: { value: 'last', mark: 'SRC', source: DEFRAG },
    fragmentBothWays: { value: true, mark: 'SRC', source: 'Suricata 7.0.10 defrag-hash.c' },
    resetOnExpiry: { value: 'none', mark: 'SRC', source: `${FLOW}: a flow is evicted in silence` },
    tracker: { value: 'suricata', mark: 'SRC', source: STATES },
    windowCheck: {
      value: 'eventOnly',
      mark: 'RUN',
      source: 'Suricata 7.0.10: data beyond the window forwarded',
    },
    ackWindow: { value: 66_000, mark: 'INF', source: 'not looked at by tracker suricata' },
    rstValidation: {
      value: 'exact',
      mark: 'SRC',
      source: 'Suricata 7.0.10 stream-tcp.c, default host policy BSD',
    },
    synReuseOnNullSession: { value: true, mark: 'RUN', source: 'Suricata 7.0.10 (6.0.11 and later)' },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: 'Suricata 7.0.10 stream-tcp.c, established' },
    synOnClosedSession: { value: 'open', mark: 'SRC', source: 'Suricata 7.0.10 flow-hash.c, session reuse' },
    tcpNew: { value: 60, mark: 'SRC', source: YAML },
    tcpSynReceived: { value: 60, mark: 'SRC', source: `${YAML}: new, as for a SYN` },
    tcpEstablished: { value: 600, mark: 'SRC', source: YAML },
    tcpHalfClosed: { value: 'established', mark: 'SRC', source: `${STATES}: flow stays established` },
    tcpLastAck: { value: 60, mark: 'SRC', source: `${YAML}: closed, from LAST_ACK on` },
    tcpTimeWait: { value: 60, mark: 'SRC', source: `${YAML}: closed` },
    tcpClosed: { value: 60, mark: 'SRC', source: YAML },
    tcpUnverifiedReset: { value: 60, mark: 'INF', source: 'not looked at: resets are exact' },
    udpNew: { value: 30, mark: 'SRC', source: YAML },
    udpEstablished: { value: 300, mark: 'SRC', source: YAML },
    icmpNew: { value: 30, mark: 'SRC', source: YAML },
    icmpEstablished: { value: 300, mark: 'SRC', source: YAML },
    other: { value: 30, mark: 'SRC', source: YAML },
    discardTcp: { value: 'state', mark: 'SRC', source: FLOW },
    discardUdp: { value: 'state', mark: 'SRC', source: FLOW },
    discardOther: { value: 'state', mark: 'SRC', source: FLOW },
    expiry: {
      value: 'integerSecondStrict',
      mark: 'RUN',
      source: 'Suricata 7.0.10: gap 60 alive, 61 expired',
    },
    dropMarkRefreshesIdle: { value: true, mark: 'SRC', source: FLOW },
    dropMarkReplicated: {
      value: true,
      mark: 'INF',
      source: 'Suricata does not replicate; a mark is part of the flow',
    },
    importLiberal: { value: true, mark: 'INF', source: 'as Linux conntrack does with sessions from a peer' },
    appStateReplicated: {
      value: false,
      mark: 'INF',
      source: 'Suricata 7.0.10 shares no sessions; what speaks for them from outside knows no protocols',
    },
    dropBesideReject: {
      value: 'reject',
      mark: 'RUN',
      source: 'Suricata 7.0.10, a drop and a reject rule of one packet',
    },
    passScope: { value: 'packet', mark: 'SRC', source: 'Suricata 7.0.10 detect-engine.c, packet rules' },
    onTimeoutChange: {
      value: 'refresh',
      mark: 'INF',
      source: 'Suricata 7.0.10 looks time-outs up when it needs them; it has no command that changes them',
    },
    maxFlows: {
      value: 439_268,
      mark: 'RUN',
      source:
        'measured of Suricata 7.0.10 by flowbreak learn: flow.memcap 128mb holds 65536 rows of 64 bytes, and flows of 296',
    },
    onTableFull: {
      value: 'evictOldest',
      mark: 'SRC',
      source:
        'Suricata 7.0.10 flow-hash.c: a used flow that had no packet lately, of a row by chance, else flow.memcap-policy',
    },
    rejectNonTcp: { value: 'icmp', mark: 'SRC', source: 'Suricata 7.0.10 respond-reject.c' },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'stream.midstream: true',
      policy: 'continue',
      knobs: { continueMode: 'pickup' },
      mark: 'SRC',
      source: STATE_NONE,
    },
  ],
  facts: { sharing: {}, loadBalancer: gatewayLoadBalancerFacts },
}
