import type { Sharing } from '../../model/setup.ts'
import type { Report } from '../problems.ts'
import { REPLICATION_MODES, SHARINGS } from '../words.ts'
import type { Around } from './around.ts'
import { readCluster } from './cluster.ts'
import { Fields } from './fields.ts'
import { readStore } from './store.ts'
import { readSync } from './sync.ts'
import { word } from './values.ts'

/** A sharing as written: its kind, `kind:key=value,key=value`, or a mapping of its kind and keys. */
export type SharingInput = string | { readonly kind: string; readonly [key: string]: unknown }

/** Makes the sharing of one kind from its keys; absent keys have their defaults. */
type Reader = (fields: Fields, around: Around, report: Report) => Sharing

const UP_TO_AN_HOUR = { least: 0, most: 3600 }

const READERS: Readonly<Record<Sharing['kind'], Reader>> = {
  none: () => ({ kind: 'none' }),
  replication: (fields) => ({
    kind: 'replication',
    mode: fields.word('mode', REPLICATION_MODES, 'snapshot', 'a mode of replication'),
    lag: fields.seconds('lag', 0, UP_TO_AN_HOUR),
    drain: fields.seconds('drain', 0, UP_TO_AN_HOUR),
    transfer: fields.seconds('transfer', 0, UP_TO_AN_HOUR),
  }),
  cluster: (fields, { hosts }, report) => readCluster(fields, hosts, report),
  sync: readSync,
  snat: () => ({ kind: 'snat' }),
  store: readStore,
}

/** How the hosts share sessions; by default not at all. */
export function readSharing(input: SharingInput | undefined, around: Around, report: Report): Sharing {
  const written = typeof input === 'string' ? mappingOf(input) : (input ?? { kind: 'none' })
  const kind = word(written.kind, SHARINGS, 'none', 'a sharing', ['sharing'], report)
  const fields = new Fields(written, ['sharing'], report, ['kind'])
  const sharing = READERS[kind](fields, around, report)
  fields.end(`sharing ${kind}`)
  return sharing
}

/** `store:latency=5ms,lag=1s` as a mapping. */
function mappingOf(text: string): { readonly kind: string; readonly [key: string]: unknown } {
  const [kind = '', rest] = split(text, ':')
  const pairs = (rest ?? '').split(',').filter((pair) => pair !== '')
  const entries = pairs.map((pair) => {
    const [key = '', value] = split(pair, '=')
    return [key, value ?? 'true'] as const
  })
  return { ...Object.fromEntries(entries), kind }
}

function split(text: string, at: string): readonly string[] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
