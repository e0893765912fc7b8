import { FlowbreakError } from '../../support/errors.ts'

/** Options of `{ kind: 'suricata', … }`. */
export interface SuricataOptions {
  /** The program, or its name on the PATH. */
  readonly binary: string
  /** Seconds that each process may take. */
  readonly timeout: number
}

const DEFAULTS: SuricataOptions = { binary: 'suricata', timeout: 120 }
const LONGEST = 86_400

/** Reads the options of a target. Throws ERR_TARGET_OPTION with what is wrong and what is allowed. */
export function readOptions({ kind: _, ...spec }: Readonly<Record<string, unknown>>): SuricataOptions {
  for (const name of Object.keys(spec))
    if (!Object.hasOwn(DEFAULTS, name))
      throw wrong(`has no option ${name}: its options are binary and timeout`)
  const { binary = DEFAULTS.binary, timeout = DEFAULTS.timeout } = spec
  if (typeof binary !== 'string' || binary === '')
    throw wrong('needs as binary the path of a Suricata, or its name on the PATH')
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= LONGEST))
    throw wrong(`needs as timeout a number of seconds above 0 and up to ${LONGEST}`)
  return { binary, timeout }
}

function wrong(problem: string): FlowbreakError {
  return new FlowbreakError('ERR_TARGET_OPTION', `Target suricata ${problem}.`)
}
