type Page<Row> = { data: Row[]; next: string | null }
type List<Query, Row> = (options: { query?: Query | undefined }) => Promise<Page<Row>>

/** All rows of a list, page by page as they are asked for: `for await (const tenant of paginate(api.listTenants, {}))`. */
export async function* paginate<Query extends { cursor?: string | undefined }, Row>(
  list: List<Query, Row>,
  query: NoInfer<Query>,
): AsyncGenerator<Row, void, undefined> {
  let page = await list({ query })
  yield* page.data
  while (page.next !== null) {
    page = await list({ query: { ...query, cursor: page.next } })
    yield* page.data
  }
}
