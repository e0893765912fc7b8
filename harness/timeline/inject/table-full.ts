import type { Injection } from '../../model/case.ts'
import type { HostEvent } from '../../model/timeline.ts'

/** Other flows take all the room that is left in a table, for as long as they last. */
export function tableFull({ scope, lasts }: Extract<Injection, { kind: 'table-full' }>): HostEvent {
  return { kind: 'fill-table', scope, ...(lasts === undefined ? {} : { lasts }) }
}
