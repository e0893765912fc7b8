/** Text for a terminal on one line: what steers terminals is shown as its code point, `\u{1b}`. */
export { plainLine as plain } from '../support/steering.ts'
