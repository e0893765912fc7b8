import { planCases } from '../plan/plan.ts'
import { terminalColumns } from '../report/screen.ts'
import { wrapName } from '../report/wrap.ts'
import { loadSuites } from '../run/suites.ts'
import { suiteSchema } from '../suite/schema.ts'
import { writeInFolder } from '../support/caller.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'
import { newCommand, parsedGroup } from './command.ts'
import { configOption, suitesNamed } from './configured.ts'
import type { VerbContext } from './context.ts'
import { checkCommand } from './suite-check.ts'
import { newSuiteCommand } from './suite-new.ts'
import { PLACES } from './version.ts'

/** `flowbreak suite new|check|list|schema`. */
export async function main(args: readonly string[], context: VerbContext): Promise<ExitCode> {
  const command = newCommand('suite', 'Drafts, checks and lists suites.')
  let code: ExitCode = ExitCode.ok
  const ended = (last: ExitCode) => {
    code = last
  }
  command.addCommand(newSuiteCommand(context, ended))
  command.addCommand(checkCommand(context, ended))
  command.addCommand(
    configOption(newCommand('list', 'Lists the cases of suites.'))
      .argument('[suite...]', 'files, folders or names of suites (default: as configured, or all)')
      .option('--json', 'print one JSON object per case')
      .option('--debug', 'show where an error comes from')
      .action(async (names: string[], { config, json }: { config?: string; json?: true }) => {
        const columns = terminalColumns(process.stdout)
        for (const test of planCases(loadSuites(await suitesNamed(names, config), PLACES)).cases) {
          const { name, file, line, rows, tags, requirement } = test
          process.stdout.write(
            json
              ? `${JSON.stringify({ name, file, line, rows, tags, requirement })}\n`
              : `${wrapName(name, '', columns)}\n`,
          )
        }
      }),
  )
  command.addCommand(
    newCommand('schema', 'Prints the JSON schema of suites, for editors.')
      .option('-o, --output <file>', 'write it to this file')
      .option('--debug', 'show where an error comes from')
      .action(({ output }: { output?: string }) => {
        const text = `${JSON.stringify(suiteSchema(), null, 2)}\n`
        if (output === undefined) process.stdout.write(text)
        else writeSchema(output, text)
      }),
  )
  return (await parsedGroup(command, args)) ? code : ExitCode.usage
}

function writeSchema(file: string, text: string): void {
  try {
    writeInFolder(file, text)
  } catch (thrown) {
    throw new FlowbreakError(
      'ERR_OUTPUT',
      `The schema ${file} cannot be written (${messageOf(thrown)}): name another file.`,
      { exitCode: ExitCode.broken, cause: thrown },
    )
  }
}
