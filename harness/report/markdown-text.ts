import { plain } from './plain.ts'

/** What Markdown, or the HTML that it may hold, gives a meaning; `@` and `#` would tell people and link issues on code hosts. */
const SPECIAL = /[\\`*_{}[\]()#+\-.!|<>~@&$:]/g

/** Text that stands in Markdown (also in a cell of a table) as it is, on one line. */
export function mdText(text: string): string {
  const shown = plain(text)
  return shown.replaceAll(SPECIAL, (found, at: number) =>
    HARMLESS.has(found) && at > 0 && !isOfAddress(shown, at) ? found : `&#${found.charCodeAt(0)};`,
  )
}

/** Begin lists, headings and ordered items at the start of a line only. */
const HARMLESS = new Set(['-', '+', '.', '!', '(', ')', ':', '{', '}'])

/** The sign by which code hosts know an address, of which they make a link that takes in all up to the next space. */
function isOfAddress(text: string, at: number): boolean {
  return text.startsWith('://', at) || /^www\.$/i.test(text.slice(at - 3, at + 1))
}

/** The same as code; fit for a cell of a table. */
export function mdCode(text: string): string {
  const shown = plain(text).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** A table; the first row is its head, and columns but the first `left` are aligned to the right. */
export function mdTable(rows: readonly (readonly string[])[], left = 1): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at < left ? '---' : '--:'))), ...body.map(line)].join('\n')
}

/**
 * As many of some items as fit in so many characters, blank lines between them not counted; where some do not, `left` says in
 * place of them how many.
 */
export function fitting(
  items: readonly string[],
  room: number,
  left: (count: number) => string,
): readonly string[] {
  const all = items.reduce((sum, item) => sum + item.length + 1, 0)
  if (all <= room) return items
  const shown: string[] = []
  let used = left(items.length).length + 1
  for (const item of items) {
    used += item.length + 1
    if (used > room) break
    shown.push(item)
  }
  return [...shown, left(items.length - shown.length)]
}
