import { resolve } from 'node:path'
import { FlowbreakError } from '../support/errors.ts'

/** A report, and where it goes. */
export interface Destination {
  /** As people write it, or a description of what is no reporter's. */
  readonly name: string
  /** Absent: standard output. */
  readonly file?: string | undefined
  /** Whether programs read it, which cannot if anything else stands before or after it. */
  readonly alone: boolean
  /** Whether it can only be printed, and not have a file. */
  readonly printedOnly?: boolean
}

/** Throws ERR_REPORTER if two reports would be written to one file, or printed so that programs cannot read one of them. */
export function checkDestinations(reports: readonly Destination[]): void {
  const taken = new Map<string, string>()
  for (const { name, file } of reports) {
    if (file === undefined) continue
    const path = resolve(file)
    const other = taken.get(path)
    if (other !== undefined)
      throw new FlowbreakError(
        'ERR_REPORTER',
        `The reporters ${other} and ${name} would both write ${file}: give each a file of its own.`,
      )
    taken.set(path, name)
  }
  checkPrinted(reports.filter(({ file }) => file === undefined))
}

function checkPrinted(printed: readonly Destination[]): void {
  const alone = printed.find((one) => one.alone)
  const other = printed.find((one) => one !== alone)
  if (alone === undefined || other === undefined) return
  const [first, second] = printed.indexOf(alone) < printed.indexOf(other) ? [alone, other] : [other, alone]
  const movable = [second, first, ...printed].find(({ printedOnly }) => printedOnly !== true)
  const wayOut =
    movable === undefined ? 'leave one out' : `give one a file, as --reporter ${movable.name}=FILE`
  throw new FlowbreakError(
    'ERR_REPORTER',
    `${first.name} and ${second.name} would both go to standard output, where no program could read ${alone.name}: ${wayOut}.`,
  )
}
