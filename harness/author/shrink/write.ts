import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case } from '../../model/case.ts'
import { shellWord } from '../../report/rerun.ts'
import type { SetupInput } from '../../suite/setup/input.ts'
import { writeFolder } from '../folder.ts'
import { writeManifest } from '../manifest.ts'
import { CaptureOutput } from '../output.ts'
import { writePacket } from '../transcribe.ts'
import { agreedCase, offeredCase } from './expected.ts'
import type { Shrunk, Size } from './shrink.ts'
import { PROFILE_FILE, profileText, suiteText } from './suite-text.ts'

export interface WriteOptions {
  readonly folder: string
  readonly shrunk: Shrunk
  /** The case that was shrunk. */
  readonly whole: Case
  readonly setup: SetupInput
  readonly targets: readonly string[]
  readonly seed: number
  /** Options without which its targets are not there. */
  readonly options: readonly string[]
  readonly flowbreak: string
  readonly signal: AbortSignal
}

const SUITE = 'suite.yaml'
const CAPTURE = 'capture.pcapng'

/** What was written. */
export interface Written {
  readonly files: readonly string[]
  /** The command that plays it again. */
  readonly rerun: string
}

/**
 * Writes a folder with the capture and its manifest, and a suite of the one case; whole or not at all. Throws as `writeFolder`, and
 * ERR_SHRINK for a disagreement that no suite can name.
 */
export async function writeShrunk(options: WriteOptions): Promise<Written> {
  const { folder, shrunk, whole, setup, targets, signal } = options
  const { recorded } = shrunk.trial
  const rerun = rerunOf(options)
  const test = targets.length > 1 ? agreedCase(shrunk, targets) : offeredCase(shrunk)
  const own = typeof setup.profile === 'object' ? setup.profile : undefined
  const files = [CAPTURE, 'capture.json', ...(own === undefined ? [] : [PROFILE_FILE]), SUITE]
  await writeFolder(folder, signal, async (temporary) => {
    const capture = join(temporary, CAPTURE)
    using output = new CaptureOutput(capture)
    for (let i = 0; i < recorded.batch.count; i++) writePacket(output, recorded.batch, i, recorded.epoch)
    output.close(`Nothing is left of ${whole.name}.`)
    await writeManifest(capture, {
      title: `What is left of ${whole.name}`,
      by: `flowbreak shrink ${shellWord(whole.name)}`,
      with: { flowbreak: options.flowbreak },
    })
    if (own !== undefined) writeFileSync(join(temporary, PROFILE_FILE), profileText(own))
    const text = suiteText(test, {
      setup,
      capture: `./${CAPTURE}`,
      title: `What is left of ${whole.name}`,
      comments: [
        `Shrunk from ${whole.name}: ${sizeWords(shrunk)}.`,
        `It shows ${shrunk.difference.words}.`,
        rerun,
      ],
    })
    writeFileSync(join(temporary, SUITE), text)
  })
  return { files, rerun }
}

/** `4 of 26 packets, 1 of 1 injections, 270 of 2150 bytes`. */
export function sizeWords({ before, after }: { readonly before: Size; readonly after: Size }): string {
  return (['packets', 'injections', 'bytes'] as const)
    .map((what) => `${after[what]} of ${before[what]} ${what}`)
    .join(', ')
}

function rerunOf({ folder, targets, seed, options }: WriteOptions): string {
  const named = targets.flatMap((name) => ['--target', name])
  return ['npx', 'flowbreak', 'run', join(folder, SUITE), ...named, ...options, '--seed', String(seed)]
    .map(shellWord)
    .join(' ')
}
