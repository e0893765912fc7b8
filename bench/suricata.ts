import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandLine } from './measure.ts'

/** Suricata reading a capture as an IPS, without rules or with those of a file and EVE for their alerts, with the midstream policy that `--policy drop` stands for. */
export function suricataCommand(capture: string, folder: string, rules?: string): CommandLine {
  mkdirSync(join(folder, 'logs'), { recursive: true })
  const config = join(folder, 'suricata.yaml')
  writeFileSync(config, rules === undefined ? CONFIG : CONFIG + ALERTS)
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
      rules ?? empty,
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

/** Windows of one size, so that alerts do not depend on chance. */
const ALERTS = `  - eve-log: { enabled: yes, filetype: regular, filename: eve.json, append: no, types: [alert] }
`

const CONFIG = `%YAML 1.1
---
vars: { address-groups: { HOME_NET: any, EXTERNAL_NET: any }, port-groups: { HTTP_PORTS: "80" } }
exception-policy: ignore
stream: { midstream: false, midstream-policy: drop-flow, inline: yes, checksum-validation: no, reassembly: { randomize-chunk-size: no } }
flow-timeouts:
  tcp: { new: 60, established: 600, closed: 60 }
  udp: { new: 30, established: 300 }
  icmp: { new: 30, established: 300 }
outputs:
  - stats: { enabled: yes, filename: stats.log, totals: yes, threads: no }
`
