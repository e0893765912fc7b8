import type { YamlFile } from '../../../harness/suite/read.ts'
import type { Random } from '../kit/random.ts'
import { damageText, smallerText } from '../kit/text.ts'
import { damageTree, smallerTree, type Tree } from '../kit/tree.ts'

/** A document, as what it says or as its text: most damage that a text takes is told by the parser, which is not ours. */
export type Document = { readonly tree: Tree } | { readonly text: string }

/** A document with damage, or now and then without; `text` of it in YAML where one is at hand. */
export function documentOf(random: Random, tree: Tree, words: readonly string[], text?: string): Document {
  if (random.oneIn(12))
    return {
      text: damageText(random, random.oneIn(2) && text !== undefined ? text : JSON.stringify(tree), words),
    }
  return { tree: random.oneIn(15) ? tree : damageTree(random, tree, words) }
}

export function* smallerDocument(document: Document): Generator<Document> {
  if ('text' in document) for (const text of smallerText(document.text)) yield { text }
  else for (const tree of smallerTree(document.tree)) yield { tree }
}

/** As it can be put to the regressions: JSON is YAML. */
export function showDocument(document: Document): string {
  return 'text' in document
    ? `text ${JSON.stringify(document.text)}`
    : `tree ${JSON.stringify(document.tree)}`
}

/** A tree as a file that says it, everything on its first line. */
export function fileOf(tree: Tree): YamlFile {
  return { value: tree, locate: () => ({ line: 1, column: 1 }) }
}
