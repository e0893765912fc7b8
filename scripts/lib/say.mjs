/** An error for people: one sentence that says what went wrong and what to do. */
export class SetupError extends Error {}

/**
 * Prints one line about the set-up on standard error, so that standard output stays the main job's.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`)
}
