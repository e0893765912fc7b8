import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Gives text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

/** Whether there is colour was decided earlier (`Screen`), so streams are not asked again. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour && text !== '' ? styleText(style, text, { validateStream: false }) : text)
}
