import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'
import { notSuricata } from './not-suricata.ts'

const CONF = 'OpenBSD pf.conf(5)'
const PF = 'OpenBSD pf.c'
const PFVAR = 'OpenBSD pfvar.h'
const NO_MARK = 'pf keeps no state for what it blocks'

/** OpenBSD and FreeBSD pf: a rule set that begins with `block`, and `pass … flags S/SA keep state`. */
export const pf: Profile = {
  name: 'pf',
  product: 'pf',
  title: 'OpenBSD / FreeBSD pf',
  knobs: {
    ...notSuricata,
    policies: {
      value: ['drop', 'reject', 'continue'],
      mark: 'DOC',
      source: `${CONF}: block-policy drop (default), block-policy return, flags any`,
    },
    missScope: {
      value: 'packet',
      mark: 'DOC',
      source: `${CONF}: rules are asked for each packet without state`,
    },
    rstOnMiss: { value: 'policy', mark: 'DOC', source: `${CONF}: flags S/SA leaves it to the block rule` },
    finOnMiss: { value: 'policyThenRules', mark: 'DOC', source: `${CONF}: flags any makes no exception` },
    flaglessOnMiss: {
      value: 'policy',
      mark: 'DOC',
      source: `${CONF}: flags S/SA leaves it to the block rule`,
    },
    missAfterExpiry: { value: 'policy', mark: 'DOC', source: `${CONF}: no state, so the rules decide` },
    continueMode: { value: 'pickup', mark: 'DOC', source: `${CONF}: flags any synchronises to a connection` },
    rejectTarget: { value: 'source', mark: 'DOC', source: `${CONF}: block return` },
    rstStyle: { value: 'rfc', mark: 'MEM', source: `${PF}, reset of block return` },
    resetOnExpiry: { value: 'none', mark: 'DOC', source: `${CONF}: states are purged in silence` },
    tracker: { value: 'windows', mark: 'SRC', source: `${PF}, full tracking of TCP states` },
    windowCheck: { value: 'strict', mark: 'DOC', source: `${CONF}: what does not fit its state is dropped` },
    ackWindow: { value: 67_035, mark: 'SRC', source: `${PF}: MAXACKWINDOW, 0xffff + 1500` },
    rstValidation: { value: 'near', mark: 'SRC', source: `${PF}: a RST matches exactly or by one` },
    synReuseOnNullSession: { value: true, mark: 'DOC', source: NO_MARK },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: `${PF}: BAD state` },
    synOnClosedSession: {
      value: 'removeAndDrop',
      mark: 'MEM',
      source: `${PF}: from FIN_WAIT_2 on both sides the state goes, and the SYN with it`,
    },
    tcpNew: { value: 120, mark: 'SRC', source: `${PFVAR}: tcp.first` },
    tcpSynReceived: { value: 30, mark: 'SRC', source: `${PFVAR}: tcp.opening` },
    tcpEstablished: { value: 86_400, mark: 'SRC', source: `${PFVAR}: tcp.established` },
    tcpHalfClosed: { value: 900, mark: 'SRC', source: `${PFVAR}: tcp.closing` },
    tcpLastAck: { value: 45, mark: 'SRC', source: `${PFVAR}: tcp.finwait` },
    tcpTimeWait: { value: 90, mark: 'SRC', source: `${PFVAR}: tcp.closed` },
    tcpClosed: { value: 90, mark: 'SRC', source: `${PFVAR}: tcp.closed` },
    tcpUnverifiedReset: {
      value: 90,
      mark: 'INF',
      source: 'not looked at: a RST that does not match is dropped',
    },
    udpNew: { value: 60, mark: 'SRC', source: `${PFVAR}: udp.first; udp.single (30) is not told apart` },
    udpEstablished: { value: 60, mark: 'SRC', source: `${PFVAR}: udp.multiple` },
    icmpNew: { value: 20, mark: 'SRC', source: `${PFVAR}: icmp.first` },
    icmpEstablished: { value: 20, mark: 'SRC', source: `${PFVAR}: icmp.first, also after a reply` },
    other: { value: 60, mark: 'SRC', source: `${PFVAR}: other.first and other.multiple` },
    discardTcp: { value: 'state', mark: 'DOC', source: NO_MARK },
    discardUdp: { value: 'state', mark: 'DOC', source: NO_MARK },
    discardOther: { value: 'state', mark: 'DOC', source: NO_MARK },
    expiry: {
      value: 'continuous',
      mark: 'INF',
      source:
        'pf counts seconds of uptime and purges by intervals of 10 s; the phase of its clock is not known',
    },
    dropMarkRefreshesIdle: { value: true, mark: 'DOC', source: NO_MARK },
    dropMarkReplicated: { value: true, mark: 'DOC', source: NO_MARK },
    importLiberal: { value: true, mark: 'MEM', source: 'pfsync: states resynchronise by the larger numbers' },
    passScope: {
      value: 'flow',
      mark: 'DOC',
      source: `${CONF}: what matches a state is passed without rules`,
    },
    rejectNonTcp: { value: 'icmp', mark: 'DOC', source: `${CONF}: block return` },
    ...gatewayLoadBalancer,
  },
  switches: [
    {
      name: 'set block-policy return',
      policy: 'reject',
      knobs: {},
      mark: 'DOC',
      source: CONF,
    },
    { name: 'flags any', policy: 'continue', knobs: {}, mark: 'DOC', source: CONF },
    {
      name: 'no block rule: the implicit pass, without state',
      policy: 'continue',
      knobs: { continueMode: 'untracked' },
      mark: 'DOC',
      source: `${CONF}, pf FAQ`,
    },
    {
      name: 'keep state (sloppy)',
      knobs: { windowCheck: 'liberal', rstValidation: 'window' },
      mark: 'DOC',
      source: CONF,
    },
  ],
  facts: {
    sharing: {
      pfsyncDefer: {
        value: false,
        mark: 'DOC',
        source: 'pfsync(4): holds the first packet until the peer has the state',
      },
      adaptiveStartPercent: { value: 60, mark: 'MEM', source: `${CONF}: adaptive.start of the state limit` },
      adaptiveEndPercent: { value: 120, mark: 'MEM', source: `${CONF}: adaptive.end of the state limit` },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
