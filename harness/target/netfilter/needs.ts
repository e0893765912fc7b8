import { checkMachine, type Machine } from '../lab/machine.ts'

const PROGRAMS: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  ethtool: 'ethtool',
}

/** Throws ERR_NETFILTER or ERR_NODE_PCAP, with the command to type, if a netfilter target is not possible here. */
export function checkNeeds(sync: boolean, machine?: Machine): void {
  const programs = sync ? { ...PROGRAMS, conntrackd: 'conntrackd' } : PROGRAMS
  const needs = {
    target: 'netfilter',
    code: 'ERR_NETFILTER',
    linux: 'is the kernel of Linux',
    programs,
  } as const
  checkMachine(needs, machine)
}
