import { HANDSHAKE, Lab } from '../../engine/example-engine.test.ts'
import type { ClusterSharing } from '../../model/setup.ts'
import { cluster } from './cluster.ts'

export const DEFAULTS: ClusterSharing = {
  kind: 'cluster',
  redirect: true,
  statefulFailover: true,
  delay: 0,
  rtt: 0,
  randomSequenceNumber: true,
}

/** Client ports by who is director of their connection among three nodes of which fw-0 is the owner. */
export const DIRECTOR_1 = 'port=40001'
export const DIRECTOR_0_BACKUP_2 = 'port=40004'

export function lab(sharing: Partial<ClusterSharing> = {}, hosts = 3): Lab {
  return new Lab({ profile: 'cisco-cluster', hosts, sharing: cluster({ ...DEFAULTS, ...sharing }) })
}

/** `1 forwarder, 0 owner` for each packet of the last call. */
export function partsOf({ batch }: Lab): string[] {
  return Array.from({ length: batch.count }, (_, index) =>
    batch.parts
      .filter(({ cause }) => cause === index)
      .map(({ host, part }) => `${host} ${part}`)
      .join(', '),
  )
}

/** Lines of one connection; a host may be said line by line. */
export function at(where: string, ...lines: readonly string[]): string[] {
  return lines.map((line) => `${line} ${where}`)
}

export const opening = (port: string) => at(port, ...HANDSHAKE)
