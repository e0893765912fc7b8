import { confirm, isCancel, log, multiselect, note, select, text } from '@clack/prompts'
import { plain } from '../report/plain.ts'
import { ExitCode, FlowbreakError, messageOf } from '../support/errors.ts'

export interface Choice<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** Entries of a list that are visible at once. */
const SEEN = 9
/** Columns taken by the frame of a dialogue. */
export const FRAME = 7

/** Asks for one of several choices. Ctrl-C throws ERR_INTERRUPTED, as in all of these functions. */
export async function choose<T>(message: string, choices: readonly Choice<T>[], initial?: T): Promise<T> {
  // By number, so that a choice can have any value.
  const at = initial === undefined ? 0 : choices.findIndex(({ value }) => value === initial)
  const chosen = given(
    await select({ message, options: optionsOf(choices), initialValue: Math.max(0, at), maxItems: SEEN }),
  )
  return chosenOf(choices, chosen)
}

/** Asks for some of several choices, at least one. */
export async function chooseSome<T>(
  message: string,
  choices: readonly Choice<T>[],
  initial: readonly T[],
): Promise<readonly T[]> {
  const initialValues = choices.flatMap(({ value }, index) => (initial.includes(value) ? [index] : []))
  const chosen = given(
    await multiselect({
      message,
      options: optionsOf(choices),
      initialValues,
      required: true,
      maxItems: SEEN,
    }),
  )
  return [...chosen].sort((a, b) => a - b).map((index) => chosenOf(choices, index))
}

/** Asks for a line of text; `read` throws what is wrong with it, which is shown below it. */
export async function write<T>(message: string, initial: string, read: (text: string) => T): Promise<T> {
  const written = given(
    await text({
      message,
      initialValue: initial,
      validate: (value) => {
        try {
          read(value?.trim() ?? '')
          return undefined
        } catch (thrown) {
          return messageOf(thrown)
        }
      },
    }),
  )
  return read(written.trim())
}

export async function agree(message: string, initial = true): Promise<boolean> {
  return given(await confirm({ message, initialValue: initial }))
}

/** Shows lines in a frame. */
export function show(title: string, lines: readonly string[]): void {
  note(lines.map((line) => plain(line)).join('\n'), plain(title), { format: (line) => line })
}

export function say(line: string): void {
  log.step(plain(line))
}

export function warn(line: string): void {
  log.warn(plain(line))
}

function optionsOf<T>(choices: readonly Choice<T>[]) {
  return choices.map(({ label, hint }, value) => ({
    value,
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
  }))
}

function chosenOf<T>(choices: readonly Choice<T>[], index: number): T {
  const choice = choices[index]
  if (choice === undefined) throw new RangeError('What was chosen was not offered.')
  return choice.value
}

function given<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>
  throw new FlowbreakError('ERR_INTERRUPTED', 'Interrupted: nothing was written.', {
    exitCode: ExitCode.interrupted,
  })
}
