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

/** Text beside a head, broken in the columns that this leaves: its lines begin where the first one does. */
export function hang(head: string, text: string, width: number): string {
  const indent = stripVTControlCharacters(head).length
  const [first = '', ...more] = wrap(text, width - indent).split('\n')
  return [head + first, ...more.map((each) => ' '.repeat(indent) + each)].join('\n')
}

/** Lines that are longer than `width` broken between words, the rest of each further in than its beginning. */
export function wrapLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (stripVTControlCharacters(line).length <= width) return line
      const own = /^ */.exec(line)?.[0] ?? ''
      const room = width - own.length - 2
      return own + wrap(line.slice(own.length), room).replaceAll('\n', `\n${own}  `)
    })
    .join('\n')
}

/** A case's name and words about it; where they are wider than `width`, broken after slashes and between words, further in than its beginning. */
export function wrapName(name: string, words: string, width: number): string {
  if (stripVTControlCharacters(name + words).length <= width) return name + words
  const indent = `${/^ */.exec(name)?.[0]}  `
  const parts = [...name.split(/(?<=\/)/), ...words.split(/(?<= )/)]
  return wrap(parts, width - indent.length, '', '').replaceAll(/ *\n/g, `\n${indent}`)
}
