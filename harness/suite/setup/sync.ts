import type { SyncSharing, SyncWay } from '../../model/setup.ts'
import { SYNC_WAYS } from '../../profile/sync-ways.ts'
import type { Fields } from './fields.ts'

const WAYS: readonly SyncWay[] = ['conntrackd', 'pfsync', 'fgsp', 'asa']
const MODES: readonly SyncSharing['mode'][] = ['active-passive', 'active-active']
const UPDATES: readonly SyncSharing['updates'][] = ['packets', 'changes']
const REPAIRS: readonly SyncSharing['repair'][] = ['resend', 'none', 'refresh']
const WINDOWS: readonly SyncSharing['windows'][] = ['full', 'scales', 'none']
const PEER_VERSIONS: readonly SyncSharing['peerVersion'][] = ['same', 'older', 'incompatible']
const TIME = { least: 0, most: 3600 }

/** A pair that keeps its sessions in step; absent keys have the values of its `way` (harness/profile/sync-ways.ts). */
export function readSync(fields: Fields): SyncSharing {
  const way = fields.word('way', WAYS, 'conntrackd', 'a way to keep a pair in step')
  const defaults = SYNC_WAYS[way]
  const windows = fields.word('windows', WINDOWS, defaults.windows.value, 'what is told of windows')
  const liberal = fields.word('liberal', ['true', 'false', 'profile'], 'profile', 'true or false')
  const fallback =
    defaults.liberal === undefined ? undefined : windows === 'none' ? defaults.liberal.value : false
  const believed = liberal === 'profile' ? fallback : liberal === 'true'
  return {
    kind: 'sync',
    way,
    mode: fields.word('mode', MODES, defaults.mode.value, 'a mode of a pair'),
    updates: fields.word('updates', UPDATES, defaults.updates.value, 'when a session is told of'),
    lag: fields.seconds('lag', defaults.lag.value, TIME),
    lose: fields.whole('lose', 0, { least: 0, most: 1_000_000 }),
    repair: fields.word('repair', REPAIRS, defaults.repair.value, 'what becomes of lost updates'),
    externalCache: fields.flag('external-cache', defaults.externalCache.value),
    defer: fields.flag('defer', defaults.defer.value),
    halfOpen: fields.flag('half-open', defaults.halfOpen.value),
    http: fields.flag('http', defaults.http.value),
    connectionless: fields.flag('connectionless', defaults.connectionless.value),
    pickupDelay: fields.seconds('pickup-delay', defaults.pickupDelay.value, TIME),
    expectations: fields.flag('expectations', defaults.expectations.value),
    windows,
    ...(believed === undefined ? {} : { liberal: believed }),
    resync: fields.flag('resync', defaults.resync.value),
    peerVersion: fields.word('peer-version', PEER_VERSIONS, 'same', 'a version of the other hosts'),
  }
}
