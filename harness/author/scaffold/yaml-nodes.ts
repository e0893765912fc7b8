import { Document, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'

/** A key of a mapping, its value, and what stands in a comment above it. */
export interface Entry {
  readonly key: string
  readonly value: unknown
  readonly comment?: string | undefined
}

/** Characters of a line of comment. */
const WIDTH = 96

const document = new Document()

/** A mapping over lines, with comments. */
export function blockMap(entries: readonly Entry[]): YAMLMap {
  const map = new YAMLMap()
  for (const { key, value, comment } of entries) {
    const name = new Scalar(key)
    if (comment !== undefined) name.commentBefore = commentText(comment)
    map.add(new Pair(name, nodeOf(value)))
  }
  return map
}

/** A list over lines, each item with a comment above it; `apart`: and with a blank line between them. */
export function blockList(
  items: readonly { readonly value: YAMLMap; readonly comment?: string }[],
  apart: boolean,
): YAMLSeq {
  const list = new YAMLSeq()
  for (const [index, { value, comment }] of items.entries()) {
    if (comment !== undefined) value.commentBefore = commentText(comment)
    if (apart && index > 0) value.spaceBefore = true
    list.add(value)
  }
  return list
}

/** A value in one line. */
export function inline(value: unknown): unknown {
  const node = document.createNode(value, { flow: true })
  return isScalar(node) ? node : Object.assign(node as YAMLMap, { flow: true })
}

function nodeOf(value: unknown): unknown {
  return value instanceof YAMLMap || value instanceof YAMLSeq || value instanceof Scalar
    ? value
    : inline(value)
}

/** Text as the lines of a comment; control characters, which a capture's name may hold, become spaces. */
export function commentText(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line.replaceAll(/\p{Cc}/gu, ' ')))
    .map((line) => ` ${line}`)
    .join('\n')
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
