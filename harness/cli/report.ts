import { ExitCode } from '../support/errors.ts'
import { newCommand, parsedGroup } from './command.ts'
import { bugCommand } from './report-bug.ts'
import { compareCommand } from './report-compare.ts'
import { costsCommand } from './report-costs.ts'
import { mergeCommand } from './report-merge.ts'
import { publishCommand } from './report-publish.ts'
import { schemaCommand } from './report-schema.ts'
import { showCommand } from './report-show.ts'
import { verifyCommand } from './report-verify.ts'

/** `flowbreak report …`: commands about finished runs, which read their logs. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ok
  const leave = (worst: ExitCode): void => {
    code = worst
  }
  const command = newCommand(
    'report',
    'Makes, compares, merges, publishes and verifies reports of earlier runs, from their logs.',
  )
  command.addCommand(showCommand())
  command.addCommand(mergeCommand(leave))
  command.addCommand(compareCommand(leave))
  command.addCommand(costsCommand())
  command.addCommand(publishCommand())
  command.addCommand(verifyCommand(leave))
  command.addCommand(bugCommand())
  command.addCommand(schemaCommand())
  return (await parsedGroup(command, args)) ? code : ExitCode.usage
}
