import { checkMachine, LAB_PROGRAMS, type Machine } from '../lab/machine.ts'

/** Throws ERR_SURICATA_LIVE or ERR_NODE_PCAP, with the command to type, if no lab can be made for Suricata. */
export function checkNeeds(machine?: Machine): void {
  const needs = {
    target: 'suricata-live',
    code: 'ERR_SURICATA_LIVE',
    linux: 'needs network namespaces of Linux',
    programs: LAB_PROGRAMS,
  } as const
  checkMachine(needs, machine)
}
