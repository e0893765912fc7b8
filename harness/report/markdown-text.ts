import { plain } from './plain.ts'

/** Characters with a meaning in Markdown, or in HTML in it; `@` and `#` would notify people and link issues on code hosts. */
const SPECIAL = /[\\`*_{}[\]()#+\-.!|<>~@&$:]/g

/** Text that is shown literally in Markdown (also in a cell of a table), on one line. */
export function mdText(text: string): string {
  const shown = plain(text)
  return shown.replaceAll(SPECIAL, (found, at: number) =>
    HARMLESS.has(found) && at > 0 && !isOfAddress(shown, at) ? found : `&#${found.charCodeAt(0)};`,
  )
}

/** These begin lists, headings and ordered items only at the start of a line. */
const HARMLESS = new Set(['-', '+', '.', '!', '(', ')', ':', '{', '}'])

/** The characters by which code hosts recognise an address, which they link up to the next space. */
function isOfAddress(text: string, at: number): boolean {
  return text.startsWith('://', at) || /^www\.$/i.test(text.slice(at - 3, at + 1))
}

/** The same as code; suitable for a cell of a table. */
export function mdCode(text: string): string {
  const shown = plain(text).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** A table; the first row is its head, and all columns except the first `left` are right-aligned. */
export function mdTable(rows: readonly (readonly string[])[], left = 1): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at < left ? '---' : '--:'))), ...body.map(line)].join('\n')
}

/**
 * As many items as fit into `room` characters, not counting blank lines between them; if some do not fit, `left` says
 * how many in their place.
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
