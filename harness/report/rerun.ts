import type { CaseSummary } from '../model/run-log.ts'

/** What a case was played with. */
export interface PlayedWith {
  readonly target: string
  readonly seed: number
  /** Options of the run that define the target or the case. */
  readonly options: readonly string[]
  /** Whether names of other cases contain this one's name, so that `--grep` would find them too. */
  readonly ambiguous: boolean
}

/** The command that plays one case again, and no other, in words quoted for a POSIX shell. */
export function rerunCommand(
  { name, suite, file }: Pick<CaseSummary, 'name' | 'suite' | 'file'>,
  { target, seed, options, ambiguous }: PlayedWith,
): string {
  const ours = `/${file}`.endsWith(`/suites/${suite}.yaml`)
  const grep = ambiguous ? `**/${name}` : name
  const words = ['npx', 'flowbreak', 'run', ours ? suite : file, '--target', target]
  return [...words, '--grep', grep, ...options, '--seed', String(seed)].map(shellWord).join(' ')
}

/** One word quoted for a POSIX shell (with control characters, for bash and zsh). */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not reach a terminal.
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(word)) return `'${word.replaceAll("'", "'\\''")}'`
  const escaped = word.replaceAll(/[\\']/g, '\\$&')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
  return `$'${escaped.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`
}
