import type { CaseFinished, Sighted } from '../model/run-log.ts'
import type { Sighting } from '../model/target.ts'

type Mutable = Omit<Sighted, 'indices' | 'after'> & { readonly indices: number[]; readonly after?: number[] }

/** What was seen in one attempt at a case beside its verdicts, put together so that what many packets share stands once. */
export class Beside {
  readonly #sighted = new Map<string, Mutable>()
  readonly #outages: NonNullable<CaseFinished['outages']>[number][] = []

  /** Takes note of what was seen of packet `index` of the trace, -1: of none. `micros`: how long after, or when. */
  add({ kind, field, sent, seen }: Sighting, index: number, micros: number): void {
    const key = [kind, field, sent, seen].join('\n')
    let group = this.#sighted.get(key)
    if (group === undefined) {
      const what = {
        ...(field === undefined ? {} : { field }),
        ...(sent === undefined ? {} : { sent }),
        ...(seen === undefined ? {} : { seen }),
      }
      // When it was seen says nothing of what was changed in it.
      group = { kind, ...what, indices: [], ...(kind === 'altered' ? {} : { after: [] }) }
      this.#sighted.set(key, group)
    }
    if (index >= 0) group.indices.push(index)
    group.after?.push(micros)
  }

  away(outage: NonNullable<CaseFinished['outages']>[number]): void {
    this.#outages.push(outage)
  }

  /** Only what there is. */
  told(): Pick<CaseFinished, 'sightings' | 'outages'> {
    return {
      ...(this.#sighted.size === 0 ? {} : { sightings: [...this.#sighted.values()] }),
      ...(this.#outages.length === 0 ? {} : { outages: this.#outages }),
    }
  }
}
