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

/** Throws, with what has to be typed, where a netfilter target cannot be had here. */
export function checkNeeds(sync: boolean): void {
  const fail = (message: string) =>
    new FlowbreakError('ERR_NETFILTER', message, { exitCode: ExitCode.broken })
  if (process.platform !== 'linux')
    throw fail(
      'The netfilter target is the kernel of Linux, which this machine does not run: use --target reference.',
    )
  if (process.getuid?.() !== 0)
    throw fail(
      'The netfilter target makes network namespaces, which takes root: sudo -E npx flowbreak run --target netfilter.',
    )
  const needed = sync ? { ...PROGRAMS, conntrackd: 'conntrackd' } : PROGRAMS
  const missing = Object.entries(needed).filter(([program]) => !isThere(program))
  if (missing.length > 0)
    throw fail(
      `The netfilter target needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${missing.map(([, name]) => name).join(' ')}.`,
    )
  checkNodePcap()
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
