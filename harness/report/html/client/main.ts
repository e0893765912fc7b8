import { type Address, hashOf, readAddress } from './address.ts'
import type { Place } from './case/head.ts'
import { CasePane } from './case-pane.ts'
import { PageDataReader } from './data.ts'
import { around, the } from './dom.ts'
import type { CaseEntry } from './entries.ts'
import { Known } from './known.ts'
import { CaseLists } from './list.ts'

const data = new PageDataReader()
const known = new Known(data.index())
const lists = new CaseLists(known)
const pane = new CasePane(known, data)
const title = document.title
let address: Address = readAddress(location.hash)
let open: CaseEntry | undefined
/** How far the list was scrolled when a case was opened. */
let scrolled = 0

/** Shows what the address says. */
async function follow(): Promise<void> {
  address = readAddress(location.hash)
  showControls()
  lists.show(address)
  const entry = address.name === '' ? undefined : known.find(address.name, address.side)
  const before = open
  if (before === undefined && entry !== undefined) scrolled = scrollY
  open = entry
  document.body.classList.toggle('open', entry !== undefined)
  the('list').hidden = entry !== undefined
  the('case-page').hidden = entry === undefined
  document.title = entry === undefined ? title : `${entry.name} – ${title}`
  if (entry === undefined) {
    pane.close()
    if (before === undefined) return
    scrollTo(0, scrolled)
    linkTo(before)?.focus({ preventScroll: true })
    return
  }
  await pane.show(entry, address, placeOf(entry))
  scrollTo(0, 0)
  document.getElementById('case-title')?.focus({ preventScroll: true })
}

function linkTo(entry: CaseEntry): HTMLElement | undefined {
  const ending = `case=${new URLSearchParams([['', entry.name]]).toString().slice(1)}`
  return [...document.querySelectorAll<HTMLAnchorElement>('#list a.mark')].find((link) =>
    `${link.hash}&`.includes(`${ending}&`),
  )
}

function placeOf(entry: CaseEntry): Place {
  const at = lists.shown.indexOf(entry)
  const neighbour = (step: number) => (at < 0 ? undefined : lists.shown[at + step])
  return { previous: neighbour(-1), next: neighbour(1), at, of: lists.shown.length }
}

/** Goes on with a part of the address changed; `quietly`: without a step of the browser's history. */
function go(change: Partial<Address>, quietly = false): void {
  const hash = hashOf({ ...address, ...change })
  if (quietly) history.replaceState(null, '', hash)
  else history.pushState(null, '', hash)
  void follow()
}

function showControls(): void {
  const find = the('find') as HTMLInputElement
  if (find.value !== address.find) find.value = address.find
  ;(the('suite') as HTMLSelectElement).value = address.suite
  for (const chip of document.querySelectorAll<HTMLElement>('.chip')) {
    const { outcome } = chip.dataset
    const pressed = outcome === undefined ? address.differing : address.outcomes.includes(outcome)
    chip.setAttribute('aria-pressed', String(pressed))
  }
  const columns = address.columns ?? known.columns
  for (const box of document.querySelectorAll<HTMLInputElement>('#columns input'))
    box.checked = columns.includes(box.value)
}

function toggleOutcome(outcome: string): void {
  const { outcomes } = address
  const others = outcomes.filter((one) => one !== outcome)
  go({ outcomes: others.length < outcomes.length ? others : [...outcomes, outcome] }, true)
}

document.addEventListener('click', (event) => {
  const chip = around(event, '.chip')
  const toggle = around(event, '.toggle')
  const fold = around(event, '.fold')
  const packet = around(event, '[data-packet]')
  const id = around(event, 'button')?.id
  if (chip !== undefined) {
    if (chip.dataset.outcome === undefined) go({ differing: !address.differing }, true)
    else toggleOutcome(chip.dataset.outcome)
  } else if (toggle !== undefined)
    lists.toggle(toggle.dataset.suite ?? '', toggle.getAttribute('aria-expanded') !== 'true', address)
  else if (fold !== undefined) pane.unfold(fold)
  else if (packet !== undefined) {
    event.preventDefault()
    pane.showPacket(Number(packet.dataset.packet))
  } else if (id === 'look-all') lists.showAllLooks(address)
  else if (id === 'open-all') lists.toggleAll(true, address)
  else if (id === 'close-all') lists.toggleAll(false, address)
  else if (id === 'copy') void pane.copyCommand()
  else if (id === 'packets-all') pane.drawAllPackets(address)
})

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || open === undefined) return
  const fold = around(event, '.fold')
  if (fold !== undefined && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault()
    pane.unfold(fold)
  } else if (event.key === 'Escape') go({ name: '', side: '', beside: false })
  // Inside what scrolls sideways the arrows scroll.
  else if (around(event, '.scroll') === undefined) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0
    const next = step === 0 ? undefined : lists.shown[lists.shown.indexOf(open) + step]
    if (next !== undefined) go({ name: next.name, side: known.index.sides[next.side]?.name ?? '' })
  }
})

document.addEventListener(
  'toggle',
  (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.id === 'as-table' && event.target.open)
      pane.drawPackets()
  },
  true,
)
the('find').addEventListener('input', () => go({ find: (the('find') as HTMLInputElement).value }, true))
the('suite').addEventListener('change', () => go({ suite: (the('suite') as HTMLSelectElement).value }, true))
the('columns').addEventListener('change', () => {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('#columns input')]
  go({ columns: boxes.filter(({ checked }) => checked).map(({ value }) => value) }, true)
})
the('filters').addEventListener('submit', (event) => event.preventDefault())
addEventListener('hashchange', () => void follow())
addEventListener('popstate', () => void follow())
addEventListener('resize', () => pane.drawLadder())

follow().then(() => {
  document.documentElement.dataset.ready = ''
  // When what was drawn has been painted.
  requestAnimationFrame(() => setTimeout(() => performance.mark('flowbreak-ready')))
})
