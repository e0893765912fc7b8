import type { Address } from './address.ts'
import { besidePage } from './case/beside.ts'
import { caseBar, type Place } from './case/head.ts'
import { type OpenedCase, openedCase } from './case/opened.ts'
import { packetTable } from './case/packets.ts'
import { casePage } from './case/page.ts'
import type { PageDataReader } from './data.ts'
import { copyText, draw, the } from './dom.ts'
import type { CaseEntry } from './entries.ts'
import type { Known } from './known.ts'
import { ladder, ladderHead } from './ladder/ladder.ts'

/** Packets that one click unfolds at most. */
const UNFOLD = 500

/** The case that is open. */
export class CasePane {
  readonly #known: Known
  readonly #data: PageDataReader
  #cases: readonly OpenedCase[] = []
  #unfolded = new Map<number, number>()
  #width = 0
  #turn = 0

  constructor(known: Known, data: PageDataReader) {
    this.#known = known
    this.#data = data
  }

  /** Shows a case; of several that are asked for one after another only the last. */
  async show(entry: CaseEntry, address: Address, place: Place): Promise<void> {
    const turn = ++this.#turn
    const siblings = this.#known.names.get(entry.name) ?? [entry]
    const beside = address.beside && siblings.length > 1
    const cases = await Promise.all((beside ? siblings : [entry]).map((one) => this.#open(one)))
    if (turn !== this.#turn) return
    this.#cases = cases
    this.#unfolded = new Map()
    this.#width = 0
    const { index } = this.#known
    draw('case-bar', caseBar(index, address, place))
    const [first] = cases
    if (beside) draw('case', besidePage(index, address, cases, siblings, false))
    else if (first !== undefined) draw('case', casePage(index, address, first, siblings))
    this.drawLadder()
  }

  /** What was asked for is not wanted any more. */
  close(): void {
    this.#turn++
    this.#cases = []
    the('case').textContent = ''
  }

  async #open(entry: CaseEntry): Promise<OpenedCase> {
    const [record, setups] = await Promise.all([
      this.#data.record(entry.block, entry.place),
      this.#data.setups(),
    ])
    const setup = record.case.setup === undefined ? undefined : setups[record.case.setup]
    return openedCase(this.#known.index, entry, record, setup, this.#known.isAmbiguous(entry.name))
  }

  /** Draws the ladder as wide as there is room, unless it is drawn so. */
  drawLadder(again = false): void {
    const view = this.#cases[0]?.view
    const place = document.getElementById('ladder')
    if (place === null || view === undefined) return
    const width = Math.max(300, place.clientWidth)
    if (width === this.#width && !again) return
    this.#width = width
    place.innerHTML = `${ladderHead(view, width)}${ladder(view, width, this.#unfolded)}`
  }

  /** Shows more of a folded run: as much as is worth drawing at once, or up to a packet. */
  unfold(fold: HTMLElement, least = 0): void {
    const { base, count, from } = fold.dataset
    const more = Math.min(Number(count), Math.max(UNFOLD, least))
    this.#unfolded.set(Number(base), (this.#unfolded.get(Number(base)) ?? 0) + more)
    this.drawLadder(true)
    const rest = document.querySelector<HTMLElement>(`.fold[data-base="${base}"]`)
    if (rest !== null) rest.focus()
    else if (least === 0) this.showPacket(Number(from))
  }

  showPacket(index: number): void {
    for (const fold of document.querySelectorAll<HTMLElement>('.fold')) {
      const first = Number(fold.dataset.from)
      if (index < first || index >= first + Number(fold.dataset.count)) continue
      this.unfold(fold, index - first + 1)
      break
    }
    for (const marked of document.querySelectorAll('.packet.target')) {
      marked.classList.remove('target')
      marked.removeAttribute('tabindex')
    }
    const packet = document.getElementById(`packet-${index}`)
    if (packet === null) return
    packet.classList.add('target')
    packet.setAttribute('tabindex', '-1')
    packet.focus({ preventScroll: true })
    packet.scrollIntoView({ block: 'center' })
  }

  drawPackets(all = false): void {
    const [first] = this.#cases
    if (document.getElementById('packets') === null || first?.view === undefined) return
    draw('packets', packetTable([first.view], [], all))
  }

  drawAllPackets(address: Address): void {
    if (document.getElementById('beside') === null) {
      this.drawPackets(true)
      return
    }
    const [first] = this.#cases
    if (first === undefined) return
    const siblings = this.#known.names.get(first.entry.name) ?? []
    draw('case', besidePage(this.#known.index, address, this.#cases, siblings, true))
  }

  async copyCommand(): Promise<void> {
    const done = await copyText(the('command').textContent ?? '')
    the('copied').textContent = done ? 'Copied' : 'Select it and copy it yourself'
  }
}
