/** A piece of TypeScript source; of a template literal `text` holds what stands before its first `${`, of a string what is between the quotes. */
export interface Token {
  readonly kind: 'word' | 'string' | 'template' | 'mark'
  readonly text: string
  readonly line: number
}

const PIECE =
  /(?<blank>\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?)|(?<word>[\w$\u0080-\uffff]+)|(?<mark>[\s\S])/y
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y
const REGEXP = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y
const BEFORE_REGEXP = /^(?:[^\w$)\]}]|return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/

/**
 * Splits TypeScript source into words, strings and marks, without comments and regular expressions; code within templates is split too.
 * A string that is not closed ends with its line, so that one misread piece cannot swallow the file.
 */
export function tokens(source: string): Token[] {
  const found: Token[] = []
  const depths: number[] = []
  let line = 1
  let at = 0

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    at += match?.[0].length ?? 0
    return match
  }
  const countLines = (text: string): void => {
    for (const char of text) if (char === '\n') line++
  }
  const takeTemplate = (): string => {
    const text = take(TEMPLATE)?.[0] ?? ''
    countLines(text)
    if (text.endsWith('${')) depths.push(0)
    return text.replace(/(?:`|\$\{)$/, '')
  }

  while (at < source.length) {
    if (source[at] === '/' && mayStartRegExp(found.at(-1)) && take(REGEXP)) continue
    const { blank, string, word, mark = '' } = take(PIECE)?.groups ?? {}
    const start = line
    if (blank !== undefined) countLines(blank)
    else if (string !== undefined) {
      found.push({ kind: 'string', text: string.slice(1, -1), line: start })
      countLines(string)
    } else if (word !== undefined) found.push({ kind: 'word', text: word, line })
    else if (mark === '`') found.push({ kind: 'template', text: takeTemplate(), line: start })
    else if (mark === '}' && depths.at(-1) === 0) {
      depths.pop()
      takeTemplate()
    } else {
      const depth = depths.length - 1
      if (depth >= 0) depths[depth] = (depths[depth] ?? 0) + (mark === '{' ? 1 : mark === '}' ? -1 : 0)
      found.push({ kind: 'mark', text: mark, line })
    }
  }
  return found
}

/** A slash after a value divides; after anything else it starts a regular expression. */
function mayStartRegExp(before: Token | undefined): boolean {
  if (before === undefined) return true
  return (before.kind === 'mark' || before.kind === 'word') && BEFORE_REGEXP.test(before.text)
}
