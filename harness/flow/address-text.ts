/** Dotted decimal form of an IPv4 address given as one word. */
export function ipv4Text(word: number): string {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.')
}

/** An IPv6 address of eight 16-bit groups in RFC 5952 4 form: lower case, the longest run of zeros (two or more) as `::`. */
export function ipv6Text(groups: readonly number[]): string {
  let from = 0
  let length = 1
  for (let i = 0; i < groups.length; i++) {
    let zeros = 0
    while (groups[i + zeros] === 0) zeros++
    if (zeros > length) {
      from = i
      length = zeros
    }
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? text(groups) : `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`
}
