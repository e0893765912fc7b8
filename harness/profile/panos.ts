import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'
import { storeModel } from './store-model.ts'

const TCP = 'PAN-OS TCP settings'
const TCP_DROP = 'PAN-OS zone protection, TCP drop'
const TIMEOUTS = 'PAN-OS session timeouts'
const NO_SESSION = 'PAN-OS TCP settings: a non-SYN packet makes no session'
const SILENT = 'the documentation does not say; pf.c does it so'

/** Palo Alto Networks PAN-OS, VM-Series among them. */
export const panos: Profile = {
  name: 'panos',
  product: 'pan-os',
  title: 'Palo Alto Networks PAN-OS',
  knobs: {
    ...notSuricata,
    onTimeoutChange: {
      value: 'keep',
      mark: 'DOC',
      source: 'PAN-OS administrator guide, session time-outs: changes apply to new sessions',
    },
    policies: { value: ['drop'], mark: 'DOC', source: `${TCP}: tcp-reject-non-syn yes, in silence` },
    missScope: { value: 'packet', mark: 'DOC', source: NO_SESSION },
    rstOnMiss: { value: 'policy', mark: 'DOC', source: `${TCP}: the first packet must be a SYN` },
    finOnMiss: { value: 'policyThenRules', mark: 'DOC', source: `${TCP}: the first packet must be a SYN` },
    flaglessOnMiss: { value: 'policy', mark: 'DOC', source: `${TCP}: segments without flags are dropped` },
    missAfterExpiry: { value: 'policy', mark: 'DOC', source: `${TCP}: the first packet must be a SYN` },
    continueMode: {
      value: 'pickup',
      mark: 'INF',
      source: 'tcp-reject-non-syn no; not offered, as its session is undocumented',
    },
    rejectTarget: { value: 'source', mark: 'INF', source: 'policy reject is not offered' },
    rstStyle: { value: 'rfc', mark: 'INF', source: 'the documentation does not say; RFC 9293 does' },
    resetOnExpiry: {
      value: 'none',
      mark: 'INF',
      source: 'documentation of session timeouts speaks of no reset',
    },
    tracker: { value: 'windows', mark: 'INF', source: SILENT },
    windowCheck: { value: 'strict', mark: 'MEM', source: `${TCP}: asymmetric-path drop` },
    ackWindow: { value: 67_035, mark: 'INF', source: SILENT },
    rstValidation: { value: 'pending', mark: 'DOC', source: `${TIMEOUTS}: unverified RST` },
    synReuseOnNullSession: { value: true, mark: 'DOC', source: NO_SESSION },
    synOnLiveSession: { value: 'drop', mark: 'INF', source: SILENT },
    synOnClosedSession: {
      value: 'open',
      mark: 'INF',
      source: 'the documentation does not say; most systems do it so',
    },
    tcpNew: { value: 5, mark: 'DOC', source: `${TIMEOUTS}: TCP handshake, before SYN-ACK` },
    tcpSynReceived: { value: 10, mark: 'DOC', source: `${TIMEOUTS}: TCP init, before the handshake is done` },
    tcpEstablished: { value: 3600, mark: 'DOC', source: `${TIMEOUTS}: TCP` },
    tcpHalfClosed: { value: 120, mark: 'DOC', source: `${TIMEOUTS}: TCP half closed` },
    tcpLastAck: {
      value: 15,
      mark: 'DOC',
      source: `${TIMEOUTS}: TCP time wait, after the second FIN or a RST`,
    },
    tcpTimeWait: { value: 15, mark: 'DOC', source: `${TIMEOUTS}: TCP time wait` },
    tcpClosed: {
      value: 15,
      mark: 'DOC',
      source: `${TIMEOUTS}: TCP time wait, after the second FIN or a RST`,
    },
    tcpUnverifiedReset: { value: 30, mark: 'DOC', source: `${TIMEOUTS}: unverified RST` },
    udpNew: { value: 30, mark: 'DOC', source: `${TIMEOUTS}: UDP` },
    udpEstablished: { value: 30, mark: 'DOC', source: `${TIMEOUTS}: UDP` },
    icmpNew: { value: 6, mark: 'DOC', source: `${TIMEOUTS}: ICMP` },
    icmpEstablished: { value: 6, mark: 'DOC', source: `${TIMEOUTS}: ICMP` },
    other: { value: 30, mark: 'DOC', source: `${TIMEOUTS}: default` },
    otherEstablished: { value: 30, mark: 'DOC', source: `${TIMEOUTS}: default` },
    discardTcp: { value: 90, mark: 'DOC', source: `${TIMEOUTS}: discard TCP` },
    discardUdp: { value: 60, mark: 'DOC', source: `${TIMEOUTS}: discard UDP` },
    discardOther: { value: 60, mark: 'DOC', source: `${TIMEOUTS}: discard default` },
    expiry: {
      value: 'continuous',
      mark: 'INF',
      source: 'the documentation says nothing about the clock',
    },
    dropMarkRefreshesIdle: {
      value: false,
      mark: 'INF',
      source: `${TIMEOUTS}: discard is the longest a denied session is kept`,
    },
    dropMarkReplicated: {
      value: false,
      mark: 'INF',
      source: 'the documentation says nothing about denied sessions',
    },
    importLiberal: { value: true, mark: 'INF', source: '128 bytes a session in Redis cannot hold windows' },
    passScope: {
      value: 'flow',
      mark: 'DOC',
      source: 'PAN-OS session setup: policy is looked up for the first packet',
    },
    rejectNonTcp: {
      value: 'drop',
      mark: 'INF',
      source: 'ICMP unreachable is an option of a rule, off by default',
    },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'set deviceconfig setting tcp asymmetric-path bypass',
      knobs: { windowCheck: 'eventOnly' },
      mark: 'DOC',
      source: `${TCP}; ${TCP_DROP}`,
    },
  ],
  facts: {
    sharing: {
      storeBytesPerSession: { value: 128, mark: 'SEED', source: 'VM-Series session resiliency' },
    },
    sharingModel: storeModel,
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
