import { chmodSync, existsSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicWriter } from '../../capture/writer.ts'
import type { CaseResult } from '../../log/cases.ts'
import { EVIDENCE_LOG } from '../../log/evidence.ts'
import type { CaseFinished } from '../../model/run-log.ts'
import { makeFolder } from '../../support/caller.ts'
import { ExitCode, FlowbreakError, reasonOf } from '../../support/errors.ts'
import type { Recorded } from '../../timeline/recorded.ts'
import { type CaseFrames, framesOf } from './frames.ts'
import { bugPage, type Device } from './page.ts'
import { armFile, replayScript } from './script.ts'

/**
 * Writes a folder about one case that needs no flowbreak: a page, a capture for what went into and what came out of each arm, a script
 * that sends it again, what the log has, and what the device had recorded, if that is known. Throws ERR_BUG for a case of which no packet was observed, or a folder that cannot be
 * written, ERR_CAPTURE_WRITE for a capture in it; nothing of it is left then. `from`: the capture of the case, or the frames that were really sent and seen.
 */
export function writeBug(
  folder: string,
  result: CaseResult & { readonly finished: CaseFinished },
  from: Recorded | CaseFrames,
  device: Device,
): readonly string[] {
  const { trace } = result.finished
  if (trace === undefined)
    throw new FlowbreakError(
      'ERR_BUG',
      `Nothing was observed of ${result.case.name}: there is nothing to show.`,
    )
  const frames = 'arms' in from ? from : framesOf(trace, from)
  const files: string[] = []
  const write = (name: string, text: string) => {
    files.push(name)
    writeFileSync(join(folder, name), text)
  }
  let isMade = false
  try {
    if (!existsSync(folder)) {
      makeFolder(folder)
      isMade = true
    }
    for (const arm of frames.arms)
      for (const way of ['sent', 'seen'] as const) {
        const name = armFile(arm, way)
        using writer = new ClassicWriter(join(folder, name), frames.link, frames.epoch)
        for (const { at, frame } of arm[way]) writer.write(at, frame)
        writer.close()
        files.push(name)
      }
    write('README.md', bugPage(result, trace, frames, device))
    if (device.said !== undefined) write(EVIDENCE_LOG, device.said)
    write('case.json', `${JSON.stringify(result.finished, null, 2)}\n`)
    write('replay.sh', replayScript(frames.arms, trace.events))
    chmodSync(join(folder, 'replay.sh'), 0o755)
    return files.sort()
  } catch (thrown) {
    if (isMade) rmSync(folder, { recursive: true, force: true })
    else for (const name of files) discard(join(folder, name))
    if (thrown instanceof FlowbreakError) throw thrown
    throw new FlowbreakError(
      'ERR_BUG',
      `${folder} cannot be written (${reasonOf(thrown)}): name another folder.`,
      {
        exitCode: ExitCode.broken,
        cause: thrown,
      },
    )
  }
}

/** Removes what was written of a file. */
function discard(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // It was never begun, as its place is taken: the error that is on its way says so.
  }
}
