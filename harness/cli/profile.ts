import { getProfile, profileNames } from '../profile/index.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand, parsed } from './command.ts'

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
      .argument('<name>', 'as profile list names it')
      .option('--json', 'as JSON')
      .option('--debug', 'show where an error comes from')
      .action((name: string, { json }: { json?: true }) => {
        const profile = getProfile(name)
        const rows = Object.entries(profile.knobs).map(([knob, { value, mark, source }]) => [
          knob,
          String(value),
          mark,
          source,
        ])
        process.stdout.write(json ? `${JSON.stringify(profile, null, 2)}\n` : columns(rows))
      }),
  )
  await parsed(command, args.length === 0 ? ['--help'] : args)
  return ExitCode.ok
}

/** Rows as text, every column but the last as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows
    .map(
      (row) =>
        `${row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join('  ')}\n`,
    )
    .join('')
}
