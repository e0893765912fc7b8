import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { checkNodePcap } from '../../observe/live/pcap/port.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

/** The properties of a machine that a target in a lab depends on. */
export interface Machine {
  readonly platform: string
  /** 0: root. */
  readonly uid: number | undefined
  /** Where programs are searched for, as in PATH. */
  readonly path: string
}

/** A target in a lab, for messages, and the packages of the programs that it needs. */
interface LabNeeds {
  readonly target: string
  readonly code: `ERR_${string}`
  /** Why it needs Linux: `is the kernel of Linux`. */
  readonly linux: string
  readonly programs: Readonly<Record<string, string>>
}

/** Programs that every lab needs. */
export const LAB_PROGRAMS: Readonly<Record<string, string>> = { ip: 'iproute2', ethtool: 'ethtool' }

/** Throws the target's error or ERR_NODE_PCAP, with the command to type, if a lab cannot be made on a machine. */
export function checkMachine(
  { target, code, linux, programs }: LabNeeds,
  machine: Machine = thisMachine(),
): void {
  const fail = (message: string) => new FlowbreakError(code, message, { exitCode: ExitCode.broken })
  if (machine.platform !== 'linux')
    throw fail(`The ${target} target ${linux}, which this machine does not run: use --target reference.`)
  if (machine.uid !== 0)
    throw fail(
      `The ${target} target makes network namespaces, which needs root: sudo -E npx flowbreak run --target ${target}.`,
    )
  const missing = Object.entries(programs).filter(([program]) => !isThere(program, machine.path))
  if (missing.length > 0)
    throw fail(
      `The ${target} target needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${missing.map(([, name]) => name).join(' ')}.`,
    )
  checkNodePcap()
}

function thisMachine(): Machine {
  return { platform: process.platform, uid: process.getuid?.(), path: process.env.PATH ?? '' }
}

function isThere(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
