import {
  type ColumnDef,
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  metaHelper,
  type RowData,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table'
import type { Align } from '../ui/align.ts'

type ColumnMeta = { align?: Align }

/** What every grid of the console can do. The server sorts and filters: a grid sees only the rows loaded so far. */
export const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  columnMeta: metaHelper<ColumnMeta>(),
})
export type GridFeatures = typeof features

export const columnsOf = <Row extends RowData>() => createColumnHelper<GridFeatures, Row>()
// biome-ignore lint/suspicious/noExplicitAny: each column has a value type of its own
export type GridColumn<Row extends RowData> = ColumnDef<GridFeatures, Row, any>
