/** Texts, of each how many letters it has in common with the one before, and the rest. */
export type FrontCoded = readonly (number | string)[]

/** Names of cases that stand next to each other are nearly the same: three quarters of them need not be written. */
export function frontCoded(texts: readonly string[]): FrontCoded {
  let before = ''
  return texts.flatMap((text) => {
    let common = 0
    while (common < text.length && text[common] === before[common]) common++
    before = text
    return [common, text.slice(common)]
  })
}

export function frontDecoded(coded: FrontCoded): readonly string[] {
  const texts: string[] = []
  let before = ''
  for (let at = 0; at < coded.length; at += 2) {
    before = `${before.slice(0, Number(coded[at]))}${coded[at + 1]}`
    texts.push(before)
  }
  return texts
}
