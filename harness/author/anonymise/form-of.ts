import { Kind } from '../../model/codes.ts'
import type { Dissection } from '../../wire/dissection.ts'
import type { Datagram } from './form.ts'

/** In what form the datagram of a dissection is. */
export function formOf({ kind, l4 }: Dissection): Datagram['form'] {
  if (kind === Kind.malformed) return 'broken'
  if (kind === Kind.fragment4 || kind === Kind.fragment6) return l4 < 0 ? 'later' : 'first'
  return 'whole'
}
