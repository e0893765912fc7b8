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
    { name: 'drops everything but controls', liar: true, told: /lets only control packets through/ },
    { name: 'forwards everything midway', liar: true, told: /lets everything through/ },
    {
      name: 'drops everything but controls midway',
      liar: true,
      told: /lets only control packets through/,
    },
    {
      name: 'forwards everything',
      moments: ['swap'],
      told: /came out by fw-b c2s: the target lets everything/,
    },
    { name: 'mutes one direction', told: /did not come out by fw-a s2c/ },
    { name: 'mutes one direction', moments: ['swap'], told: /did not come out by fw-b s2c/ },
    { name: 'drops everything but controls', moments: ['swap'], told: /connection did not come out by fw-b/ },
    { name: 'answers from a cache', told: /ERR_SURICATA_COUNTERS|counted/ },
    { name: 'duplicates', moments: ['swap'], told: /logged \d+ packets that it did not pass and counted/ },
    { name: 'dies', moments: ['before', 'between', 'swap', 'after'], told: /was killed by SIGKILL/ },
    { name: 'freezes', moments: ['before', 'swap', 'after'], told: /did not finish within 20 s/ },
  ],
  without: [
    ['swaps two arms', 'a host is a process that reads a file, and has none'],
    ['delays beyond the marker', 'on a virtual clock an answer has no time'],
    ['before, as a moment of its own', 'what proves a host is in the same file as its packets'],
    ['during a gap', 'the gap is in the times of packets: there is no moment between them'],
  ],
  sample: 6,
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
