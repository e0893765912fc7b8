import { z } from 'zod'
import { word } from './grammar.ts'
import { SHARINGS } from './words.ts'

/** How session state reaches another host: a kind, or a mapping of a kind and its own keys, which setup/sharing.ts reads. */
export const sharing = z
  .union([
    z.string().meta({ anyOf: [{ enum: SHARINGS }, { pattern: '[:{]' }] }),
    z.looseObject({ kind: word(SHARINGS, 'How session state reaches another host.') }),
  ])
  .meta({
    description:
      'How session state reaches another host: a kind, kind:key=value,…, or a mapping of kind and keys.',
  })
