import { z } from 'zod'
import type { RunEvent } from '../model/run-log.ts'
import { FlowbreakError, messageOf } from '../support/errors.ts'
import { fits } from './fits.ts'
import { headProblem } from './head.ts'
import { KeptEvents, type LinePlace } from './kept.ts'
import { isReadAnywhere, type Line, linesOf } from './lines.ts'
import { runEvent } from './schema.ts'

const fitsEvent = fits(runEvent)

/** Every event of a run log, in order; those of a large log as kept by `KeptEvents`. See `streamRunLog`. */
export function readRunLog(file: string): RunEvent[] {
  const events: RunEvent[] = []
  let kept: KeptEvents | undefined
  for (const [event, place] of placedEvents(file)) {
    // Only now is it known that the file exists.
    kept ??= new KeptEvents(file, isReadAnywhere(file) ? {} : { room: Number.POSITIVE_INFINITY })
    events.push(kept.keep(event, place))
  }
  return events
}

/**
 * The events of a run log one by one, each checked. A truncated last line becomes a warning event. Throws ERR_LOG, with
 * the file and the line, if the file is no run log, has another version, or is damaged in the middle.
 */
export function* streamRunLog(file: string): Generator<RunEvent> {
  for (const [event] of placedEvents(file)) yield event
}

function* placedEvents(file: string): Generator<readonly [RunEvent, LinePlace]> {
  let empty = true
  for (const line of opened(file)) {
    if (empty) {
      const problem = headProblem(line.text)
      if (problem !== undefined) throw new FlowbreakError('ERR_LOG', `${file} ${problem}.`)
    }
    empty = false
    const place = { at: line.at, length: line.bytes.length }
    yield [line.whole ? eventOf(file, line) : lastEvent(file, line), place]
  }
  if (empty) throw new FlowbreakError('ERR_LOG', `${file} is empty: no run was logged in it.`)
}

function* opened(file: string): Generator<Line> {
  try {
    yield* linesOf(file)
  } catch (thrown) {
    throw new FlowbreakError('ERR_LOG', `The run log ${file} cannot be read (${messageOf(thrown)}).`, {
      cause: thrown,
    })
  }
}

function eventOf(file: string, { number, text }: Line): RunEvent {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(file, number, 'it is not JSON')
  }
  if (fitsEvent(value)) return value as RunEvent
  const checked = runEvent.safeParse(value)
  if (checked.success) return checked.data
  throw damaged(
    file,
    number,
    z
      .prettifyError(checked.error)
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace(/^✖ /, ''),
  )
}

function lastEvent(file: string, line: Line): RunEvent {
  try {
    return eventOf(file, line)
  } catch {
    return {
      type: 'warning',
      code: 'WARN_LOG_CUT',
      message: 'The last line of the run log was cut off while it was written, and is left out.',
      where: `${file}:${line.number}`,
    }
  }
}

function damaged(file: string, line: number, why: string): FlowbreakError {
  return new FlowbreakError(
    'ERR_LOG',
    `${file}:${line}: this line is not an event of a run log (${why}); the lines before it are valid.`,
  )
}
