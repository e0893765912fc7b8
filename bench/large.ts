import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOnce, type Sample } from './measure.ts'

/** A suite of so many cases: tens of them, or thousands in entries of 2,000. */
export function manyCases(count: number): string {
  const numbers = Array.from({ length: Math.min(200, count / 10) }, (_, index) => index + 1)
  const entries = Array.from({ length: Math.ceil(count / 2000) }, (_, index) => [
    `  - name: swap-${index + 1}`,
    '    requirement: After a host swap every packet is dropped.',
    '    source: { mark: SRC, product: suricata, where: stream midstream policy }',
    '    capture: echo-ladder-{family}',
    '    inject: [{ host-swap: { at: "{packet}" } }]',
    '    expect: { before: forward, after host-swap: drop }',
  ])
  return [
    'suite: bench/many',
    'title: Many cases',
    'setup: { profile: suricata-7 }',
    `matrix: { family: [ipv4, ipv6], packet: [4, 8, 11, 14, 17], number: [${numbers.join(', ')}] }`,
    'cases:',
    ...entries.flat(),
    '',
  ].join('\n')
}

/** A suite of so many cases, in which a capture of one flow is broken at 200 places, many times over. */
export function heavyCases(count: number, capture: string): string {
  const packets = Array.from({ length: 200 }, (_, index) => 2 * index + 20)
  const times = Array.from({ length: count / packets.length }, (_, index) => index + 1)
  return [
    'suite: bench/heavy',
    'title: Heavy cases',
    'setup: { profile: suricata-7 }',
    `matrix: { packet: [${packets.join(', ')}], time: [${times.join(', ')}] }`,
    'cases:',
    '  - name: swap',
    '    requirement: After a host swap every packet is dropped.',
    '    source: { mark: SRC, product: suricata, where: stream midstream policy }',
    `    capture: ${capture}`,
    '    inject: [{ host-swap: { at: "{packet}" } }]',
    '    expect: { before: forward, after host-swap: drop }',
    '',
  ].join('\n')
}

/** One run of so many cases, with its json report. */
export function measureManyCases(flowbreak: string, root: string, count: number): Sample {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const suite = join(folder, 'many.yaml')
    writeFileSync(suite, manyCases(count))
    const reporter = `json=${join(folder, 'run.json')}`
    const args = [flowbreak, 'run', suite, '--output', join(folder, 'runs'), '--reporter', reporter]
    return runOnce({ command: process.execPath, args, cwd: root })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A capture replayed so many times over, as one, through a pipe: nothing of it is on the disk twice. */
export function measureStream(flowbreak: string, root: string, capture: string, times: number): Sample {
  const words = [process.execPath, join(root, 'bench/repeat.ts'), capture, flowbreak]
  const [node, repeat, path, main] = words.map((word) => `'${word}'`)
  const line = `${node} --import tsx ${repeat} ${path} ${times} | time -f '%M' -o "$0" ${node} ${main} replay - --target reference --policy drop --quiet`
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const peak = join(folder, 'peak')
    return runOnce({ command: 'bash', args: ['-o', 'pipefail', '-c', line, peak], cwd: root }, peak)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
