import type { CaseRecord, PageIndex, SetupTable } from '../view.ts'
import { unpacked } from './inflate.ts'

/** What the page holds, read when it is asked for. */
export class PageDataReader {
  readonly #blocks = new Map<number, Promise<readonly CaseRecord[]>>()
  #setups: Promise<SetupTable> | undefined

  /** Not packed, so that the lists are drawn before the page is laid out for the first time. */
  index(): PageIndex {
    return JSON.parse(document.getElementById('index')?.textContent ?? '')
  }

  setups(): Promise<SetupTable> {
    this.#setups ??= read('setups') as Promise<SetupTable>
    return this.#setups
  }

  async record(block: number, place: number): Promise<CaseRecord> {
    let records = this.#blocks.get(block)
    if (records === undefined) {
      records = read(`block-${block}`) as Promise<readonly CaseRecord[]>
      this.#blocks.set(block, records)
    }
    const record = (await records)[place]
    if (record === undefined) throw new Error(`The report has no case ${place} in its block ${block}.`)
    return record
  }
}

/** What an element holds; it may not be read yet, as the page can be used before it is whole. */
async function read(id: string): Promise<unknown> {
  if (document.readyState === 'loading' && document.getElementById(id)?.nextSibling == null)
    await new Promise((resolve) => addEventListener('DOMContentLoaded', resolve, { once: true }))
  return unpacked(document.getElementById(id)?.textContent ?? '')
}
