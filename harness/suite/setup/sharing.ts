import type { Sharing } from '../../model/setup.ts'
import type { Report } from '../problems.ts'
import { SHARINGS } from '../words.ts'
import { Fields } from './fields.ts'
import { readSync } from './sync.ts'
import { word } from './values.ts'

/** A sharing as people write it: its kind, `kind:key=value,key=value`, or a mapping of its kind and keys. */
export type SharingInput = string | { readonly kind: string; readonly [key: string]: unknown }

/** Makes the sharing of one kind of what was written beside the kind; what is absent has its default. */
type Reader = (fields: Fields) => Sharing

const READERS: Readonly<Record<Sharing['kind'], Reader>> = {
  none: () => ({ kind: 'none' }),
  replication: () => ({ kind: 'replication' }),
  sync: readSync,
  snat: () => ({ kind: 'snat' }),
}

/** How the hosts share sessions; not at all where nothing is written. */
export function readSharing(input: SharingInput | undefined, report: Report): Sharing {
  const written = typeof input === 'string' ? mappingOf(input) : (input ?? { kind: 'none' })
  const kind = word(written.kind, SHARINGS, 'none', 'a sharing', ['sharing'], report)
  const fields = new Fields(written, ['sharing'], report, ['kind'])
  const sharing = READERS[kind](fields)
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
