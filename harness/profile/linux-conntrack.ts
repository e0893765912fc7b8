import { gatewayLoadBalancer, gatewayLoadBalancerFacts } from './gateway-load-balancer.ts'
import type { Profile } from './knobs.ts'

const TCP = 'Linux 6.18 net/netfilter/nf_conntrack_proto_tcp.c'
const SYSCTL = 'Linux Documentation/networking/nf_conntrack-sysctl.rst, default'
const FRAGMENTS = 'Linux inet_fragment.c, ip_fragment.c'
const NFT_REJECT = 'Linux 6.18 nf_reject_ipv4.c, nf_reject_ipv6.c'
/**
 * What came of packets (reports/linux-netfilter/6.18.44/learned); time-outs and switches are set for it to the defaults that are documented,
 * which a new network namespace of that kernel has, too.
 */
const MEASURED = 'measured of Linux 6.18.44 by flowbreak learn'
const JUDGED = 'nothing is marked: each packet is judged'
const RULES = 'the rules of the netfilter lab: established and related, new with SYN, the rest by the policy'

/**
 * Linux connection tracking with nftables: established and related accepted, new accepted where it is a SYN or no TCP, the rest by
 * the exception policy; `continue` goes with nf_conntrack_tcp_loose=1, the others with 0.
 */
