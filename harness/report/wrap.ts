import { stripVTControlCharacters } from 'node:util'

/**
 * Breaks text between words (or between the items of a list) so that no line shows more than `width` characters, unless a single
 * word does; each line begins with `indent`.
 */
export function wrap(text: string | readonly string[], width: number, indent = '', separator = ' '): string {
  const lines: string[] = []
  let line = ''
  let used = 0
  for (const word of typeof text === 'string' ? text.split(separator) : text) {
    const length = stripVTControlCharacters(word).length
    if (line !== '' && indent.length + used + separator.length + length > width) {
      lines.push(indent + line)
      line = ''
    }
    used = line === '' ? length : used + separator.length + length
    line = line === '' ? word : `${line}${separator}${word}`
  }
  lines.push(indent + line)
  return lines.join('\n')
}

/** Items for `wrap`, those that are wider than a line broken between their words. */
export function wrapItems(items: readonly string[], width: number): readonly string[] {
  return items.flatMap((item) => wrap(item, width).split('\n'))
}
