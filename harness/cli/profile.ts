import { getProfile, makeProfile, profileNames } from '../profile/index.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsed } from './command.ts'
import { profileNamed } from './profile-named.ts'
import { columns, profileText } from './profile-text.ts'

/** `flowbreak profile list|show NAME`. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const command = newCommand('profile', "Real systems' settings, each with where it is known from.")
  command.addCommand(
    newCommand('list', 'Lists the profiles.')
      .option('--json', 'as JSON')
      .option('--debug', 'show where an error comes from')
      .action(({ json }: { json?: true }) => {
        const profiles = profileNames().map((name) => {
          const { product, title } = getProfile(name)
          return { name, product, title }
        })
        process.stdout.write(
          json
            ? `${JSON.stringify(profiles, null, 2)}\n`
            : columns(profiles.map(({ name, title }) => [name, title])),
        )
      }),
  )
  command.addCommand(
    newCommand('show', "Shows a profile's knobs: value, provenance mark, source.")
      .argument('<name>', "as profile list names it, or a file of one's own")
      .option('--json', 'as JSON')
      .option('--debug', 'show where an error comes from')
      .action(async (name: string, { json }: { json?: true }) => {
        const own = await profileNamed(name)
        const profile = typeof own === 'string' ? getProfile(own) : makeProfile(own)
        process.stdout.write(json ? `${JSON.stringify(profile, null, 2)}\n` : profileText(profile))
      }),
  )
  await parsed(command, args.length === 0 ? ['--help'] : args)
  return ExitCode.ok
}
