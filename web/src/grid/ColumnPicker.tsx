import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'

type PickedColumn = {
  id: string
  columnDef: { header?: unknown }
  getCanHide: () => boolean
  getIsVisible: () => boolean
  toggleVisibility: (isVisible: boolean) => void
}

const nameOf = ({ id, columnDef }: PickedColumn) => (typeof columnDef.header === 'string' ? columnDef.header : id)

/** Which columns a grid shows. */
export function ColumnPicker({ columns }: { columns: readonly PickedColumn[] }) {
  return (
    <Popover position="bottom-end" shadow="none" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 aria-hidden size={16} stroke={1.6} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="group" aria-label="Columns shown">
          {columns
            .filter((column) => column.getCanHide())
            .map((column) => (
              <Checkbox
                key={column.id}
                size="xs"
                label={nameOf(column)}
                checked={column.getIsVisible()}
                onChange={(event) => column.toggleVisibility(event.currentTarget.checked)}
              />
            ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
