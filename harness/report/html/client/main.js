/** @import { View } from '../view.ts' */
/** @import { Page, PageElement } from './dom.ts' */
import { detail } from './detail.js'
import { ladder, ladderHead } from './ladder.js'
import { caseOfHash, hashOf, matrix, select } from './matrix.js'

/** Packets that one click unfolds at most. */
const UNFOLD = 500

const page = /** @type {Page} */ (/** @type {unknown} */ (globalThis))
const { document, location } = page

/**
 * An element of the page, which the report itself wrote.
 * @param {string} id
 * @returns {PageElement}
 */
function the(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`The page lacks #${id}.`)
  return element
}

const view = /** @type {View} */ (JSON.parse(the('data').textContent ?? ''))
const choice = {
  text: '',
  outcomes: /** @type {Set<string>} */ (new Set()),
  suite: '',
  columns: new Set(checkedAxes()),
}
/** @type {number[]} */
let shown = []
let open = -1
let drawnWidth = 0
/** @type {Map<number, number>} */
let opened = new Map()

function checkedAxes() {
  return [...document.querySelectorAll('#columns input')].filter((box) => box.checked).map((box) => box.value)
}

function showMatrix() {
  shown = select(view, choice)
  the('matrix').innerHTML = `${matrix(view, shown, choice.columns)}`
  the('count').textContent =
    shown.length === view.cases.length
      ? `${shown.length} cases`
      : `${shown.length} of ${view.cases.length} cases`
  the('nothing').hidden = shown.length > 0
  markOpen()
}

function markOpen() {
  for (const cell of document.querySelectorAll('.cell[aria-current]')) cell.removeAttribute('aria-current')
  document.querySelector(`.cell[data-index="${open}"]`)?.setAttribute('aria-current', 'true')
}

/** Shows the case that the address names, or none. */
function follow() {
  const index = caseOfHash(view, location.hash)
  const test = view.cases[index]
  const before = open
  if (index === before && test !== undefined) return
  open = index
  opened = new Map()
  document.body.classList.toggle('open', test !== undefined)
  the('case').hidden = test === undefined
  markOpen()
  if (test === undefined) {
    document.querySelector(`.cell[data-index="${before}"]`)?.focus()
    return
  }
  the('case').innerHTML = `${detail(view, test)}`
  the('case').scrollTop = 0
  drawLadder()
  the('case-title').focus({ preventScroll: true })
  document.querySelector('.cell[aria-current]')?.scrollIntoView({ block: 'nearest' })
}

function drawLadder() {
  const trace = view.cases[open]?.trace
  const place = document.getElementById('ladder')
  if (trace === undefined || place === null) return
  drawnWidth = place.clientWidth
  const width = Math.max(300, drawnWidth)
  place.innerHTML = `${ladderHead(trace, width)}${ladder(trace, view.words, width, opened)}`
}

/**
 * Shows more of a folded run: as much as is worth drawing at once, or up to a packet.
 * @param {PageElement} fold
 * @param {number} least packets
 */
function unfold(fold, least = 0) {
  const { base, count } = fold.dataset
  const more = Math.min(Number(count), Math.max(UNFOLD, least))
  opened.set(Number(base), (opened.get(Number(base)) ?? 0) + more)
  drawLadder()
}

/** @param {number} index */
function showPacket(index) {
  for (const fold of document.querySelectorAll('.fold')) {
    const first = Number(fold.dataset.from)
    if (index < first || index >= first + Number(fold.dataset.count)) continue
    unfold(fold, index - first + 1)
    break
  }
  const packet = document.getElementById(`packet-${index}`)
  packet?.scrollIntoView({ block: 'center' })
  for (const marked of document.querySelectorAll('.packet.target')) marked.classList.toggle('target', false)
  packet?.classList.toggle('target', true)
}

/** @param {number} step */
function move(step) {
  const test = view.cases[shown[shown.indexOf(open) + step] ?? -1]
  if (test !== undefined) location.hash = hashOf(test)
}

function close() {
  page.history.pushState(null, '', '#')
  follow()
}

/** @param {string} outcome */
function toggleOutcome(outcome) {
  if (!choice.outcomes.delete(outcome)) choice.outcomes.add(outcome)
  for (const chip of document.querySelectorAll('.chip'))
    chip.setAttribute('aria-pressed', String(choice.outcomes.has(chip.dataset.outcome ?? '')))
  showMatrix()
}

document.addEventListener('click', (event) => {
  const target = event.target
  const chip = target?.closest('.chip')
  const fold = target?.closest('.fold')
  const packet = target?.closest('[data-packet]')
  if (chip) toggleOutcome(chip.dataset.outcome ?? '')
  else if (fold) unfold(fold)
  else if (packet) {
    event.preventDefault()
    showPacket(Number(packet.dataset.packet))
  } else if (target?.closest('#close')) close()
  else if (target?.closest('#previous')) move(-1)
  else if (target?.closest('#next')) move(1)
})

document.addEventListener('keydown', (event) => {
  const { target, key } = event
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const typing = target !== null && ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName)
  const fold = target?.closest('.fold')
  if (fold && (key === 'Enter' || key === ' ')) {
    event.preventDefault()
    unfold(fold)
  } else if (key === 'Escape' && open >= 0) close()
  else if (typing) return
  else if (key === '/') {
    event.preventDefault()
    the('text').focus()
  } else if (open >= 0 && key === 'ArrowLeft') move(-1)
  else if (open >= 0 && key === 'ArrowRight') move(1)
})

the('text').addEventListener('input', () => {
  choice.text = the('text').value
  showMatrix()
})
the('suite').addEventListener('change', () => {
  choice.suite = the('suite').value
  showMatrix()
})
the('columns').addEventListener('change', () => {
  choice.columns = new Set(checkedAxes())
  showMatrix()
})
page.addEventListener('hashchange', follow)
page.addEventListener('popstate', follow)
page.addEventListener('resize', () => {
  if (open >= 0 && document.getElementById('ladder')?.clientWidth !== drawnWidth) drawLadder()
})

showMatrix()
follow()
