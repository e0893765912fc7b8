import type { Paint } from '../report/paint.ts'
import { hang, wrap } from '../report/wrap.ts'
import type { Finding } from './doctor-finding.ts'

const MARK = 9
/** Characters for what something is for; with less beside its name, it stands below. */
const LEAST_WHY = 40

/** A finding in lines of at most `columns` characters, but for what may be a command to type, which stays whole. `names`: width of names. */
export function findingText(
  { name, there, wrong, why, remedy }: Finding,
  names: number,
  columns: number,
  paint: Paint,
): string {
  const mark = there ? paint('green', 'ok     ') : paint('yellow', wrong ? 'wrong  ' : 'missing')
  const isWide = columns - MARK - names - 2 >= LEAST_WHY
  const indent = ' '.repeat(isWide ? MARK + names + 2 : MARK)
  const [first = '', ...more] = why.split('\n')
  const head = isWide
    ? hang(`${mark}  ${name.padEnd(names)}  `, first, columns)
    : `${hang(`${mark}  `, name, columns)}\n${wrap(first, columns, indent)}`
  const lines = [head, ...more.map((line) => wrap(line, columns, indent))]
  if (!there) lines.push(remedyLines(`${indent}to ${wrong ? 'mend' : 'get'} it:`, remedy, columns))
  return `${lines.join('\n')}\n`
}

function remedyLines(head: string, remedy: string, columns: number): string {
  if (head.length + 1 + remedy.length <= columns) return `${head} ${remedy}`
  return `${head}\n${' '.repeat(MARK + remedy.length <= columns ? MARK : 2)}${remedy}`
}
