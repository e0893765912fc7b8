import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'

const OUT_OF_STATE = "Check Point: first packet isn't SYN"
const TIMEOUTS = 'Check Point stateful inspection settings'
const SILENT = 'the documentation does not say'
const NO_ENTRY = 'what is dropped makes no entry in the connections table'

/** Check Point security gateway. */
export const checkpoint: Profile = {
  name: 'checkpoint',
  product: 'check-point',
  title: 'Check Point security gateway',
  knobs: {
    ...notSuricata,
    policies: {
      value: ['drop', 'continue'],
      mark: 'DOC',
      source: `${OUT_OF_STATE}; fw_allow_out_of_state_tcp`,
    },
    missScope: { value: 'packet', mark: 'DOC', source: OUT_OF_STATE },
    rstOnMiss: { value: 'policy', mark: 'DOC', source: OUT_OF_STATE },
    finOnMiss: { value: 'policyThenRules', mark: 'DOC', source: OUT_OF_STATE },
    flaglessOnMiss: { value: 'policy', mark: 'DOC', source: OUT_OF_STATE },
    missAfterExpiry: { value: 'policy', mark: 'DOC', source: OUT_OF_STATE },
    continueMode: {
      value: 'pickup',
      mark: 'INF',
      source: 'fw_allow_out_of_state_tcp 1: the rules then make a connection',
    },
    rejectTarget: { value: 'source', mark: 'INF', source: 'policy reject is not offered' },
    rstStyle: { value: 'rfc', mark: 'INF', source: `${SILENT}; RFC 9293` },
    resetOnExpiry: { value: 'none', mark: 'DOC', source: `${OUT_OF_STATE}: no reset is sent` },
    tracker: { value: 'windows', mark: 'INF', source: `${SILENT}; as pf.c` },
    windowCheck: { value: 'liberal', mark: 'INF', source: `${SILENT} about windows` },
    ackWindow: { value: 67_035, mark: 'INF', source: 'not looked at while windows are not' },
    rstValidation: { value: 'window', mark: 'INF', source: SILENT },
    synReuseOnNullSession: { value: true, mark: 'DOC', source: NO_ENTRY },
    synOnLiveSession: {
      value: 'ignore',
      mark: 'MEM',
      source: 'smart connection reuse: passed on, rewritten to an ACK so that a dead server resets',
    },
    synOnClosedSession: { value: 'open', mark: 'INF', source: SILENT },
    tcpNew: { value: 25, mark: 'DOC', source: `${TIMEOUTS}: TCP start timeout` },
    tcpSynReceived: { value: 25, mark: 'DOC', source: `${TIMEOUTS}: TCP start timeout` },
    tcpEstablished: { value: 3600, mark: 'DOC', source: `${TIMEOUTS}: TCP session timeout` },
    tcpHalfClosed: { value: 'established', mark: 'INF', source: `${SILENT} about one FIN` },
    tcpLastAck: { value: 20, mark: 'DOC', source: `${TIMEOUTS}: TCP end timeout (5 in newer versions)` },
    tcpTimeWait: { value: 20, mark: 'DOC', source: `${TIMEOUTS}: TCP end timeout (5 in newer versions)` },
    tcpClosed: { value: 20, mark: 'DOC', source: `${TIMEOUTS}: TCP end timeout (5 in newer versions)` },
    tcpUnverifiedReset: { value: 20, mark: 'INF', source: 'not looked at: any RST counts' },
    udpNew: { value: 40, mark: 'MEM', source: `${TIMEOUTS}: UDP virtual session timeout` },
    udpEstablished: { value: 40, mark: 'MEM', source: `${TIMEOUTS}: UDP virtual session timeout` },
    icmpNew: { value: 30, mark: 'MEM', source: `${TIMEOUTS}: ICMP virtual session timeout` },
    icmpEstablished: { value: 30, mark: 'MEM', source: `${TIMEOUTS}: ICMP virtual session timeout` },
    other: { value: 60, mark: 'MEM', source: `${TIMEOUTS}: other IP protocols` },
    discardTcp: { value: 'state', mark: 'DOC', source: NO_ENTRY },
    discardUdp: { value: 'state', mark: 'DOC', source: NO_ENTRY },
    discardOther: { value: 'state', mark: 'DOC', source: NO_ENTRY },
    expiry: { value: 'continuous', mark: 'INF', source: `${SILENT} about the clock` },
    dropMarkRefreshesIdle: { value: true, mark: 'DOC', source: NO_ENTRY },
    dropMarkReplicated: { value: false, mark: 'DOC', source: NO_ENTRY },
    importLiberal: { value: true, mark: 'INF', source: SILENT },
    passScope: { value: 'flow', mark: 'MEM', source: 'rules are asked for the first packet of a connection' },
    rejectNonTcp: { value: 'drop', mark: 'INF', source: SILENT },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'fw ctl set int fw_allow_out_of_state_tcp 1',
      policy: 'continue',
      knobs: {},
      mark: 'DOC',
      source: OUT_OF_STATE,
    },
  ],
  facts: {
    sharing: {
      nonStickyConnections: {
        value: false,
        mark: 'DOC',
        source: 'support non-sticky connections: the first packet waits until the peers have it',
      },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
