import type { Knob, SyncSharing, SyncWay } from '../model/setup.ts'

/** The defaults of a way of synchronising a pair, each value with its source. */
export type SyncDefaults = {
  readonly [K in Exclude<keyof SyncSharing, 'kind' | 'way' | 'lose' | 'peerVersion' | 'liberal'>]: Knob<
    SyncSharing[K]
  >
} & { readonly liberal?: Knob<boolean> }

const CONNTRACKD = 'conntrackd.conf(5)'
const PFSYNC = 'OpenBSD pfsync(4)'
const FGSP = 'FortiOS FGSP options'
const ASA = 'Cisco ASA 5500 CLI guide, failover'
const AT_ONCE = { value: 0, mark: 'INF', source: 'as if at once; how long it takes is asked for' } as const
const WHOLE = { value: true, mark: 'INF', source: 'documentation names no exception' } as const
const NO_DELAY = { value: 0, mark: 'DOC', source: 'no delay is offered' } as const
const NO_CACHE = { value: false, mark: 'DOC', source: 'sessions go into the table' } as const
const NO_DEFER = { value: false, mark: 'DOC', source: 'no packet is held' } as const
const STAND_BY = 'active-passive' as const

/** The defaults of each way. */
export const SYNC_WAYS: Readonly<Record<SyncWay, SyncDefaults>> = {
  conntrackd: {
    mode: { value: STAND_BY, mark: 'MEM', source: 'conntrack-tools manual: primary and backup' },
    updates: {
      value: 'changes',
      mark: 'SRC',
      source:
        'conntrack-tools internal_cache.c: events of ctnetlink; Linux nf_conntrack_core.c, nf_conntrack_proto_tcp.c',
    },
    lag: AT_ONCE,
    repair: {
      value: 'resend',
      mark: 'MEM',
      source: `${CONNTRACKD}: Mode FTFW (resend); mode NOTRACK would be none, mode ALARM refresh`,
    },
    externalCache: {
      value: true,
      mark: 'DOC',
      source: `${CONNTRACKD}: DisableExternalCache, off by default`,
    },
    defer: NO_DEFER,
    halfOpen: { value: true, mark: 'DOC', source: `${CONNTRACKD}: Filter State, absent by default` },
    http: WHOLE,
    connectionless: { value: true, mark: 'DOC', source: `${CONNTRACKD}: Filter Protocol, absent by default` },
    pickupDelay: NO_DELAY,
    expectations: { value: false, mark: 'DOC', source: `${CONNTRACKD}: ExpectationSync, off by default` },
    windows: {
      value: 'none',
      mark: 'DOC',
      source: `${CONNTRACKD}: TCPWindowTracking, off by default; on is scales`,
    },
    liberal: {
      value: true,
      mark: 'SRC',
      source: 'conntrack-tools netlink.c, nl_create_conntrack: IP_CT_TCP_FLAG_BE_LIBERAL',
    },
    resync: { value: false, mark: 'DOC', source: `${CONNTRACKD}: StartupResync, no by default` },
  },
  pfsync: {
    mode: { value: STAND_BY, mark: 'DOC', source: `${PFSYNC}: with carp(4)` },
    updates: {
      value: 'packets',
      mark: 'DOC',
      source: `${PFSYNC}: state updates, collapsed for up to a second`,
    },
    lag: AT_ONCE,
    repair: { value: 'none', mark: 'MEM', source: `${PFSYNC}: lost updates are made up for by later ones` },
    externalCache: NO_CACHE,
    defer: { value: false, mark: 'DOC', source: `${PFSYNC}: defer, off by default` },
    halfOpen: { value: true, mark: 'DOC', source: `${PFSYNC}: states are told of when they are inserted` },
    http: WHOLE,
    connectionless: { value: true, mark: 'DOC', source: `${PFSYNC}: all states but those with no-sync` },
    pickupDelay: NO_DELAY,
    expectations: { value: false, mark: 'INF', source: 'pf leaves FTP to ftp-proxy(8)' },
    windows: { value: 'full', mark: 'DOC', source: `${PFSYNC}: seqlo, seqhi, max_win and wscale` },
    resync: { value: true, mark: 'MEM', source: `${PFSYNC}: bulk update on boot` },
  },
  fgsp: {
    mode: { value: 'active-active', mark: 'DOC', source: `${FGSP}: peers that each take traffic` },
    updates: { value: 'packets', mark: 'INF', source: 'the documentation does not say' },
    lag: AT_ONCE,
    repair: { value: 'none', mark: 'INF', source: 'the documentation does not say' },
    externalCache: NO_CACHE,
    defer: NO_DEFER,
    halfOpen: {
      value: true,
      mark: 'DOC',
      source: `${FGSP}: a handshake may be split between units if synchronisation is fast enough`,
    },
    http: WHOLE,
    connectionless: { value: false, mark: 'DOC', source: `${FGSP}: session-pickup-connectionless, disable` },
    pickupDelay: { value: 0, mark: 'DOC', source: `${FGSP}: session-pickup-delay, disable; enabled 30 s` },
    expectations: { value: false, mark: 'DOC', source: `${FGSP}: session-pickup-expectation, disable` },
    windows: { value: 'full', mark: 'INF', source: 'the documentation does not say' },
    resync: { value: true, mark: 'INF', source: 'the documentation does not say' },
  },
  asa: {
    mode: { value: STAND_BY, mark: 'DOC', source: `${ASA}: active and standby unit` },
    updates: { value: 'packets', mark: 'INF', source: 'the documentation does not say' },
    lag: AT_ONCE,
    repair: { value: 'none', mark: 'INF', source: 'the documentation does not say' },
    externalCache: NO_CACHE,
    defer: NO_DEFER,
    halfOpen: WHOLE,
    http: { value: false, mark: 'DOC', source: `${ASA}: replication http, off by default` },
    connectionless: WHOLE,
    pickupDelay: NO_DELAY,
    expectations: { value: false, mark: 'INF', source: 'the documentation does not say' },
    windows: { value: 'full', mark: 'INF', source: 'the documentation does not say' },
    resync: { value: true, mark: 'INF', source: 'the standby unit gets the state when it joins' },
  },
}
