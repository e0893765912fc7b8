import { readdirSync, readFileSync } from 'node:fs'

/** The processes of a group that live: those that ended and were not waited for yet are none. */
export function livingOf(group: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // After the name of the program, in brackets: state, parent, group.
        const [, state = '', , of = ''] =
          /.*\) (\S) (\d+) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return Number(of) === group && state !== 'Z'
      } catch {
        return false
      }
    })
    .map(Number)
}
