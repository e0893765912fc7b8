import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'

const SYN_CHECK = 'Junos tcp-session no-syn-check: SYN check is on by default'
const SESSIONS = 'Junos flow-based sessions'
const SILENT = 'the documentation does not say'
const NO_SESSION = 'what is dropped makes no session'

/** Juniper SRX. */
export const juniperSrx: Profile = {
  name: 'juniper-srx',
  product: 'junos',
  title: 'Juniper SRX',
  knobs: {
    ...notSuricata,
    policies: { value: ['drop', 'continue'], mark: 'DOC', source: SYN_CHECK },
    missScope: { value: 'packet', mark: 'DOC', source: SYN_CHECK },
    rstOnMiss: { value: 'policy', mark: 'DOC', source: SYN_CHECK },
    finOnMiss: { value: 'policyThenRules', mark: 'DOC', source: SYN_CHECK },
    flaglessOnMiss: { value: 'policy', mark: 'DOC', source: SYN_CHECK },
    missAfterExpiry: { value: 'policy', mark: 'DOC', source: SYN_CHECK },
    continueMode: { value: 'pickup', mark: 'DOC', source: 'Junos tcp-session no-syn-check' },
    rejectTarget: { value: 'source', mark: 'INF', source: 'policy reject is not offered' },
    rstStyle: { value: 'rfc', mark: 'INF', source: `${SILENT}; RFC 9293` },
    resetOnExpiry: {
      value: 'none',
      mark: 'INF',
      source: `${SESSIONS}: sessions are freed, no reset is spoken of`,
    },
    tracker: { value: 'windows', mark: 'INF', source: `${SILENT}; as pf.c` },
    windowCheck: {
      value: 'strict',
      mark: 'DOC',
      source: 'Junos tcp-session no-sequence-check: on by default',
    },
    ackWindow: { value: 67_035, mark: 'INF', source: `${SILENT}; as pf.c` },
    rstValidation: { value: 'window', mark: 'INF', source: `${SILENT} about more than the sequence check` },
    synReuseOnNullSession: { value: true, mark: 'DOC', source: NO_SESSION },
    synOnLiveSession: { value: 'drop', mark: 'INF', source: SILENT },
    synOnClosedSession: { value: 'open', mark: 'INF', source: SILENT },
    tcpNew: { value: 20, mark: 'MEM', source: 'Junos tcp-session tcp-initial-timeout' },
    tcpSynReceived: { value: 20, mark: 'MEM', source: 'Junos tcp-session tcp-initial-timeout' },
    tcpEstablished: { value: 1800, mark: 'DOC', source: `${SESSIONS}: TCP` },
    tcpHalfClosed: {
      value: 'established',
      mark: 'DOC',
      source: 'Junos apply-to-half-close-state, off by default',
    },
    tcpLastAck: { value: 150, mark: 'DOC', source: 'Junos tcp-session time-wait-state: after both FINs' },
    tcpTimeWait: { value: 150, mark: 'DOC', source: 'Junos tcp-session time-wait-state' },
    tcpClosed: { value: 150, mark: 'INF', source: 'Junos rst-invalidate-session is off by default' },
    tcpUnverifiedReset: { value: 150, mark: 'INF', source: 'not looked at: any RST in the window counts' },
    udpNew: { value: 60, mark: 'DOC', source: `${SESSIONS}: UDP` },
    udpEstablished: { value: 60, mark: 'DOC', source: `${SESSIONS}: UDP` },
    icmpNew: { value: 60, mark: 'INF', source: `${SILENT}; as UDP` },
    icmpEstablished: { value: 60, mark: 'INF', source: `${SILENT}; as UDP` },
    other: { value: 60, mark: 'INF', source: `${SILENT}; as UDP` },
    discardTcp: { value: 'state', mark: 'INF', source: NO_SESSION },
    discardUdp: { value: 'state', mark: 'INF', source: NO_SESSION },
    discardOther: { value: 'state', mark: 'INF', source: NO_SESSION },
    expiry: { value: 'continuous', mark: 'INF', source: `${SILENT} about the clock` },
    dropMarkRefreshesIdle: { value: true, mark: 'INF', source: NO_SESSION },
    dropMarkReplicated: { value: false, mark: 'INF', source: NO_SESSION },
    importLiberal: { value: true, mark: 'INF', source: SILENT },
    passScope: {
      value: 'flow',
      mark: 'DOC',
      source: `${SESSIONS}: the first packet makes the session for the rest`,
    },
    rejectNonTcp: { value: 'drop', mark: 'INF', source: SILENT },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'set security flow tcp-session no-syn-check',
      policy: 'continue',
      knobs: {},
      mark: 'DOC',
      source: SYN_CHECK,
    },
    {
      name: 'set security flow tcp-session no-sequence-check',
      knobs: { windowCheck: 'liberal' },
      mark: 'DOC',
      source: 'Junos tcp-session no-sequence-check',
    },
  ],
  facts: { sharing: {}, loadBalancer: gatewayLoadBalancerFacts },
}
