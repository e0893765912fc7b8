import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandLine } from './measure.ts'

/** Suricata reading a capture as an IPS without rules, with the midstream policy that `--policy drop` stands for. */
export function suricataCommand(capture: string, folder: string): CommandLine {
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const config = join(folder, 'suricata.yaml')
  writeFileSync(config, CONFIG)
  const empty = join(folder, 'empty.rules')
  writeFileSync(empty, '')
  return {
    command: 'suricata',
    args: [
      '-c',
      config,
      '-r',
      capture,
      '-S',
      empty,
      '-l',
      join(folder, 'logs'),
      '-k',
      'none',
      '--runmode',
      'single',
      '--simulate-ips',
    ],
  }
}

const CONFIG = `%YAML 1.1
---
vars: { address-groups: { HOME_NET: any, EXTERNAL_NET: any }, port-groups: { HTTP_PORTS: "80" } }
exception-policy: ignore
stream: { midstream: false, midstream-policy: drop-flow, inline: yes, checksum-validation: no }
flow-timeouts:
  tcp: { new: 60, established: 600, closed: 60 }
  udp: { new: 30, established: 300 }
  icmp: { new: 30, established: 300 }
outputs:
  - stats: { enabled: yes, filename: stats.log, totals: yes, threads: no }
`
