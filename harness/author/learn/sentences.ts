import type { KnobValue } from '../../model/setup.ts'
import { type KnobName, valueText } from './knob-values.ts'

interface Words {
  /** What the knob is about. */
  readonly about: string
  /** By value: what becomes of it; of others the value itself. */
  readonly values?: Readonly<Record<string, string>>
}

const LIVES = 's'
const YES_NO = (yes: string, no: string) => ({ true: yes, false: no })
const BY = {
  streamError: 'dropped as an error',
  policy: 'left to the exception policy',
  rules: 'left to the rules',
}

/** How release notes speak of knobs; time-outs and numbers are spoken of by what they end. */
const WORDS: { readonly [K in KnobName]?: Words } = {
  policies: { about: 'exception policies that it can be set to' },
  missScope: {
    about: 'a dropped or rejected miss',
    values: { flow: 'marks its flow', packet: 'is about that packet alone' },
  },
  rstOnMiss: { about: 'a RST on a miss', values: BY },
  finOnMiss: {
    about: 'a FIN on a miss that the policy lets go on',
    values: { policyThenStreamError: 'dropped', policyThenRules: 'forwarded' },
  },
  flaglessOnMiss: { about: 'a packet without flags on a miss', values: BY },
  missAfterExpiry: {
    about: 'a packet of an expired session',
    values: { policy: 'left to the exception policy', drop: 'dropped' },
  },
  continueMode: {
    about: 'a miss under policy continue',
    values: {
      untracked: 'goes on untracked',
      pickup: 'begins a session',
      pickupData: 'begins a session if it has data',
      bypass: 'goes on past sessions and rules',
    },
  },
  asyncOneside: {
    about: 'a connection of which one side comes by',
    values: YES_NO('tracked', 'not tracked'),
  },
  dropInvalid: { about: 'an error of the stream', values: YES_NO('dropped', 'left to the rules') },
  rejectTarget: {
    about: 'the reset of policy reject',
    values: { source: 'to the sender of the packet', client: "to the flow's client", both: 'to both ends' },
  },
  rstStyle: {
    about: 'numbers and flags of resets',
    values: { suricata: "Suricata's", rfc: 'those of RFC 9293' },
  },
  resetOnExpiry: {
    about: 'a session that expires',
    values: { none: 'tells nobody', client: 'resets its client', both: 'resets both ends' },
  },
  tracker: {
    about: 'sessions',
    values: {
      suricata: 'followed as Suricata does',
      windows: 'followed by windows',
      conntrack: 'followed as Linux does',
    },
  },
  windowCheck: {
    about: 'data outside the window',
    values: { eventOnly: 'forwarded', strict: 'dropped', liberal: 'not looked at' },
  },
  ackWindow: { about: 'bytes that an acknowledgement may be behind' },
  rstValidation: {
    about: 'a RST counts',
    values: {
      exact: 'when its number is exact',
      near: 'when its number is one off at most',
      window: 'anywhere in the window',
      pending: 'when it is exact; in the window it is waited for',
    },
  },
  synReuseOnNullSession: {
    about: 'a fresh SYN of a flow without session',
    values: YES_NO('opens from either side', "opens from the server's side alone"),
  },
  synOnLiveSession: {
    about: 'a SYN in a session',
    values: { drop: 'dropped', ignore: 'forwarded without effect', reset: 'begins anew' },
  },
  synOnClosedSession: {
    about: 'a SYN after both sides have closed',
    values: { open: 'opens anew', removeAndDrop: 'dropped, and the next one opens' },
  },
  maxFlows: { about: 'flows that the table holds' },
  tcpMostRetransmissions: { about: 'repetitions of a segment before less is waited for' },
  otherFlows: { about: 'other IP protocols that get flows' },
  onTimeoutChange: {
    about: 'a session whose time-out is configured anew',
    values: { exception: 'meets the exception policy', keep: 'keeps its own', refresh: 'gets the new one' },
  },
  onTableFull: {
    about: 'a new flow when the table is full',
    values: { evictOldest: 'takes the place of the oldest', refuse: 'dropped' },
  },
  ftpHelper: {
    about: 'a data connection that an FTP connection announces',
    values: YES_NO('belongs to what is established', 'is a connection like any other'),
  },
  appStateReplicated: {
    about: 'the application protocol of a session',
    values: YES_NO('copied to other hosts', 'not copied to other hosts'),
  },
  tunnels: {
    about: 'a packet in a tunnel',
    values: { inner: 'taken for what is in it', outer: 'taken for its tunnel' },
  },
  ipv4InIpv4: { about: 'IPv4 in IPv4', values: YES_NO('a tunnel as others', 'no tunnel') },
  carrier: {
    about: 'the tunnel of a packet that is looked into',
    values: { judged: 'meets the rules, too', stripped: 'meets no rules' },
  },
  rejectRebuilt: {
    about: 'a reject about a datagram put together from fragments',
    values: YES_NO('sends something', 'is silent'),
  },
  fragmentOverlap: {
    about: 'fragments that overlap',
    values: { bsd: 'put together, the first counts', drop: 'discarded with their datagram' },
  },
  fragmentTimer: {
    about: 'the time-out of fragments',
    values: { first: 'counts from the first', last: 'counts from the latest' },
  },
  fragmentBothWays: {
    about: 'fragments of both directions',
    values: YES_NO('of one datagram', 'kept apart'),
  },
  expiry: {
    about: 'the clock of time-outs',
    values: { integerSecondStrict: 'counts whole seconds', continuous: 'is continuous' },
  },
  dropMarkRefreshesIdle: {
    about: 'a dropped packet',
    values: YES_NO('keeps the mark alive', 'lets the mark expire'),
  },
  dropMarkReplicated: {
    about: 'a mark',
    values: YES_NO('copied to other hosts', 'not copied to other hosts'),
  },
  importLiberal: {
    about: 'windows of a copied session',
    values: YES_NO('not checked until both sides were seen', 'checked at once'),
  },
  passScope: { about: "a rule's pass", values: { flow: 'of the whole flow', packet: 'of that packet' } },
  dropBesideReject: {
    about: 'a packet that one rule drops and another rejects',
    values: { first: 'as the first of them says', reject: 'rejected' },
  },
  rejectNonTcp: {
    about: "a rule's reject of what is not TCP",
    values: { icmp: 'sends an ICMP error', drop: 'is silent' },
  },
  invalid: {
    about: 'what is of no connection',
    values: { policy: 'left to the exception policy', drop: 'dropped' },
  },
  ignoreInvalidReset: {
    about: 'a RST from before what was acknowledged',
    values: YES_NO('forwarded', 'invalid'),
  },
  badChecksum: {
    about: 'a wrong checksum',
    values: { ignore: 'not looked at', noReset: 'not answered by a reset', invalid: 'of no connection' },
  },
}

