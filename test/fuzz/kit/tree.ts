import type { Random } from './random.ts'
import { NASTY_TEXTS } from './text.ts'

/** What JSON and YAML hold. */
export type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree }

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  255,
  65_536,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  1e308,
  -1e308,
  1e-308,
] as const

/** One to three values of a tree replaced, taken out, doubled, renamed or put under keys that objects inherit. */
export function damageTree(random: Random, tree: Tree, words: readonly string[]): Tree {
  let damaged = tree
  for (let times = 1 + random.below(3); times > 0; times--) damaged = within(random, damaged, words, 0)
  return damaged
}

/** Walks down by chance and changes what it ends at. */
function within(random: Random, tree: Tree, words: readonly string[], depth: number): Tree {
  if (typeof tree !== 'object' || tree === null || random.oneIn(depth + 8)) return other(random, tree, words)
  if (Array.isArray(tree)) {
    const list: Tree[] = [...tree]
    const at = random.below(list.length)
    const choice = random.below(10)
    if (choice === 0 || list.length === 0) list.push(value(random, words))
    else if (choice === 1) list.splice(at, 1)
    else if (choice === 2) list.splice(at, 0, list[at] ?? null)
    else list[at] = within(random, list[at] ?? null, words, depth + 1)
    return list
  }
  const entries = Object.entries(tree as { readonly [key: string]: Tree })
  const at = random.below(entries.length)
  const [key, below] = entries[at] ?? ['', null]
  const choice = random.below(10)
  if (choice === 0 || entries.length === 0) entries.push([keyOf(random, words), value(random, words)])
  else if (choice === 1) entries.splice(at, 1)
  else if (choice === 2) entries[at] = [keyOf(random, words), below]
  else if (choice === 3) entries.push([key, random.pick(entries)[1]])
  else entries[at] = [key, within(random, below, words, depth + 1)]
  return record(entries)
}

/** An object whose keys are all its own, `__proto__` too, as JSON.parse makes them. */
function record(entries: readonly (readonly [string, Tree])[]): Tree {
  const made: { [key: string]: Tree } = {}
  for (const [key, below] of entries)
    Object.defineProperty(made, key, { value: below, enumerable: true, configurable: true, writable: true })
  return made
}

function keyOf(random: Random, words: readonly string[]): string {
  return random.oneIn(2) && words.length > 0 ? random.pick(words) : random.pick(NASTY_TEXTS)
}

function other(random: Random, tree: Tree, words: readonly string[]): Tree {
  if (typeof tree === 'string' && random.oneIn(3)) {
    const at = random.below(tree.length + 1)
    return tree.slice(0, at) + random.pick(NASTY_TEXTS) + tree.slice(random.oneIn(2) ? at : at + 1)
  }
  if (typeof tree === 'number' && random.oneIn(3)) return tree + random.below(7) - 3
  return value(random, words)
}

function value(random: Random, words: readonly string[]): Tree {
  switch (random.below(9)) {
    case 0:
      return null
    case 1:
      return random.oneIn(2)
    case 2:
      return random.pick(NUMBERS)
    case 3:
      return random.below(300)
    case 4:
      return random.pick(NASTY_TEXTS).repeat(1 + random.below(3))
    case 5:
      return []
    case 6:
      return record([['__proto__', { polluted: true }]])
    case 7:
      return nested(random)
    default:
      return words.length === 0 ? {} : random.pick(words)
  }
}

function nested(random: Random): Tree {
  let tree: Tree = 'deep'
  for (let level = random.below(random.oneIn(20) ? 120 : 5); level >= 0; level--)
    tree = random.oneIn(2) ? [tree] : { deep: tree }
  return tree
}

/** Trees with something left out, to try in the place of one that breaks something. */
export function* smallerTree(tree: Tree): Generator<Tree> {
  if (typeof tree === 'string') {
    if (tree.length > 1) yield tree.slice(0, tree.length >> 1)
    return
  }
  if (typeof tree !== 'object' || tree === null) return
  if (Array.isArray(tree)) {
    const list = tree as readonly Tree[]
    for (const at of list.keys()) yield list.toSpliced(at, 1)
    for (const [at, each] of list.entries()) for (const less of smallerTree(each)) yield list.with(at, less)
    return
  }
  const entries = Object.entries(tree as { readonly [key: string]: Tree })
  for (const at of entries.keys()) yield record(entries.toSpliced(at, 1))
  for (const [at, [key, each]] of entries.entries())
    for (const less of smallerTree(each)) yield record(entries.with(at, [key, less]))
}

/** Every word of a tree: its keys and its texts, once each. */
export function wordsOf(tree: Tree, into = new Set<string>()): ReadonlySet<string> {
  if (typeof tree === 'string') into.add(tree)
  else if (Array.isArray(tree)) for (const each of tree as readonly Tree[]) wordsOf(each, into)
  else if (typeof tree === 'object' && tree !== null)
    for (const [key, each] of Object.entries(tree as { readonly [key: string]: Tree })) {
      into.add(key)
      wordsOf(each, into)
    }
  return into
}
