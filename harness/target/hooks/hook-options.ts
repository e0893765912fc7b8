import type { Wrong } from '../wrong.ts'

/**
 * Commands, as lists, that do to appliances what the load balancer cannot. In their arguments {host}, {index} and {event}, and names
 * that the target adds, are replaced for the host concerned; `configure` finds the setup, as JSON, in the file {setup}.
 */
export interface HookOptions {
  /** Sets all appliances to a setup. */
  readonly configure?: readonly string[]
  /** Prints what the appliances are: its first line is their version in reports. */
  readonly identify?: readonly string[]
  /** Empties all session tables. */
  readonly clear?: readonly string[]
  /** Makes a host crash. */
  readonly swap?: readonly string[]
  /** Brings a crashed host back. */
  readonly restore?: readonly string[]
  /** Called after a replay that failed: prints what the devices have recorded about it. */
  readonly collect?: readonly string[]
  /** Seconds that each command may take. */
  readonly limit: number
}

const COMMANDS = ['configure', 'identify', 'clear', 'swap', 'restore', 'collect'] as const
export type HookName = (typeof COMMANDS)[number]
const LIMIT_S = 60

/** Reads `hooks`. A text is split at blanks: there is no shell. */
export function readHooks(value: unknown, wrong: Wrong): HookOptions {
  if (value === undefined) return { limit: LIMIT_S }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('hooks must be as { clear: [program, argument] }')
  const given = value as Readonly<Record<string, unknown>>
  const known: readonly string[] = [...COMMANDS, 'limit']
  const stranger = Object.keys(given).find((key) => !known.includes(key))
  if (stranger !== undefined) throw wrong(`there is no hook ${stranger}, only ${known.join(', ')}`)
  const { limit = LIMIT_S } = given
  if (typeof limit !== 'number' || !(limit > 0 && limit <= 3600))
    throw wrong('hooks.limit must be a number of seconds up to 3600')
  const commands = COMMANDS.flatMap((name) => {
    const command = given[name]
    if (command === undefined) return []
    const words: unknown = typeof command === 'string' ? command.split(/\s+/).filter(Boolean) : command
    if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string'))
      throw wrong(`hooks.${name} must be a command as a list of texts`)
    return [[name, words] as const]
  })
  return { ...Object.fromEntries(commands), limit }
}
