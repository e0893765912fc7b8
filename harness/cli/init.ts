import { init, isInstalled, pathToClone } from '../author/init/init.ts'
import { shellWord } from '../report/rerun.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsed } from './command.ts'
import type { VerbContext } from './context.ts'
import { print } from './output.ts'

/** `flowbreak init [DIR]` */
export async function main(args: readonly string[], { signal }: VerbContext): Promise<ExitCode> {
  const command = newCommand(
    'init',
    'Makes a small project of your own: a configuration, a capture, two suites and a CI file.',
  )
    .argument('[dir]', 'the folder of the project, which must be empty or not exist', '.')
    .option('--json', 'print what was made as JSON')
    .option('--debug', 'show where an error comes from')
  if (await parsed(command, args)) return ExitCode.ok
  const [folder = '.'] = command.args
  const { json } = command.opts<{ readonly json?: true }>()
  const files = await init(folder, signal)
  const install = folder === '.' ? 'npm install' : `cd ${shellWord(folder)} && npm install`
  const next = [install, 'npm test']
  const note = isInstalled()
    ? ''
    : `Its package.json takes flowbreak from this clone, ${pathToClone(folder)}: for other machines, give it what npm pack makes there.\n`
  print(
    json
      ? `${JSON.stringify({ folder, files, next }, null, 2)}\n`
      : `${folder}: ${files.join(', ')}\n${note}Now:\n${next.map((line) => `  ${line}\n`).join('')}`,
  )
  return ExitCode.ok
}
