type Page<Row> = { data: Row[]; next: string | null }

/** Reads a list that is short by nature (offers, own price lists) to its end. */
export async function readAll<Row>(fetchPage: (cursor: string | undefined) => Promise<Page<Row>>): Promise<Row[]> {
  let page = await fetchPage(undefined)
  const rows = page.data
  while (page.next !== null) {
    page = await fetchPage(page.next)
    rows.push(...page.data)
  }
  return rows
}
