/** Issue 4, Deliver 7: 100,000 rows scroll smoothly. Each is told over what the same costs with a thousand rows, or over the first page. */
export const limits: Record<string, number> = {
  wheel_p95_growth: 2,
  wheel_cpu_growth: 2,
  // Each frame of a drag through 100,000 shows nothing but new rows, through a thousand a few.
  drag_p95_growth: 4,
  page_middle_vs_first: 2,
  page_end_vs_first: 2,
  sorted_first_vs_first: 3,
  sorted_middle_vs_first: 2,
  search_vs_counts: 4,
  rows_in_page: 60,
  wheel_blank_percent: 20,
  heap_growth: 2,
}
