import ts from 'typescript'

export interface Doc {
  /** In Markdown, with `{@link Name}` where another export is meant; empty if nothing is said. */
  text: string
  /** What it may throw, and when. */
  throws: { type: string; when: string }[]
}

/** The doc comment of a declaration. */
export function docOf(node: ts.Node): Doc {
  const comment = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc)
  const throws = (comment?.tags ?? []).filter(ts.isJSDocThrowsTag).map((tag) => ({
    type: tag.getChildren().find(ts.isJSDocTypeExpression)?.type.getText() ?? '',
    when: oneLine(tag.comment),
  }))
  return { text: paragraphs(comment?.comment), throws }
}

export function isInternal(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')
}

function oneLine(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').replaceAll(/\s+/g, ' ').trim()
}

function paragraphs(comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string {
  const blocks = (ts.getTextOfJSDocComment(comment) ?? '').split(/\n\s*\n/)
  return blocks.map((block) => block.replaceAll(/\s+/g, ' ').trim()).join('\n\n')
}
