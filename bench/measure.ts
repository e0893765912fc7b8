import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One finished process. */
export interface Sample {
  readonly seconds: number
  /** Peak resident memory in MiB. */
  readonly mebibytes: number
  readonly stdout: string
}

export interface CommandLine {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
}

/**
 * Runs a whole process and takes its wall time and peak memory, as GNU time accounts for it. `peak`: a file to which the process itself
 * has GNU time write that of the part of it which counts. Throws where it fails.
 */
export function runOnce({ command, args, cwd }: CommandLine, peak?: string): Sample {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-bench-'))
  try {
    const report = join(folder, 'time')
    const began = process.hrtime.bigint()
    const { status, stdout, stderr, error } = spawnSync(
      'time',
      ['-f', '%M', '-o', report, command, ...args],
      {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        ...(cwd === undefined ? {} : { cwd }),
      },
    )
    const seconds = Number(process.hrtime.bigint() - began) / 1e9
    if (error !== undefined)
      throw new Error(
        `${error.message}: the benchmarks need GNU time and ${command} (apt-get install time suricata)`,
      )
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`)
    const kibibytes = Number(
      readFileSync(peak ?? report, 'utf8')
        .trim()
        .split('\n')
        .at(-1),
    )
    return { seconds, mebibytes: kibibytes / 1024, stdout }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs commands in turn, a round to warm up and `rounds` that count; answers the samples of each. */
export function alternate(commands: readonly CommandLine[], rounds = 5): readonly (readonly Sample[])[] {
  for (const command of commands) runOnce(command)
  const samples = commands.map((): Sample[] => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, command] of commands.entries()) samples[index]?.push(runOnce(command))
  return samples
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Median of the ratios of pairs taken in the same round. */
export function medianRatio(a: readonly Sample[], b: readonly Sample[]): number {
  return median(a.map(({ seconds }, index) => seconds / (b[index]?.seconds ?? Number.NaN)))
}
