import type { Profile } from './knobs.ts'

const STATE_NONE = 'Suricata 7.0.10 stream-tcp.c, packet without session'
const YAML = 'Suricata 7 suricata.yaml, flow-timeouts'

/** Suricata 7 inline, stream.midstream off, stream.drop-invalid on, time-outs of its suricata.yaml. */
export const suricata7: Profile = {
  name: 'suricata-7',
  product: 'suricata',
  title: 'Suricata 7 (inline)',
  knobs: {
    rstOnMiss: { value: 'streamError', mark: 'SRC', source: STATE_NONE },
    finOnMiss: { value: 'policyThenStreamError', mark: 'SRC', source: STATE_NONE },
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
    tcpNew: { value: 60, mark: 'SRC', source: YAML },
    tcpEstablished: { value: 600, mark: 'SRC', source: YAML },
    tcpClosed: { value: 60, mark: 'SRC', source: YAML },
    udpNew: { value: 30, mark: 'SRC', source: YAML },
    udpEstablished: { value: 300, mark: 'SRC', source: YAML },
    icmpNew: { value: 30, mark: 'SRC', source: YAML },
    icmpEstablished: { value: 300, mark: 'SRC', source: YAML },
    other: { value: 30, mark: 'SRC', source: YAML },
    expiry: {
      value: 'integerSecondStrict',
      mark: 'RUN',
      source: 'Suricata 7.0.10: gap 60 alive, 61 expired',
    },
    windowCheck: {
      value: 'eventOnly',
      mark: 'RUN',
      source: 'Suricata 7.0.10: data beyond the window forwarded',
    },
    rstValidation: {
      value: 'exact',
      mark: 'SRC',
      source: 'Suricata 7.0.10 stream-tcp.c, default host policy BSD',
    },
    synReuseOnNullSession: { value: true, mark: 'RUN', source: 'Suricata 7.0.10 (6.0.11 and later)' },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: 'Suricata 7.0.10 stream-tcp.c, established' },
    dropMarkRefreshesIdle: { value: true, mark: 'SRC', source: 'Suricata 7.0.10 flow.c' },
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
    rejectNonTcp: { value: 'icmp', mark: 'SRC', source: 'Suricata 7.0.10 respond-reject.c' },
  },
}
