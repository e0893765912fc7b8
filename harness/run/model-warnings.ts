import type { Case } from '../model/case.ts'
import type { RunEvent } from '../model/run-log.ts'
import type { Sharing } from '../model/setup.ts'

/** What models of sharing stand for; none of them was compared with it. */
const MODELS: { readonly [K in Sharing['kind']]?: string } = {
  replication: 'AWS Network Firewall',
  cluster: 'Cisco Secure Firewall',
  store: 'Palo Alto VM-Series',
  sync: 'firewall pairs',
  snat: 'source translation',
}

/**
 * Warns of what cases played through the reference rest on beside its engine: models made from documents. Of a pair by conntrackd it
 * says that a real one was seen to differ.
 */
export function* modelWarnings(cases: readonly Case[]): Generator<RunEvent> {
  const sharings = cases.map(({ setup }) => setup.topology.sharing)
  const kinds = [...new Set(sharings.map(({ kind }) => kind))].sort()
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
  if (sharings.some((sharing) => sharing.kind === 'sync' && sharing.way === 'conntrackd'))
    yield {
      type: 'warning',
      code: 'WARN_MODEL_DIFFERS',
      message:
        'A real pair by conntrackd was seen to drop what the model lets pass when a direction moves midstream or a path returns: docs/sharing.md says where.',
    }
}
