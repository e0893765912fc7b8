import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { livingOf } from '../../harness/target/process/example-group.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { describeFaults } from './matrix.ts'
import type { Moment } from './moments.ts'

const PROGRAM = fileURLToPath(new URL('programs/suricata.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const states: string[] = []

/** A binary that is Suricata with that fault, and where its processes are noted. */
function binary(fault: string, moment: Moment | ''): string {
  const state = join(folder, String(states.length))
  mkdirSync(state)
  states.push(state)
  const path = join(state, 'suricata')
  const args = [process.execPath, PROGRAM, 'suricata', state, fault, moment, '--'].map((arg) => `'${arg}'`)
  writeFileSync(path, `#!/bin/sh\nexec ${args.join(' ')} "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

describeFaults({
  name: 'suricata',
  profile: 'suricata-7',
  gap: '100s',
  faults: [
    { name: 'forwards everything', liar: true, told: /lets everything through/ },
    { name: 'drops everything but controls', liar: true, told: /lets nothing through that is no control/ },
    { name: 'forwards everything', moments: ['before', 'swap'], told: /to be drop by fw-b, and was forward/ },
    { name: 'mutes one direction', told: /did not come out by fw-a s2c/ },
    { name: 'mutes one direction', moments: ['before', 'swap'], told: /controls did not come out/ },
    { name: 'drops everything but controls', moments: ['before'], told: /was to be forward by fw-a/ },
    { name: 'answers from a cache', told: /ERR_SURICATA_COUNTERS|counted/ },
    { name: 'duplicates', moments: ['swap'], told: /logged \d+ packets that it did not pass and counted/ },
    { name: 'dies', told: /was killed by SIGKILL/ },
    { name: 'dies', moments: ['before', 'between', 'swap', 'after'], told: /was killed by SIGKILL/ },
    { name: 'freezes', moments: ['before', 'swap', 'after'], told: /was not done after 20 s/ },
  ],
  without: [
    ['swaps two arms', 'a host is a process that reads a file, and has none'],
    ['delays beyond the marker', 'on a virtual clock an answer has no time'],
    ['during a gap', 'the gap is in the times of packets: there is no moment between them'],
    [
      'drops everything but controls (swap)',
      'of a host that is asked about nothing but what it has to drop, no packet of a file tells it',
    ],
  ],
  sample: 4,
  open: async (fault = 'none', moment = undefined) => ({
    target: await makeTarget(
      { kind: 'suricata', binary: binary(fault, moment ?? ''), timeout: fault === 'freezes' ? 20 : 120 },
      { name: 'faulty', version: 'test' },
    ),
    [Symbol.asyncDispose]: async () => undefined,
  }),
  leftovers: () =>
    states.flatMap((state) =>
      readdirSync(state).filter((pid) => /^\d+$/.test(pid) && livingOf(Number(pid)).length > 0),
    ),
  timeout: 240_000,
})
