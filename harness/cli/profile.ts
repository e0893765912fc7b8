import { getProfile, makeProfile, profileNames } from '../profile/index.ts'
import { terminalColumns } from '../report/screen.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsedGroup } from './command.ts'
import { profileNamed } from './profile-named.ts'
import { columns, profileText } from './profile-text.ts'

/** `flowbreak profile list|show NAME`. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const command = newCommand('profile', 'Shows the profiles of real systems, with the source of every knob.')
  command.addCommand(
    newCommand('list', 'Lists the profiles.')
      .option('--json', 'print JSON')
      .option('--debug', 'show where an error comes from')
      .action(({ json }: { json?: true }) => {
        const profiles = profileNames().map((name) => {
          const { product, title } = getProfile(name)
          return { name, product, title }
        })
        process.stdout.write(
          json
            ? `${JSON.stringify(profiles, null, 2)}\n`
            : columns(
                profiles.map(({ name, title }) => [name, title]),
                terminalColumns(process.stdout),
              ),
        )
      }),
  )
  command.addCommand(
    newCommand('show', 'Shows the knobs of a profile: value, provenance mark and source.')
      .argument('<name>', 'a name from profile list, or a file of your own')
      .option('--json', 'print JSON')
      .option('--debug', 'show where an error comes from')
      .action(async (name: string, { json }: { json?: true }) => {
        const own = await profileNamed(name)
        const profile = typeof own === 'string' ? getProfile(own) : makeProfile(own)
        process.stdout.write(
          json
            ? `${JSON.stringify(profile, null, 2)}\n`
            : profileText(profile, terminalColumns(process.stdout)),
        )
      }),
  )
  return (await parsedGroup(command, args)) ? ExitCode.ok : ExitCode.usage
}
