import type { z } from 'zod'
import { isRecord } from '../support/record.ts'
import { SELECTABLE, selectorAxis } from './grammar.ts'
import type { Path, Report } from './problems.ts'

type Issue = z.core.$ZodIssue

/** Reports in sentences what the schema found wrong with the value at `base` of the file `root`. */
export function reportIssues(issues: readonly Issue[], base: Path, root: unknown, report: Report): void {
  for (const issue of issues) reportIssue(issue, base, root, report)
}

function reportIssue(issue: Issue, base: Path, root: unknown, report: Report): void {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  const value = valueAt(root, path)
  if (value === undefined) {
    report(path, `"${path.at(-1)}" is missing.`)
    return
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      issue.message.split('\n').forEach((line, index) => {
        report([...path, issue.keys[index] ?? ''], line, 'key')
      })
      return
    case 'invalid_union': {
      const branch = meant(issue, value)
      if (branch === undefined) report(path, notThat(value, issue.errors.flatMap(wantedAtRoot)))
      else reportIssues(branch, path, root, report)
      return
    }
    case 'invalid_key':
      report(path, issue.issues[0]?.message ?? issue.message, 'key')
      return
    case 'invalid_type':
      report(path, notThat(value, [issue.expected]))
      return
    case 'too_small':
      report(
        path,
        issue.origin === 'array' || issue.origin === 'string'
          ? 'This is empty.'
          : `This is below ${issue.minimum}.`,
      )
      return
    case 'too_big':
      report(path, `This is above ${issue.maximum}.`)
      return
    default:
      report(path, issue.message)
  }
}

/** The branch of a union that a value was meant for: for a selectable, by its key; for others, the branch of its type. */
function meant(issue: Issue & { code: 'invalid_union' }, value: unknown): readonly Issue[] | undefined {
  if (issue.message === SELECTABLE) return issue.errors[selectorAxis(value) === undefined ? 0 : 1]
  return issue.errors.find((branch) => wantedAtRoot(branch).length === 0)
}

function wantedAtRoot(branch: readonly Issue[]): string[] {
  return branch.flatMap((issue) => {
    if (issue.path.length > 0) return []
    if (issue.code === 'invalid_type') return [issue.expected]
    return issue.code === 'invalid_union' && meant(issue, undefined) === undefined
      ? issue.errors.flatMap(wantedAtRoot)
      : []
  })
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

function notThat(value: unknown, wanted: readonly string[]): string {
  const nouns = [...new Set(wanted.map((kind) => NOUNS[kind] ?? kind))]
  return `This is ${nounOf(value)}, but ${nouns.join(' or ')} is expected.`
}

function nounOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return NOUNS[typeof value] ?? typeof value
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isRecord(value)) value = value[String(step)]
    else return undefined
  }
  return value
}
