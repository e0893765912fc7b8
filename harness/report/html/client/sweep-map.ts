import { type CellView, type SweepView, unpackRuns } from '../../sweep/view.ts'
import { type Markup, markup } from './markup.ts'

/** A place of the map. */
export interface Place {
  readonly broken: number
  readonly packet: number
  readonly column: number
}

const VERDICTS: Readonly<Record<string, string>> = {
  f: 'forward',
  d: 'drop',
  r: 'reject',
  a: 'answered',
  u: 'undecided',
}
/** Letters that differ in case alone need names of their own in style sheets. */
const CLASSES: Readonly<Record<string, string>> = {
  '.': 'ok',
  c: 'part',
  d: 'part',
  r: 'part',
  a: 'part',
  D: 'drop',
  H: 'drop',
  R: 'reject',
  X: 'reject',
  A: 'answer',
}

/** The rows of a break, each begun by marks of the axes over which its cells differ; with `only`, those that differ over that one. */
export function mapTable(view: SweepView, broken: number, only: string): Markup {
  const { packets, breaks } = view
  const rows = breaks[broken]?.rows ?? []
  const shown = rows.flatMap(({ cells, differs }, packet) => {
    if (only !== '' && !differs.includes(only)) return []
    const { number = 0, time = '', direction = '', what = '' } = packets[packet] ?? {}
    const drawn = cells.map((cell, column) => {
      const before = startsGroup(view, column)
      return markup`<td${before && markup` class="apart"`}>${button(view, cell, { broken, packet, column })}</td>`
    })
    const marks = view.axes.map(
      (axis) =>
        markup`<td class="differs">${differs.includes(axis) && markup`<span aria-hidden="true">≠</span><span class="unseen">differs over ${axis}</span>`}</td>`,
    )
    return [
      markup`<tr>${marks}<th scope="row"><span class="no">${number}</span> <span class="at">${time}</span> <span class="way">${direction}</span> <span class="what">${what}</span></th>${drawn}</tr>`,
    ]
  })
  return markup`<table class="sweep"><caption>Before each packet: ${breaks[broken]?.name}</caption><thead>${headings(view)}</thead><tbody>${shown}</tbody></table>${shown.length === 0 && markup`<p>No row is like that.</p>`}`
}

function button(view: SweepView, cell: CellView, { broken, packet, column }: Place): Markup {
  const { letter } = cell
  const number = view.packets[packet]?.number
  const label = `Packet ${number}, ${view.columns[column]?.name}: ${view.letters[letter]}${cell.disputed ? ', targets differ' : ''}`
  return markup`<button type="button" tabindex="-1" class="cell o-${CLASSES[letter] ?? 'none'}${cell.disputed === true ? ' disputed' : ''}" data-place="${broken}.${packet}.${column}" aria-label="${label}">${letter}</button>`
}

/** A line of headings an axis. */
function headings({ axes, columns }: SweepView): readonly Markup[] {
  const lines = axes.length === 0 ? [''] : axes
  return lines.map((axis, level) => {
    const cells: Markup[] = []
    for (let from = 0; from < columns.length; ) {
      const key = columns[from]?.values.slice(0, level + 1).join('\0')
      let to = from + 1
      while (to < columns.length && columns[to]?.values.slice(0, level + 1).join('\0') === key) to++
      const name = columns[from]?.values[level] ?? columns[from]?.name
      const last = level === lines.length - 1
      cells.push(
        markup`<th scope="${to - from > 1 ? 'colgroup' : 'col'}" colspan="${to - from}" class="${last ? 'last' : 'group'}"><span>${name}</span></th>`,
      )
      from = to
    }
    const differs =
      level === 0 &&
      axes.map(
        (name) =>
          markup`<th scope="col" rowspan="${lines.length}" class="last"><span><span class="unseen">differs over</span> ${name}</span></th>`,
      )
    return markup`<tr>${differs}<th scope="row" class="axis-name">${axis}</th>${cells}</tr>`
  })
}

function startsGroup({ columns }: SweepView, column: number): boolean {
  const group = (at: number) => columns[at]?.values.slice(0, -1).join('\0')
  return column > 0 && group(column) !== group(column - 1)
}

/** The command that plays one place again. */
export function commandOf(view: SweepView, place: Place): string {
  return wordsOf(view, place).join(' ')
}

