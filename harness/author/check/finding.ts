import type { LoadedSuite } from '../../suite/cases.ts'
import type { Place } from '../../suite/problems.ts'

/** What can be wrong with a suite that is one. */
export type FindingKind =
  | 'unreviewed'
  | 'contradicted'
  | 'not-in-capture'
  | 'undoes-nothing'
  | 'duplicate'
  | 'insensitive'

export interface Finding extends Place {
  readonly kind: FindingKind
  readonly file: string
  /** One sentence. */
  readonly message: string
}

/** Findings of one kind that share a place and a sentence, with the cases that they were made for. */
export class Findings {
  readonly #found = new Map<string, { readonly finding: Finding; readonly cases: Set<string> }>()

  /** `suite`: whose file it stands in; `name`: the case, whose axes are told where it is not the only one. */
  add(
    kind: FindingKind,
    { file, name: prefix }: Pick<LoadedSuite, 'file' | 'name'>,
    { line, column }: Place,
    message: string,
    name?: string,
  ): void {
    const key = `${file}:${line}:${column} ${kind} ${message}`
    const known = this.#found.get(key) ?? {
      finding: { kind, file, line, column, message },
      cases: new Set<string>(),
    }
    if (name !== undefined) known.cases.add(name.slice(prefix.length + 1))
    this.#found.set(key, known)
  }

  /** In the order of files and lines. */
  list(): readonly Finding[] {
    return [...this.#found.values()]
      .map(({ finding, cases }) => {
        const [first, ...more] = cases
        const whose =
          first === undefined ? '' : ` (${first}${more.length === 0 ? '' : ` and ${more.length} more`})`
        return { ...finding, message: finding.message.replace(/\.$/, `${whose}.`) }
      })
      .sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column)
  }
}

/** `file:line:column: sentence`. */
export function findingText({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}
