import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'

const CONNECTIONS = 'Cisco ASA firewall CLI guide, connection settings'
const NOT_SYN = 'Cisco ASP drop reason tcp-not-syn, first TCP packet not SYN'
const ASP = 'Cisco ASP drop reasons tcp-seq-past-win, tcp-rstfin-ooo, tcp-rst-syn-in-win'
const SILENT = 'the documentation does not say; pf.c does it so'
const NO_CONNECTION = 'Cisco ASA keeps no connection for what it drops'

/** Cisco ASA, and the LINA engine of Secure Firewall, as a single unit. */
export const ciscoAsa: Profile = {
  name: 'cisco-asa',
  product: 'cisco-asa',
  title: 'Cisco ASA / Secure Firewall, single unit',
  knobs: {
    ...notSuricata,
    policies: {
      value: ['drop', 'continue', 'reject'],
      mark: 'DOC',
      source:
        'Cisco 111986: TCP state bypass (continue); service resetinbound and resetoutbound (reject, from memory)',
    },
    missScope: { value: 'packet', mark: 'INF', source: NOT_SYN },
    rstOnMiss: { value: 'policy', mark: 'MEM', source: `${NOT_SYN}; syslog 106015` },
    finOnMiss: { value: 'policyThenRules', mark: 'MEM', source: `${NOT_SYN}; syslog 106015` },
    flaglessOnMiss: { value: 'policy', mark: 'MEM', source: NOT_SYN },
    missAfterExpiry: { value: 'policy', mark: 'MEM', source: NOT_SYN },
    continueMode: {
      value: 'pickup',
      mark: 'DOC',
      source: 'Cisco 111986, TCP state bypass: a packet other than a SYN makes a connection, as UDP would',
    },
    rejectTarget: { value: 'source', mark: 'MEM', source: 'service resetinbound, resetoutbound' },
    rstStyle: { value: 'rfc', mark: 'INF', source: 'the documentation does not say; RFC 9293 does' },
    resetOnExpiry: { value: 'none', mark: 'DOC', source: `${CONNECTIONS}: timeout idle … reset is optional` },
    tracker: { value: 'windows', mark: 'INF', source: `${ASP}; the arithmetic as pf.c` },
    windowCheck: { value: 'strict', mark: 'MEM', source: ASP },
    ackWindow: { value: 67_035, mark: 'INF', source: SILENT },
    rstValidation: { value: 'exact', mark: 'MEM', source: ASP },
    synReuseOnNullSession: { value: true, mark: 'INF', source: NO_CONNECTION },
    synOnLiveSession: { value: 'drop', mark: 'MEM', source: ASP },
    synOnClosedSession: {
      value: 'open',
      mark: 'INF',
      source: 'the connection is gone once both sides have closed',
    },
    tcpNew: { value: 30, mark: 'DOC', source: `${CONNECTIONS}: embryonic` },
    tcpSynReceived: { value: 30, mark: 'DOC', source: `${CONNECTIONS}: embryonic` },
    tcpEstablished: { value: 3600, mark: 'DOC', source: `${CONNECTIONS}: idle` },
    tcpHalfClosed: { value: 600, mark: 'DOC', source: `${CONNECTIONS}: half-closed` },
    tcpLastAck: { value: 60, mark: 'DOC', source: `${CONNECTIONS}: freed about 60 s after a normal close` },
    tcpTimeWait: { value: 60, mark: 'DOC', source: `${CONNECTIONS}: freed about 60 s after a normal close` },
    tcpClosed: { value: 0, mark: 'MEM', source: 'a reset removes the connection' },
    tcpUnverifiedReset: { value: 60, mark: 'INF', source: 'not looked at: resets are exact' },
    udpNew: { value: 120, mark: 'DOC', source: `${CONNECTIONS}: udp` },
    udpEstablished: { value: 120, mark: 'DOC', source: `${CONNECTIONS}: udp` },
    icmpNew: { value: 2, mark: 'DOC', source: `${CONNECTIONS}: icmp` },
    icmpEstablished: { value: 2, mark: 'DOC', source: `${CONNECTIONS}: icmp` },
    other: {
      value: 120,
      mark: 'INF',
      source: 'the documentation does not say; it is taken to be as for UDP',
    },
    otherEstablished: {
      value: 120,
      mark: 'INF',
      source: 'the documentation does not say; it is taken to be as for UDP',
    },
    discardTcp: { value: 'state', mark: 'INF', source: NO_CONNECTION },
    discardUdp: { value: 'state', mark: 'INF', source: NO_CONNECTION },
    discardOther: { value: 'state', mark: 'INF', source: NO_CONNECTION },
    expiry: {
      value: 'continuous',
      mark: 'INF',
      source: 'the documentation says nothing about the clock',
    },
    dropMarkRefreshesIdle: { value: true, mark: 'INF', source: NO_CONNECTION },
    dropMarkReplicated: { value: false, mark: 'INF', source: NO_CONNECTION },
    importLiberal: {
      value: true,
      mark: 'INF',
      source: 'the documentation says nothing about windows of a stand-by connection',
    },
    passScope: {
      value: 'flow',
      mark: 'MEM',
      source: 'access lists are asked for the first packet of a connection',
    },
    rejectNonTcp: { value: 'drop', mark: 'INF', source: 'documentation speaks of resets only' },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'set connection timeout idle … reset',
      knobs: { resetOnExpiry: 'both' },
      mark: 'DOC',
      source: CONNECTIONS,
    },
    {
      name: 'set connection advanced-options tcp-state-bypass',
      policy: 'continue',
      knobs: { windowCheck: 'liberal', rstValidation: 'window' },
      mark: 'DOC',
      source: 'Cisco 111986: checks and inspection are off',
    },
    {
      name: 'service resetinbound / resetoutbound',
      policy: 'reject',
      knobs: {},
      mark: 'MEM',
      source: 'Cisco ASA command reference, service',
    },
  ],
  facts: {
    sharing: {
      randomSequenceNumber: {
        value: true,
        mark: 'DOC',
        source: 'Cisco ASA CLI guide: random-sequence-number',
      },
      replicatesHttp: { value: false, mark: 'DOC', source: 'Cisco ASA 5500 CLI guide: replication http' },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
