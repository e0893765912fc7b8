import type { SweepView } from '../../sweep/view.ts'
import { around, copyText, draw, the } from './dom.ts'
import { commandOf, mapTable, type Place, placeDetail } from './sweep-map.ts'

/** The page of a sweep: one break at a time, a button a cell, and what is known of the one that was chosen. */
const view: SweepView = JSON.parse(the('sweep').textContent ?? '')
let broken = 0
let only = ''
let chosen: Place | undefined

function show(): void {
  draw('map', mapTable(view, broken, only))
  const buttons = [...the('map').querySelectorAll<HTMLElement>('button.cell')]
  const current = buttons.find(({ dataset }) => dataset.place === textOf(chosen)) ?? buttons[0]
  current?.setAttribute('tabindex', '0')
}

function textOf(place: Place | undefined): string {
  return place === undefined ? '' : `${place.broken}.${place.packet}.${place.column}`
}

function placeOf(text: string): Place | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(text)
  const place = { broken: Number(match?.[1]), packet: Number(match?.[2]), column: Number(match?.[3]) }
  return view.breaks[place.broken]?.rows[place.packet]?.cells[place.column] === undefined ? undefined : place
}

function choose(place: Place): void {
  for (const marked of the('map').querySelectorAll('[aria-current]')) marked.removeAttribute('aria-current')
  chosen = place
  the('map')
    .querySelector(`[data-place="${textOf(place)}"]`)
    ?.setAttribute('aria-current', 'true')
  draw('place', placeDetail(view, place))
  history.replaceState(null, '', `#${textOf(place)}`)
  const line = document.getElementById('break')
  const ladder = line?.closest<HTMLElement>('.ladder')
  // Only the ladder itself is moved, not the page.
  if (line && ladder) ladder.scrollTop = line.offsetTop - ladder.clientHeight / 2
}

/** Arrow keys go from cell to cell; only one of them is reached by the tab key. */
function step(event: KeyboardEvent): void {
  const from = around(event, 'button.cell')
  const by = STEPS[event.key]
  if (from === undefined || by === undefined) return
  event.preventDefault()
  const cell = from.closest('td')
  const row = cell?.parentElement
  const rows = [...the('map').querySelectorAll('tbody tr')]
  const target = rows[rows.indexOf(row ?? document.body) + by[0]]
  const at = [...(row?.children ?? [])].indexOf(cell ?? document.body) + by[1]
  const next = target?.children[at]?.querySelector<HTMLElement>('button.cell')
  if (next === null || next === undefined) return
  from.setAttribute('tabindex', '-1')
  next.setAttribute('tabindex', '0')
  next.focus()
}

const STEPS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

the('breaks').addEventListener('change', (event) => {
  if (!(event.target instanceof HTMLInputElement)) return
  broken = Number(event.target.value)
  show()
})
the('only').addEventListener('change', (event) => {
  if (!(event.target instanceof HTMLSelectElement)) return
  only = event.target.value
  show()
})
the('map').addEventListener('keydown', step)
the('map').addEventListener('click', (event) => {
  const place = placeOf(around(event, 'button.cell')?.dataset.place ?? '')
  if (place !== undefined) choose(place)
})
the('place').addEventListener('click', async (event) => {
  if (around(event, '#copy') === undefined || chosen === undefined) return
  const done = await copyText(commandOf(view, chosen))
  the('copied').textContent = done ? 'Copied' : 'Copy it by hand'
})

const named = placeOf(location.hash.slice(1))
if (named !== undefined) {
  broken = named.broken
  the('breaks').querySelector<HTMLInputElement>(`[value="${broken}"]`)?.click()
}
show()
if (named !== undefined) choose(named)
document.documentElement.dataset.ready = ''
