import type { Profile } from './knobs.ts'
import { suricata7 } from './suricata-7.ts'

const STREAM = 'Suricata 6.0.9 stream-tcp.c, compared with 7.0.17'
const YAML = 'Suricata 6.0.9 suricata.yaml, flow-timeouts'
const COMPARED = 'Suricata 6.0.9 compared with 7.0.17: unchanged'

/** Suricata 6.0.9 inline: the version that AWS named until late 2024. It ignores what it sees midstream unless told otherwise. */
export const suricata6: Profile = {
  name: 'suricata-6.0.9',
  product: 'suricata',
  title: 'Suricata 6.0.9 (inline)',
  knobs: {
    ...suricata7.knobs,
    policies: {
      value: ['continue', 'drop', 'reject'],
      mark: 'SRC',
      source: 'Suricata 6.0.9 util-exception-policy.c: ignore by default, also inline',
    },
    missScope: { value: 'flow', mark: 'SRC', source: 'Suricata 6.0.9 util-exception-policy.c' },
    rstOnMiss: { value: 'streamError', mark: 'SRC', source: STREAM },
    finOnMiss: { value: 'policyThenStreamError', mark: 'SRC', source: STREAM },
    flaglessOnMiss: { value: 'rules', mark: 'SRC', source: STREAM },
    missAfterExpiry: { value: 'policy', mark: 'SRC', source: COMPARED },
    continueMode: { value: 'untracked', mark: 'SRC', source: STREAM },
    asyncOneside: { value: false, mark: 'SRC', source: STREAM },
    dropInvalid: { value: true, mark: 'SRC', source: STREAM },
    rejectTarget: { value: 'source', mark: 'SRC', source: 'Suricata 6.0.9 util-exception-policy.c' },
    rstStyle: { value: 'suricata', mark: 'SRC', source: COMPARED },
    resetOnExpiry: { value: 'none', mark: 'SRC', source: COMPARED },
    tracker: { value: 'suricata', mark: 'SRC', source: STREAM },
    windowCheck: { value: 'eventOnly', mark: 'SRC', source: STREAM },
    rstValidation: { value: 'exact', mark: 'SRC', source: STREAM },
    synReuseOnNullSession: {
      value: false,
      mark: 'SRC',
      source: 'Suricata 6.0.9; reuse on a null session came with 6.0.11 (commit 93c9594dd8)',
    },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: STREAM },
    synOnClosedSession: { value: 'open', mark: 'SRC', source: COMPARED },
    tcpNew: { value: 60, mark: 'SRC', source: YAML },
    tcpSynReceived: { value: 60, mark: 'SRC', source: YAML },
    tcpEstablished: { value: 600, mark: 'SRC', source: YAML },
    tcpHalfClosed: { value: 'established', mark: 'SRC', source: STREAM },
    tcpLastAck: { value: 60, mark: 'SRC', source: YAML },
    tcpTimeWait: { value: 60, mark: 'SRC', source: YAML },
    tcpClosed: { value: 60, mark: 'SRC', source: YAML },
    udpNew: { value: 30, mark: 'SRC', source: YAML },
    udpEstablished: { value: 300, mark: 'SRC', source: YAML },
    icmpNew: { value: 30, mark: 'SRC', source: YAML },
    icmpEstablished: { value: 300, mark: 'SRC', source: YAML },
    other: { value: 30, mark: 'SRC', source: YAML },
    discardTcp: { value: 'state', mark: 'SRC', source: COMPARED },
    discardUdp: { value: 'state', mark: 'SRC', source: COMPARED },
    discardOther: { value: 'state', mark: 'SRC', source: COMPARED },
    expiry: { value: 'integerSecondStrict', mark: 'SRC', source: COMPARED },
    dropMarkRefreshesIdle: { value: true, mark: 'SRC', source: COMPARED },
    passScope: { value: 'packet', mark: 'SRC', source: COMPARED },
    rejectNonTcp: { value: 'icmp', mark: 'SRC', source: COMPARED },
  },
  switches: suricata7.switches,
  facts: suricata7.facts,
}
