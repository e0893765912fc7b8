import { type Token, tokens } from './tokens.ts'

/** One import of a source file. `specifier` is undefined when it is computed, from a relative beginning, and so cannot be checked. */
export interface Import {
  readonly specifier: string | undefined
  readonly line: number
}

/**
 * Every import of a TypeScript source in its order: `import`, `import type`, `export … from`, `import()` as a value and as a type,
 * and `require()`.
 */
export function importsOf(source: string): Import[] {
  const all = tokens(source)
  return all.flatMap((token, i) => {
    const before = all[i - 1]
    if (token.kind !== 'word' || (before?.text === '.' && before.kind === 'mark' && all[i - 2]?.text !== '.'))
      return []
    if (token.text === 'import' || token.text === 'require') {
      return isMark(all[i + 1], '(')
        ? called(all[i + 2], token)
        : token.text === 'import'
          ? declared(all, i + 1)
          : []
    }
    return token.text === 'export' ? reExported(all, i + 1) : []
  })
}

function called(argument: Token | undefined, { line }: Token): Import[] {
  if (argument?.kind === 'string') return [{ specifier: argument.text, line }]
  if (argument?.kind === 'template')
    return /^\.\.?\//.test(argument.text) ? [{ specifier: undefined, line }] : []
  return []
}

function declared(all: readonly Token[], from: number): Import[] {
  const first = all[from]
  if (first?.kind === 'string') return [{ specifier: first.text, line: first.line }]
  if (first?.kind === 'word' || isMark(first, '{') || isMark(first, '*')) return source(all, from)
  return []
}

function reExported(all: readonly Token[], from: number): Import[] {
  const start = all[from]?.text === 'type' ? from + 1 : from
  return isMark(all[start], '{') || isMark(all[start], '*') ? source(all, start) : []
}

/** The string after the `from` that ends an import or export clause, if the clause has one. */
function source(all: readonly Token[], start: number): Import[] {
  for (let i = start; i < all.length; i++) {
    const token = all[i]
    const next = all[i + 1]
    if (token?.kind === 'word' && token.text === 'from' && next?.kind === 'string')
      return [{ specifier: next.text, line: next.line }]
    if (token?.kind === 'mark' && !/^[{},*]$/.test(token.text)) return []
    if (isMark(token, '}') && next?.text !== 'from') return []
  }
  return []
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}