function wordsOf(view: SweepView, { broken, packet, column }: Place): readonly string[] {
  const number = view.packets[packet]?.number ?? 0
  const injections = (view.breaks[broken]?.name ?? '').split('+').map((part) => {
    const [kind = '', ...rest] = part.split(':')
    return `${kind}@${number}${rest.length === 0 ? '' : `:${rest.join(':')}`}`
  })
  const words = [
    ...['npx', 'flowbreak', 'replay', view.capture, ...(view.columns[column]?.options ?? [])],
    ...[
      '--flow',
      String(view.flow),
      ...injections.flatMap((injection) => ['--inject', injection]),
      '--ladder',
    ],
  ]
  return words.map(quoted)
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** All that is known of a place. */
export function placeDetail(view: SweepView, place: Place): Markup {
  const { broken, packet, column } = place
  const cell = view.breaks[broken]?.rows[packet]?.cells[column]
  const name = `${view.breaks[broken]?.name} before packet ${view.packets[packet]?.number}, ${view.columns[column]?.name}`
  if (cell === undefined) return markup``
  const command = wordsOf(view, place).map(
    (word, at) => markup`${at > 0 && ' '}<span class="word">${word}</span>`,
  )
  const head = markup`<h2 id="place-title" tabindex="-1">${name}</h2><p class="fate"><b class="o-${CLASSES[cell.letter] ?? 'none'}" aria-hidden="true">${cell.letter}</b> ${view.letters[cell.letter]}${cell.detail !== undefined && markup`: ${cell.detail}`}</p>`
  const again = markup`<h3>Play it again</h3><p><code id="command">${command}</code></p><p><button type="button" id="copy">Copy</button> <span id="copied" role="status"></span></p>`
  if (cell.verdicts === undefined) return markup`${head}${again}`
  const { next = {}, lost = { c2s: 0, s2c: 0 } } = cell
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Next from the client', next.c2s ?? 'there is none'],
    ['Next from the server', next.s2c ?? 'there is none'],
    ['Lost', `${lost.c2s} from the client, ${lost.s2c} from the server`],
    ['Goes on', goesOn(cell)],
    ['What the user felt', cell.impact],
  ]
  const told = facts.map(([term, words]) => words !== undefined && markup`<dt>${term}</dt><dd>${words}</dd>`)
  return markup`${head}<dl class="facts">${told}</dl>${again}${ladder(view, place, cell)}`
}

function goesOn({ lost = { c2s: 0, s2c: 0 }, recovers }: CellView): string {
  if (lost.c2s + lost.s2c === 0) return 'at once'
  return recovers === undefined ? 'never' : `from packet ${recovers} on`
}

/** The packets of the flow, what became of each, and where it broke. */
function ladder(view: SweepView, { broken, packet: at }: Place, cell: CellView): Markup {
  const verdicts = unpackRuns(view.texts[cell.verdicts ?? -1] ?? '')
  const by = unpackRuns(view.texts[cell.by ?? -1] ?? '')
  const rows = view.packets.map(({ number, time, direction, what }, index) => {
    const verdict = VERDICTS[verdicts[index] ?? '-']
    const decider = view.deciders[(by[index] ?? '').charCodeAt(0) - 97]
    const sent = (cell.told ?? []).filter(([packet]) => packet === index).map(([, words]) => words)
    const line = markup`<tr class="v-${verdict ?? 'none'}"><th scope="row">${number}</th><td>${time}</td><td>${direction === 's2c' ? '←' : '→'} <span class="unseen">${direction}</span></td><td>${what}</td><td>${verdict ?? 'not offered'}</td><td>${decider}</td><td>${sent.join(', ')}</td></tr>`
    return index === at
      ? [markup`<tr class="break" id="break"><td colspan="7">${view.breaks[broken]?.name}</td></tr>`, line]
      : [line]
  })
  const alone = (cell.told ?? []).filter(([packet]) => packet < 0).map(([, words]) => words)
  const expired = alone.length > 0 && markup`<p>Of no packet: ${alone.join(', ')}.</p>`
  return markup`<h3 id="h-ladder">Its packets</h3>${expired}<div class="scroll ladder" tabindex="0" role="region" aria-labelledby="h-ladder"><table><thead><tr><th scope="col"><span aria-hidden="true">#</span><span class="unseen">packet</span></th><th scope="col">time, s</th><th scope="col"><span class="unseen">way</span></th><th scope="col">what</th><th scope="col">verdict</th><th scope="col">by</th><th scope="col">sent</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
