/** The id of a tab or its panel; an id holds no spaces, and a name may. */
export function tabPartId(id: string, part: 'tab' | 'panel', name: string): string {
  return `${id}-${part}-${name.replaceAll(' ', '-')}`
}
