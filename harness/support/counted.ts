/** A number of things in words: `1 packet`, `2 packets`. `noun`: one whose plural ends in s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
