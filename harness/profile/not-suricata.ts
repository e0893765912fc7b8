import type { Knobs } from './knobs.ts'

/**
 * Defaults for systems that track by plain windows, unless their own file says otherwise: the knobs of Suricata's tracking,
 * and those about tunnels, fragments, tables and rules, about which nothing is known for the system itself.
 */
export const notSuricata = {
  asyncOneside: {
    value: false,
    mark: 'INF',
    source: 'a setting of Suricata; here packets of one side alone make no session',
  },
  dropInvalid: { value: true, mark: 'INF', source: 'a setting of Suricata; here what is wrong is dropped' },
  otherEstablished: {
    value: 60,
    mark: 'INF',
    source: 'not documented; as pf after both directions were seen',
  },
  otherFlows: { value: 'all', mark: 'INF', source: 'not documented; as Linux connection tracking' },
  tunnels: { value: 'outer', mark: 'INF', source: 'not documented; a tunnel is a flow like another' },
  ipv4InIpv4: { value: true, mark: 'INF', source: 'not documented; as any other tunnel' },
  carrier: {
    value: 'stripped',
    mark: 'INF',
    source: 'not documented; what leaves a tunnel is a packet of its own',
  },
  rejectRebuilt: {
    value: true,
    mark: 'INF',
    source: 'not documented; datagrams are put together before the rules',
  },
  fragmentOverlap: { value: 'drop', mark: 'INF', source: 'not documented; RFC 5722 3' },
  fragmentTimeout4: { value: 30, mark: 'INF', source: 'not documented; as Linux ipfrag_time' },
  fragmentTimeout6: { value: 60, mark: 'INF', source: 'not documented; RFC 8200 4.5' },
  fragmentTimer: { value: 'first', mark: 'INF', source: 'not documented; RFC 8200 4.5' },
  fragmentBothWays: {
    value: false,
    mark: 'INF',
    source: 'not documented; RFC 791 3.2: addresses in their order',
  },
  appStateReplicated: {
    value: false,
    mark: 'INF',
    source: 'not documented; sessions are synchronised, applications are not said to be',
  },
  dropBesideReject: {
    value: 'first',
    mark: 'INF',
    source: 'not documented; the first matching rule decides',
  },
  onTimeoutChange: { value: 'keep', mark: 'INF', source: 'not documented; as PAN-OS' },
  maxFlows: { value: 1_048_576, mark: 'INF', source: 'depends on the model; as many as can be told apart' },
  onTableFull: { value: 'refuse', mark: 'INF', source: 'not documented; as Linux connection tracking' },
} as const satisfies Partial<Knobs>
