import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Setup, Sharing } from '../model/setup.ts'
import { syncLacks } from '../target/netfilter/conntrackd.ts'

/** The systems that models of sharing represent. */
const MODELS: { readonly [K in Sharing['kind']]?: string } = {
  replication: 'AWS Network Firewall',
  cluster: 'Cisco Secure Firewall',
  store: 'Palo Alto VM-Series',
  sync: 'firewall pairs',
  snat: 'source translation',
}

/**
 * Warns that cases played through the reference rest not only on its engine but on models made from documents. One model was compared
 * with a real pair, that of conntrackd as it runs on the hosts of target netfilter in mode FTFW (test/suites/conntrackd-pair.test.ts).
 */
export function* modelWarnings(cases: readonly Case[]): Generator<RunEvent> {
  const modelled = cases.map(({ setup }) => setup).filter((setup) => !isCompared(setup))
  const kinds = [...new Set(modelled.map(({ topology }) => topology.sharing.kind))].sort()
  const words = kinds.flatMap((kind) => {
    const system = MODELS[kind]
    return system === undefined ? [] : [`${kind} (${system})`]
  })
  if (words.length > 0)
    yield {
      type: 'warning',
      code: 'WARN_MODEL',
      message: `Modelled after documents, never compared with a device: sharing ${words.join(', ')}; docs/sharing.md has each claim.`,
    }
}

function isCompared({ profile, topology: { sharing, hosts } }: Setup): boolean {
  if (sharing.kind !== 'sync' || profile !== 'linux-conntrack') return false
  return sharing.repair === 'resend' && !sharing.resync && syncLacks(sharing, hosts.length) === undefined
}
