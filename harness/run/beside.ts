import type { CaseFinished, Sighted } from '../model/run-log.ts'
import type { Sighting } from '../model/target.ts'

type Mutable = Omit<Sighted, 'indices' | 'after'> & { readonly indices: number[]; readonly after?: number[] }

/** What was seen in one attempt at a case besides verdicts, grouped so that whatever many packets share is stored once. */
export class Beside {
  readonly #sighted = new Map<string, Mutable>()
  readonly #outages: NonNullable<CaseFinished['outages']>[number][] = []

  /** Adds a sighting of packet `index` of the trace, -1: of no packet. `micros`: time since the packet was sent; without a packet, time. */
  add({ kind, field, sent, seen }: Sighting, index: number, micros: number): void {
    const key = [kind, field, sent, seen].join('\n')
    let group = this.#sighted.get(key)
    if (group === undefined) {
      const what = {
        ...(field === undefined ? {} : { field }),
        ...(sent === undefined ? {} : { sent }),
        ...(seen === undefined ? {} : { seen }),
      }
      // The time of an alteration means nothing.
      group = { kind, ...what, indices: [], ...(kind === 'altered' ? {} : { after: [] }) }
      this.#sighted.set(key, group)
    }
    if (index >= 0) group.indices.push(index)
    group.after?.push(micros)
  }

  away(outage: NonNullable<CaseFinished['outages']>[number]): void {
    this.#outages.push(outage)
  }

  /** Only the fields that have something. */
  told(): Pick<CaseFinished, 'sightings' | 'outages'> {
    return {
      ...(this.#sighted.size === 0 ? {} : { sightings: [...this.#sighted.values()] }),
      ...(this.#outages.length === 0 ? {} : { outages: this.#outages }),
    }
  }
}
