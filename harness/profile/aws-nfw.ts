import type { Profile } from './knobs.ts'

const ENGINE = 'AWS is silent; Suricata 7.0.10, the engine inside'
const TIMEOUTS = 'AWS is silent; Suricata 7 suricata.yaml'

/** AWS Network Firewall: what its documentation says, and Suricata 7 where it is silent. */
export const awsNfw: Profile = {
  name: 'aws-nfw',
  product: 'aws-nfw',
  title: 'AWS Network Firewall',
  knobs: {
    rstOnMiss: { value: 'streamError', mark: 'SRC', source: ENGINE },
    finOnMiss: { value: 'policyThenStreamError', mark: 'SRC', source: ENGINE },
    continueMode: {
      value: 'untracked',
      mark: 'INF',
      source:
        'developer guide, stream exception policy: only flow:stateless rules and drop_strict match after it',
    },
    asyncOneside: {
      value: false,
      mark: 'INF',
      source: 'developer guide: one side of a connection alone meets the stream exception policy',
    },
    dropInvalid: { value: true, mark: 'SRC', source: ENGINE },
    rejectTarget: {
      value: 'source',
      mark: 'SRC',
      source: 'documentation disagrees (client; sender and receiver); Suricata 7.0.10 resets the sender',
    },
    rstStyle: { value: 'suricata', mark: 'SRC', source: ENGINE },
    tcpNew: { value: 60, mark: 'SRC', source: TIMEOUTS },
    tcpEstablished: { value: 350, mark: 'DOC', source: 'API reference, FlowTimeouts' },
    tcpClosed: { value: 60, mark: 'SRC', source: TIMEOUTS },
    udpNew: { value: 30, mark: 'SRC', source: TIMEOUTS },
    udpEstablished: { value: 300, mark: 'SRC', source: TIMEOUTS },
    icmpNew: { value: 30, mark: 'SRC', source: TIMEOUTS },
    icmpEstablished: { value: 300, mark: 'SRC', source: TIMEOUTS },
    other: { value: 30, mark: 'SRC', source: TIMEOUTS },
    expiry: { value: 'integerSecondStrict', mark: 'RUN', source: ENGINE },
    windowCheck: { value: 'eventOnly', mark: 'RUN', source: ENGINE },
    rstValidation: { value: 'exact', mark: 'SRC', source: ENGINE },
    synReuseOnNullSession: {
      value: true,
      mark: 'DOC',
      source: 'developer guide, stream exception policy: reject lets the client reconnect at once',
    },
    synOnLiveSession: { value: 'drop', mark: 'SRC', source: ENGINE },
    dropMarkRefreshesIdle: { value: true, mark: 'SRC', source: ENGINE },
    dropMarkReplicated: {
      value: true,
      mark: 'INF',
      source: 'AWS is silent; a mark is part of the flow state',
    },
    importLiberal: {
      value: true,
      mark: 'INF',
      source: 'AWS is silent; sessions advance between export and flush',
    },
    appStateReplicated: {
      value: true,
      mark: 'INF',
      source:
        'AWS session state replication keeps the correct flow state; whether that includes protocols is not said',
    },
    dropBesideReject: {
      value: 'first',
      mark: 'DOC',
      source: 'developer guide, Suricata rule evaluation order: action order, drop before reject',
    },
    passScope: {
      value: 'flow',
      mark: 'DOC',
      source: 'developer guide, Suricata rule evaluation order: pass ends the inspection of the flow',
    },
    rejectNonTcp: {
      value: 'drop',
      mark: 'DOC',
      source: 'API reference, StatefulRule: REJECT is for TCP only',
    },
  },
}
