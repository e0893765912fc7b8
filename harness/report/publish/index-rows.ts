import type { Card } from './card.ts'
import type { LevelFigures } from './standing.ts'
import { standingOf } from './standing.ts'

/** A published report and its place below the index. */
export interface Published {
  readonly folder: string
  readonly card: Card
}

export type LevelsOf = Readonly<Record<'core' | 'extended' | 'provisional', LevelFigures>>

/** The systems that suites are about (the first part of their names), sorted. */
export function systemsOf(published: readonly Published[]): readonly string[] {
  const names = published.flatMap(({ card }) => card.suites.map(({ name }) => systemOf(name)))
  return [...new Set(names)].sort()
}

/** A report's figures for the suites of one system; undefined: the run had none of them. */
export function figuresOfSystem({ card }: Published, system: string): LevelsOf | undefined {
  const suites = card.suites.filter(({ name }) => systemOf(name) === system)
  if (suites.length === 0) return undefined
  return {
    core: together(suites.map(({ core }) => core)),
    extended: together(suites.map(({ extended }) => extended)),
    provisional: together(suites.map(({ provisional }) => provisional)),
  }
}

function systemOf(suite: string): string {
  return suite.split('/')[0] ?? suite
}

function together(parts: readonly LevelFigures[]): LevelFigures {
  const sum = (name: Exclude<keyof LevelFigures, 'standing'>) =>
    parts.reduce((total, part) => total + (part[name] ?? 0), 0)
  const known = sum('known')
  const figures = {
    cases: sum('cases'),
    passed: sum('passed'),
    failed: sum('failed'),
    ...(known > 0 ? { known } : {}),
    notShown: sum('notShown'),
    ownWord: sum('ownWord'),
    checked: sum('checked'),
    met: sum('met'),
  }
  return { ...figures, standing: standingOf(figures) }
}
