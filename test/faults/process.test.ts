import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { livingOf } from '../../harness/target/process/example-group.test.ts'
import { makeTarget } from '../../harness/target/targets.ts'
import { describeFaults } from './matrix.ts'
import { MOMENTS } from './moments.ts'

const PROGRAM = fileURLToPath(new URL('programs/faulty.mjs', import.meta.url))

const pids = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
after(() => rmSync(pids, { recursive: true, force: true }))

describeFaults({
  name: 'process',
  profile: 'aws-nfw',
  gap: '100s',
  sample: 7,
  faults: [
    {
      name: 'forwards everything',
      liar: true,
      told: /^ERR_CALIBRATION: A reset of no known connection came out/,
    },
    {
      name: 'drops everything but controls',
      liar: true,
      told: /^ERR_CALIBRATION: A new connection did not come out/,
    },
    { name: 'answers from a cache', told: /after host-swap\) was to be drop by fw-b, and was forward/ },
    {
      name: 'mutes one direction',
      told: /^ERR_CALIBRATION: A datagram that is allowed did not come out by fw-a s2c/,
    },
    { name: 'mutes one direction after calibration', told: /controls did not come out \(fw-a s2c/ },
    { name: 'swaps two hosts', told: /was to be forward by fw-a, and was forward by fw-b/ },
    { name: 'duplicates', told: /answered twice for packet 1\./ },
    {
      name: 'dies',
      moments: MOMENTS,
      told: /faulty.mjs dies \w+ ended with exit code 1 before it was told to\./,
    },
    { name: 'freezes', moments: MOMENTS, told: /faulty.mjs freezes \w+ gave no answer to \w+ for 10 s\./ },
  ],
  open: async (fault = 'none', moment) => ({
    target: await makeTarget(
      {
        kind: 'process',
        command: [process.execPath, PROGRAM, fault, moment ?? ''],
        env: { PIDS: pids },
        timeout: fault === 'freezes' ? '10s' : '60s',
      },
      { name: 'faulty', version: 'test' },
    ),
    [Symbol.asyncDispose]: async () => undefined,
  }),
  without: [
    ['delays beyond the marker', 'on a virtual clock an answer has no time'],
    ['kills one of two hosts', 'one program is all hosts'],
    [
      'all but dies and freezes, from a moment on',
      'a program that began to lie midway is one that lied at that packet',
    ],
  ],
  leftovers: () => readdirSync(pids).filter((pid) => livingOf(Number(pid)).length > 0),
  timeout: 120_000,
})