/** Time-outs, by what they end. */
const TIMED: { readonly [K in KnobName]?: string } = {
  tcpNew: 'a SYN that was not answered lives for',
  tcpSynReceived: 'a handshake without its last ACK lives for',
  tcpEstablished: 'an idle TCP session lives for',
  tcpHalfClosed: 'a half closed session lives for',
  tcpLastAck: 'a session that waits for its last ACK lives for',
  tcpTimeWait: 'a closed session lives for',
  tcpClosed: 'a reset session lives for',
  tcpUnverifiedReset: 'a session with a doubtful RST lives for',
  udpNew: 'a datagram that was not answered is remembered for',
  udpEstablished: 'an idle UDP flow lives for',
  icmpNew: 'an echo that was not answered is remembered for',
  icmpEstablished: 'an idle echo flow lives for',
  other: 'another protocol, one way, is remembered for',
  otherEstablished: 'another protocol, both ways, lives for',
  discardTcp: 'a mark of a TCP flow lives for',
  discardUdp: 'a mark of a UDP flow lives for',
  discardOther: 'a mark of another flow lives for',
  fragmentTimeout4: 'IPv4 fragments wait for',
  fragmentTimeout6: 'IPv6 fragments wait for',
  tcpFinWait: 'a session with one FIN lives for',
  tcpCloseWait: 'a session with one FIN, acknowledged, lives for',
  tcpSynSent2: 'SYNs of both sides live for',
  tcpRetransmitting: 'a session that retransmits, or whose window is closed, lives for',
  tcpUnacknowledged: 'a session with unacknowledged data lives for',
  greNew: 'GRE, one way, is remembered for',
  greEstablished: 'GRE, both ways, lives for',
  sctpClosed: 'an SCTP INIT that was not answered, or a closed association, is remembered for',
  sctpCookieWait: 'an SCTP INIT that was answered lives for',
  sctpCookieEchoed: 'an SCTP association without its last answer lives for',
  sctpEstablished: 'an idle SCTP association lives for',
  sctpShutdownSent: 'an SCTP association that its opener shuts down lives for',
  sctpShutdownReceived: 'an SCTP association that its peer shuts down lives for',
  sctpShutdownAckSent: 'an SCTP association whose shutdown was acknowledged lives for',
  sctpHeartbeatSent: 'an SCTP heartbeat of another address is remembered for',
}
const STANDS_FOR: Readonly<Record<string, string>> = {
  established: 'as long as an idle one',
  state: 'as long as without a mark',
}

/** What a knob is about, as the beginning of a sentence. */
export function aboutOf(knob: KnobName): string {
  return WORDS[knob]?.about ?? TIMED[knob] ?? knob
}

/** What it means that a knob has that value, as the end of it. */
export function meaningOf(knob: KnobName, value: KnobValue): string {
  const text = valueText(value)
  if (TIMED[knob] !== undefined) return STANDS_FOR[text] ?? `${text} ${LIVES}`
  return WORDS[knob]?.values?.[text] ?? text
}
