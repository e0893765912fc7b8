import { type Address, hashOf } from './address.ts'
import { draw, the } from './dom.ts'
import type { CaseEntry } from './entries.ts'
import type { Known } from './known.ts'
import { differenceTable, lookTable } from './look.ts'
import { figure } from './markup.ts'
import { matrix, suitesOf } from './matrix.ts'
import { select } from './select.ts'

/** The lists of cases: what needs a look, what differs between sides, and the matrix. */
export class CaseLists {
  readonly #known: Known
  readonly #toggled = new Map<string, boolean>()
  #allLooks = false
  #shown: readonly CaseEntry[] = []
  #drawn = ''

  constructor(known: Known) {
    this.#known = known
  }

  /** The cases that the address leaves, in the order of the matrix. */
  get shown(): readonly CaseEntry[] {
    return this.#shown
  }

  /** Draws what the address asks for, unless it is there already. */
  show(address: Address): void {
    const key = JSON.stringify({ ...address, name: '', side: '', beside: false })
    if (key === this.#drawn) return
    this.#drawn = key
    this.#draw(address)
  }

  toggle(suite: string, open: boolean, address: Address): void {
    this.#toggled.set(suite, open)
    this.#draw(address)
    document.querySelector<HTMLElement>(`.toggle[data-suite="${CSS.escape(suite)}"]`)?.focus()
  }

  /** Opens all suites, or closes all. */
  toggleAll(open: boolean, address: Address): void {
    for (const { suite } of this.#shown) this.#toggled.set(suite, open)
    this.#draw(address)
  }

  showAllLooks(address: Address): void {
    this.#allLooks = true
    this.#draw(address)
  }

  /** The first link of the page goes where most readers want to. */
  #skipTo(entry: CaseEntry | undefined, address: Address): void {
    const skip = the('skip') as HTMLAnchorElement
    skip.hidden = entry === undefined
    if (entry === undefined) return
    const side = this.#known.index.sides[entry.side]?.name ?? ''
    skip.href = hashOf({ ...address, name: entry.name, side })
  }

  #draw(address: Address): void {
    const { index, entries, names, differ } = this.#known
    this.#shown = select(entries, address, differ)
    const drawn = { index, address: { ...address, name: '', side: '', beside: false } }
    const looks = this.#shown.filter((entry) => this.#known.needsALook(entry))
    the('look').hidden = looks.length === 0
    this.#skipTo(looks[0], address)
    draw('look-list', lookTable(drawn, looks, this.#allLooks))
    const differing = the('differ')
    differing.hidden = differ.size === 0
    if (!differing.hidden) draw('differ-list', differenceTable(drawn, names, differ))
    const suites = suitesOf(this.#shown, (entry) => this.#known.needsALook(entry), this.#toggled)
    draw('matrix', matrix(drawn, suites, address.columns ?? this.#known.columns))
    const [some, all] = [this.#shown.length, entries.length]
    the('count').textContent = `${some === all ? '' : `${figure(some)} of `}${figure(all)} cases`
    the('nothing').hidden = some > 0
    the('matrix').hidden = some === 0
  }
}
