import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { checkNodePcap } from '../../observe/live/pcap/port.ts'
import { ExitCode, FlowbreakError } from '../../support/errors.ts'

const PROGRAMS: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  ethtool: 'ethtool',
}

/** What of a machine a netfilter target depends on. */
export interface Machine {
  readonly platform: string
  /** 0: root. */
  readonly uid: number | undefined
  /** Where programs are looked for, as in PATH. */
  readonly path: string
}

/** Throws ERR_NETFILTER or ERR_NODE_PCAP, with what has to be typed, where a netfilter target cannot be had. */
export function checkNeeds(sync: boolean, machine: Machine = thisMachine()): void {
  const fail = (message: string) =>
    new FlowbreakError('ERR_NETFILTER', message, { exitCode: ExitCode.broken })
  if (machine.platform !== 'linux')
    throw fail(
      'The netfilter target is the kernel of Linux, which this machine does not run: use --target reference.',
    )
  if (machine.uid !== 0)
    throw fail(
      'The netfilter target makes network namespaces, which takes root: sudo -E npx flowbreak run --target netfilter.',
    )
  const needed = sync ? { ...PROGRAMS, conntrackd: 'conntrackd' } : PROGRAMS
  const missing = Object.entries(needed).filter(([program]) => !isThere(program, machine.path))
  if (missing.length > 0)
    throw fail(
      `The netfilter target needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${missing.map(([, name]) => name).join(' ')}.`,
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
