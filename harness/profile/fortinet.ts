import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'

const NO_SESSION = 'Fortinet community 191772: no session matched'
const WITHOUT_SYN = 'FortiOS tcp-session-without-syn'
const TIMERS = 'FortiOS config system global'
const REPLAY = 'FortiOS anti-replay strict'
const SILENT = 'the documentation does not say; pf.c does it so'
const NO_MARK = 'a packet that matches no session makes none'

/** Fortinet FortiOS. */
export const fortinet: Profile = {
  name: 'fortinet',
  product: 'fortios',
  title: 'Fortinet FortiOS',
  knobs: {
    ...notSuricata,
    policies: { value: ['drop', 'continue'], mark: 'DOC', source: `${NO_SESSION}; ${WITHOUT_SYN}` },
    missScope: { value: 'packet', mark: 'DOC', source: NO_SESSION },
    rstOnMiss: { value: 'policy', mark: 'DOC', source: NO_SESSION },
    finOnMiss: { value: 'policyThenRules', mark: 'DOC', source: NO_SESSION },
    flaglessOnMiss: { value: 'policy', mark: 'DOC', source: NO_SESSION },
    missAfterExpiry: { value: 'policy', mark: 'DOC', source: NO_SESSION },
    continueMode: { value: 'pickup', mark: 'DOC', source: `${WITHOUT_SYN} all, per policy` },
    rejectTarget: { value: 'source', mark: 'INF', source: 'policy reject is not offered' },
    rstStyle: { value: 'rfc', mark: 'INF', source: 'the documentation does not say; RFC 9293 does' },
    resetOnExpiry: {
      value: 'none',
      mark: 'DOC',
      source: 'FortiOS timeout-send-rst, per policy, off by default',
    },
    tracker: { value: 'windows', mark: 'MEM', source: `${REPLAY}; the arithmetic as pf.c` },
    windowCheck: { value: 'strict', mark: 'MEM', source: `${REPLAY} by default` },
    ackWindow: { value: 67_035, mark: 'INF', source: SILENT },
    rstValidation: { value: 'window', mark: 'INF', source: SILENT },
    synReuseOnNullSession: { value: true, mark: 'DOC', source: NO_MARK },
    synOnLiveSession: { value: 'drop', mark: 'INF', source: SILENT },
    synOnClosedSession: {
      value: 'open',
      mark: 'INF',
      source: 'the documentation does not say; most systems do it so',
    },
    tcpNew: { value: 10, mark: 'DOC', source: `${TIMERS}: tcp-halfopen-timer` },
    tcpSynReceived: { value: 10, mark: 'DOC', source: `${TIMERS}: tcp-halfopen-timer` },
    tcpEstablished: { value: 3600, mark: 'DOC', source: 'FortiOS config system session-ttl' },
    tcpHalfClosed: { value: 120, mark: 'DOC', source: `${TIMERS}: tcp-halfclose-timer` },
    tcpLastAck: { value: 1, mark: 'DOC', source: `${TIMERS}: tcp-timewait-timer, after both FINs` },
    tcpTimeWait: { value: 1, mark: 'DOC', source: `${TIMERS}: tcp-timewait-timer` },
    tcpClosed: { value: 1, mark: 'DOC', source: `${TIMERS}: tcp-timewait-timer, after a RST too` },
    tcpUnverifiedReset: { value: 1, mark: 'INF', source: 'not looked at: any RST in the window counts' },
    udpNew: { value: 180, mark: 'MEM', source: `${TIMERS}: udp-idle-timer` },
    udpEstablished: { value: 180, mark: 'MEM', source: `${TIMERS}: udp-idle-timer` },
    icmpNew: { value: 60, mark: 'INF', source: 'the documentation does not say' },
    icmpEstablished: { value: 60, mark: 'INF', source: 'the documentation does not say' },
    other: { value: 60, mark: 'INF', source: 'the documentation does not say' },
    discardTcp: { value: 'state', mark: 'INF', source: NO_MARK },
    discardUdp: { value: 'state', mark: 'INF', source: NO_MARK },
    discardOther: { value: 'state', mark: 'INF', source: NO_MARK },
    expiry: {
      value: 'continuous',
      mark: 'INF',
      source: 'the documentation says nothing about the clock',
    },
    dropMarkRefreshesIdle: { value: true, mark: 'INF', source: NO_MARK },
    dropMarkReplicated: { value: false, mark: 'INF', source: NO_MARK },
    importLiberal: {
      value: true,
      mark: 'INF',
      source: 'the documentation says nothing about windows of a synchronised session',
    },
    passScope: {
      value: 'flow',
      mark: 'MEM',
      source: 'policy is looked up for the first packet of a session',
    },
    rejectNonTcp: { value: 'drop', mark: 'INF', source: 'the documentation does not say' },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'set tcp-session-without-syn all',
      policy: 'continue',
      knobs: {},
      mark: 'DOC',
      source: WITHOUT_SYN,
    },
    {
      name: 'set tcp-session-without-syn data-only',
      policy: 'continue',
      knobs: { continueMode: 'pickupData' },
      mark: 'DOC',
      source: WITHOUT_SYN,
    },
    {
      name: 'set asymroute enable',
      policy: 'continue',
      knobs: { continueMode: 'bypass' },
      mark: 'DOC',
      source: 'Fortinet community 253597: routed without session and inspection',
    },
    {
      name: 'set anti-replay disable',
      knobs: { windowCheck: 'liberal' },
      mark: 'DOC',
      source: 'FortiOS anti-replay',
    },
    {
      name: 'set timeout-send-rst enable',
      knobs: { resetOnExpiry: 'both' },
      mark: 'DOC',
      source: 'FortiOS firewall policy, timeout-send-rst',
    },
  ],
  facts: {
    sharing: {
      sessionPickup: { value: false, mark: 'DOC', source: 'FGCP and FGSP: session-pickup' },
      sessionPickupConnectionless: { value: false, mark: 'DOC', source: 'FGSP options' },
      sessionPickupDelaySec: {
        value: 30,
        mark: 'DOC',
        source: 'FGSP options: where session-pickup-delay is on',
      },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