export const linuxConntrack: Profile = {
  name: 'linux-conntrack',
  product: 'linux',
  title: 'Linux netfilter (conntrack and nftables)',
  knobs: {
    tracker: { value: 'conntrack', mark: 'RUN', source: `${TCP}; ${MEASURED}` },
    policies: {
      value: ['drop', 'reject', 'continue'],
      mark: 'RUN',
      source: 'the rules of the netfilter lab: drop, reject with tcp reset, accept',
    },
    missScope: { value: 'packet', mark: 'RUN', source: JUDGED },
    flaglessOnMiss: { value: 'policy', mark: 'SRC', source: `${TCP}: flags that no packet has are invalid` },
    missAfterExpiry: {
      value: 'policy',
      mark: 'SRC',
      source: `${TCP}: an expired entry is treated as no entry`,
    },
    resetOnExpiry: {
      value: 'none',
      mark: 'RUN',
      source: `Linux nf_conntrack_core.c: entries go in silence; ${MEASURED}`,
    },
    ackWindow: { value: 66_000, mark: 'SRC', source: `${TCP}, MAXACKWINCONST; built into this tracker` },
    synOnClosedSession: {
      value: 'open',
      mark: 'SRC',
      source: `${TCP}: the entry is deleted, the packet repeated`,
    },
    tcpHalfClosed: {
      value: 120,
      mark: 'DOC',
      source: `${SYSCTL}, tcp_timeout_fin_wait; asked as tcpFinWait and tcpCloseWait`,
    },
    tcpUnverifiedReset: { value: 432_000, mark: 'SRC', source: `${TCP}: stays established` },
    discardTcp: { value: 'state', mark: 'RUN', source: JUDGED },
    discardUdp: { value: 'state', mark: 'RUN', source: JUDGED },
    discardOther: { value: 'state', mark: 'RUN', source: JUDGED },
    rstOnMiss: {
      value: 'policy',
      mark: 'SRC',
      source: `${TCP}: invalid, as every first packet but SYN and ACK`,
    },
    finOnMiss: { value: 'policyThenRules', mark: 'SRC', source: `${TCP}: invalid, as a RST` },
    asyncOneside: { value: false, mark: 'SRC', source: `${TCP}: an ACK before the SYN-ACK is invalid` },
    dropInvalid: { value: false, mark: 'SRC', source: 'what is invalid is marked so, and left to the rules' },
    continueMode: { value: 'pickup', mark: 'DOC', source: `${SYSCTL}, nf_conntrack_tcp_loose` },
    invalid: { value: 'policy', mark: 'RUN', source: RULES },
    rejectTarget: { value: 'source', mark: 'RUN', source: `${NFT_REJECT}: nft reject with tcp reset` },
    rstStyle: { value: 'rfc', mark: 'RUN', source: NFT_REJECT },
    badChecksum: {
      value: 'noReset',
      mark: 'RUN',
      source:
        'nf_conntrack_checksum=0, since captures hold wrong ones (the default is 1); a reject still looks',
    },
    tcpNew: { value: 120, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_syn_sent; ${MEASURED}` },
    tcpSynSent2: { value: 120, mark: 'SRC', source: TCP },
    tcpSynReceived: { value: 60, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_syn_recv; ${MEASURED}` },
    tcpEstablished: { value: 432_000, mark: 'DOC', source: `${SYSCTL}, tcp_timeout_established` },
    tcpFinWait: { value: 120, mark: 'DOC', source: `${SYSCTL}, tcp_timeout_fin_wait` },
    tcpCloseWait: { value: 60, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_close_wait; ${MEASURED}` },
    tcpLastAck: { value: 30, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_last_ack; ${MEASURED}` },
    tcpTimeWait: { value: 120, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_time_wait; ${MEASURED}` },
    tcpClosed: { value: 10, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_close; ${MEASURED}` },
    tcpMostRetransmissions: { value: 3, mark: 'DOC', source: `${SYSCTL}, tcp_max_retrans` },
    tcpRetransmitting: { value: 300, mark: 'RUN', source: `${SYSCTL}, tcp_timeout_max_retrans; ${MEASURED}` },
    tcpUnacknowledged: {
      value: 300,
      mark: 'RUN',
      source: `${SYSCTL}, tcp_timeout_unacknowledged; ${MEASURED}`,
    },
    udpNew: { value: 30, mark: 'RUN', source: `${SYSCTL}, udp_timeout; ${MEASURED}` },
    udpEstablished: { value: 120, mark: 'RUN', source: `${SYSCTL}, udp_timeout_stream; ${MEASURED}` },
    icmpNew: { value: 30, mark: 'RUN', source: `${SYSCTL}, icmp_timeout and icmpv6_timeout; ${MEASURED}` },
    icmpEstablished: { value: 30, mark: 'DOC', source: `${SYSCTL}, icmp_timeout and icmpv6_timeout` },
    other: { value: 600, mark: 'RUN', source: `${SYSCTL}, generic_timeout; ${MEASURED}` },
    otherEstablished: { value: 600, mark: 'DOC', source: `${SYSCTL}, generic_timeout` },
    greNew: { value: 30, mark: 'DOC', source: `${SYSCTL}, gre_timeout` },
    greEstablished: { value: 180, mark: 'DOC', source: `${SYSCTL}, gre_timeout_stream` },
    sctpClosed: { value: 10, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_closed` },
    sctpCookieWait: { value: 3, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_cookie_wait` },
    sctpCookieEchoed: { value: 3, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_cookie_echoed` },
    sctpEstablished: { value: 210, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_established` },
    sctpShutdownSent: { value: 3, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_shutdown_sent` },
    sctpShutdownReceived: { value: 3, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_shutdown_recd` },
    sctpShutdownAckSent: { value: 3, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_shutdown_ack_sent` },
    sctpHeartbeatSent: { value: 30, mark: 'DOC', source: `${SYSCTL}, sctp_timeout_heartbeat_sent` },
    otherFlows: { value: 'all', mark: 'MEM', source: 'Linux nf_conntrack_proto_generic.c' },
    tunnels: { value: 'outer', mark: 'MEM', source: 'connection tracking sees a tunnel before it ends' },
    ipv4InIpv4: { value: true, mark: 'MEM', source: 'Linux ipip.c' },
    carrier: { value: 'stripped', mark: 'MEM', source: 'what leaves a tunnel device is a packet of its own' },
    rejectRebuilt: { value: true, mark: 'MEM', source: 'datagrams are put together before the rules' },
    fragmentOverlap: { value: 'drop', mark: 'RUN', source: `${FRAGMENTS}; ${MEASURED}` },
    fragmentTimeout4: { value: 30, mark: 'RUN', source: `Linux ip-sysctl.rst, ipfrag_time; ${MEASURED}` },
    fragmentTimeout6: {
      value: 60,
      mark: 'RUN',
      source: `nf_conntrack_frag6_timeout as a new network namespace has it; ${MEASURED}`,
    },
    fragmentTimer: { value: 'first', mark: 'RUN', source: `${FRAGMENTS}; ${MEASURED}` },
    fragmentBothWays: { value: false, mark: 'MEM', source: FRAGMENTS },
    expiry: {
      value: 'continuous',
      mark: 'SRC',
      source: 'Linux nf_conntrack.h, nf_ct_is_expired: in jiffies',
    },
    windowCheck: {
      value: 'strict',
      mark: 'RUN',
      source: `${SYSCTL}, nf_conntrack_tcp_be_liberal; ${MEASURED}`,
    },
    rstValidation: { value: 'window', mark: 'SRC', source: `${TCP}: exact closes, in the window passes` },
    ignoreInvalidReset: {
      value: false,
      mark: 'RUN',
      source: `${SYSCTL}, nf_conntrack_tcp_ignore_invalid_rst; ${MEASURED}`,
    },
    ftpHelper: {
      value: false,
      mark: 'DOC',
      source: `nft(8), ct helper: a helper is assigned only by a rule`,
    },
    synReuseOnNullSession: { value: true, mark: 'RUN', source: `${TCP}: what was dropped left no entry` },
    synOnLiveSession: { value: 'ignore', mark: 'SRC', source: TCP },
    dropMarkRefreshesIdle: { value: false, mark: 'RUN', source: JUDGED },
    dropMarkReplicated: { value: false, mark: 'RUN', source: JUDGED },
    importLiberal: {
      value: true,
      mark: 'RUN',
      source: `conntrackd.conf(5), TCPWindowTracking: off by default; ${MEASURED} with conntrackd`,
    },
    appStateReplicated: {
      value: false,
      mark: 'DOC',
      source:
        'conntrackd.conf(5): connection tracking entries are synchronised, which know no application protocols',
    },
    dropBesideReject: { value: 'first', mark: 'DOC', source: 'nft(8): drop and reject end the ruleset' },
    passScope: { value: 'packet', mark: 'DOC', source: 'nft(8): accept ends the ruleset for that packet' },
    onTimeoutChange: {
      value: 'refresh',
      mark: 'SRC',
      source: 'Linux nf_conntrack_proto_tcp.c: each packet sets its entry to the time-out of the moment',
    },
    maxFlows: {
      value: 262_144,
      mark: 'DOC',
      source:
        'Linux nf_conntrack-sysctl: nf_conntrack_max is nf_conntrack_buckets, 262144 above 4 GiB of memory',
    },
    onTableFull: {
      value: 'refuse',
      mark: 'SRC',
      source:
        'Linux nf_conntrack_core.c: table full, dropping packet; its early drop of unanswered flows is left out',
    },
    rejectNonTcp: { value: 'drop', mark: 'RUN', source: RULES },
    ...gatewayLoadBalancer,
  },
  switches: [
    { name: 'nf_conntrack_tcp_loose=1', policy: 'continue', knobs: {}, mark: 'DOC', source: SYSCTL },
    { name: 'nf_conntrack_tcp_be_liberal=1', knobs: { windowCheck: 'liberal' }, mark: 'DOC', source: SYSCTL },
    {
      name: 'nf_conntrack_tcp_ignore_invalid_rst=1',
      knobs: { ignoreInvalidReset: true },
      mark: 'DOC',
      source: SYSCTL,
    },
    { name: 'ct helper set "ftp"', knobs: { ftpHelper: true }, mark: 'DOC', source: 'nft(8), ct helper' },
    { name: 'nf_conntrack_checksum=1', knobs: { badChecksum: 'invalid' }, mark: 'DOC', source: SYSCTL },
  ],
  facts: {
    sharing: {
      conntrackdMode: { value: 'FTFW', mark: 'MEM', source: 'conntrackd.conf(5): FTFW, NOTRACK or ALARM' },
      tcpWindowTracking: { value: false, mark: 'DOC', source: 'conntrackd.conf(5), TCPWindowTracking' },
      disableExternalCache: { value: false, mark: 'MEM', source: 'conntrackd.conf(5), DisableExternalCache' },
      purgeTimeoutSec: { value: 60, mark: 'DOC', source: 'conntrackd.conf(5), PurgeTimeout' },
    },
    loadBalancer: gatewayLoadBalancerFacts,
  },
}
