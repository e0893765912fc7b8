import { Lab } from '../../engine/example-engine.test.ts'
import type { SyncSharing } from '../../model/setup.ts'
import { readSharing } from '../../suite/setup/sharing.ts'
import { makeSetup } from '../../suite/setup.ts'
import { makeSync } from './sync.ts'

/** The settings of `sync` with these keys. */
export function settings(keys: string): SyncSharing {
  const sharing = readSharing(
    `sync:${keys}`,
    { hosts: 2, loadBalancer: makeSetup().topology.loadBalancer, folder: '.' },
    (_path, message) => {
      throw new Error(message)
    },
  )
  if (sharing.kind !== 'sync') throw new Error('another sharing')
  return sharing
}

export function lab(keys: string, profile = 'pf', hosts = 2): Lab {
  return new Lab({ profile, hosts, sharing: makeSync(settings(keys)) })
}

export function crash(of: Lab, host: number, seconds: number): void {
  of.engine.apply({ kind: 'crash', host, flow: -1 }, seconds * 1e9)
}
export function drain(of: Lab, host: number, seconds: number): void {
  of.engine.apply({ kind: 'drain', host, flow: -1 }, seconds * 1e9)
}

export const OPENING = ['> S 0', '< SA 0 1 @0.1', '> A 1 1 @0.2'] as const
export const DATA = '> PA 1 1 len=10 @0.3'
